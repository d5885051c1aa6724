//go:build lambda

package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"portal/infra"
	"portal/infra/aws"
	"portal/infra/httpapi"
	"portal/shared/step"
)

// main runs the one step that _HANDLER names. An unknown name ends the process
// at once, so that a misspelt template never serves.
func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	name := os.Getenv("_HANDLER")
	maker, ok := find(name)
	if !ok {
		log.Error("no such step", "handler", name)
		os.Exit(1)
	}
	ports := aws.Ports(os.Getenv)
	built := httpapi.Build([]infra.Maker{maker}, ports)
	if err := aws.Serve(built[0], handler(built, ports, log), os.Getenv, log); err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

func find(name string) (infra.Maker, bool) {
	for _, maker := range makers() {
		if maker(infra.Ports{}).Name == name {
			return maker, true
		}
	}
	return nil, false
}

// handler mounts an HTTP step; other kinds have none.
func handler(built []step.Step, ports infra.Ports, log *slog.Logger) http.Handler {
	if built[0].Kind != step.KindHTTP {
		return nil
	}
	return httpapi.New(built, ports, log)
}
