//go:build !linux

package awstest

import "os/exec"

// tieToThisProcess does nothing: only Linux can tie a process to its parent's life.
func tieToThisProcess(*exec.Cmd) {}
