//go:build linux

package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
)

func TestTmpMem(t *testing.T) {
	o := benchPrepare(t)
	for _, s := range benchMeasured {
		if s.step != "conformity/"+os.Getenv("TMPSTEP") {
			continue
		}
		ids := o.copies(t, o.dossiers[s.status], 1000)
		tag := o.dossiers[s.status].etag
		h := benchAPI(o.step.ports)
		benchServe(t, h, s.requests(ids[:100], o.step, tag))
		reqs := s.requests(ids[100:], o.step, tag)
		runtime.GC()
		runtime.MemProfileRate = 1024
		f0, _ := os.Create("/tmp/w/bench/mem0.pprof")
		pprof.Lookup("allocs").WriteTo(f0, 0)
		f0.Close()
		c, _ := os.Create("/tmp/w/bench/cpu.pprof")
		pprof.StartCPUProfile(c)
		benchServe(t, h, reqs)
		pprof.StopCPUProfile()
		if os.Getenv("TMPSTEP") == "show" {
			c, _ := os.Create("/tmp/w/bench/cpu.pprof")
			pprof.StartCPUProfile(c)
			for range 30 {
				benchServe(t, h, s.requests(ids[100:], o.step, tag))
			}
			pprof.StopCPUProfile()
		}
		runtime.GC()
		f1, _ := os.Create("/tmp/w/bench/mem1.pprof")
		pprof.Lookup("allocs").WriteTo(f1, 0)
		f1.Close()
	}
}
