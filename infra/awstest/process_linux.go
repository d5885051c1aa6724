package awstest

import (
	"os/exec"
	"syscall"
)

// tieToThisProcess has the kernel end the server when the test's process dies without its clean-up, as on a time-out or kill -9.
func tieToThisProcess(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
