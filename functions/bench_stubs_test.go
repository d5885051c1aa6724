//go:build linux

package main

import "testing"

func (b *benchRun) build(t *testing.T)  {}
func (b *benchRun) costs(t *testing.T)  {}
