//go:build lambda

package main

import (
	_ "embed"
	"net/http"
	"os"
	"strings"

	"portal/infra"
	"portal/infra/aws"
	"portal/infra/httpapi"
	"portal/shared/step"
)

// main runs the one step that _HANDLER names. An unknown name ends the process
// at once, so that a misspelt template never serves.
func main() {
	log := aws.NewLogger(os.Stdout)
	name := os.Getenv("_HANDLER")
	maker, ok := find(name)
	if !ok {
		log.Error("no such step", "handler", name)
		os.Exit(1)
	}
	ports := aws.Ports(os.Getenv)
	built := httpapi.Build([]infra.Maker{maker}, ports)
	var handler http.Handler
	if built[0].Kind == step.KindHTTP {
		handler = httpapi.New(built, ports, log)
	}
	if err := aws.Serve(built[0], handler, os.Getenv, log); err != nil {
		log.Error("cannot serve", "error", err.Error())
		os.Exit(1)
	}
}

//go:embed testdata/openapi.json
var described []byte

// describe gives the description that was drawn when this was built: a test
// holds it to the steps.
func describe(infra.Settings) ([]byte, error) { return described, nil }

// find looks in the step's own room alone: making the others takes time.
func find(name string) (infra.Maker, bool) {
	for _, room := range byRoom() {
		if first := room[0](infra.Ports{}); !strings.HasPrefix(name, first.Room()+"/") {
			continue
		}
		for _, maker := range room {
			if maker(infra.Ports{}).Name == name {
				return maker, true
			}
		}
	}
	return nil, false
}
