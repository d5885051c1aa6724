//go:build linux

package main

import (
	"fmt"
	"log/slog"
	"os"
	"runtime/pprof"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
)

func TestTmpNew(t *testing.T) {
	var m infra.Maker
	for _, maker := range makers() {
		if maker(infra.Ports{}).Name == "conformity/submit" {
			m = maker
		}
	}
	for range 5 {
		t0 := time.Now()
		httpapi.New(httpapi.Build([]infra.Maker{m}, infra.Ports{}), infra.Ports{}, slog.New(slog.DiscardHandler))
		fmt.Println(time.Since(t0))
	}
	f, _ := os.Create("/tmp/w/bench/new.pprof")
	pprof.StartCPUProfile(f)
	c := benchCPU()
	for range 2000 {
		httpapi.New(httpapi.Build([]infra.Maker{m}, infra.Ports{}), infra.Ports{}, slog.New(slog.DiscardHandler))
	}
	fmt.Println("hot", (benchCPU()-c)/2000)
	pprof.StopCPUProfile()
}
