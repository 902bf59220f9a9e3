//go:build linux

package program

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Result is what a command came to.
type Result struct {
	Stdout, Stderr string
	Code           int   // exit code
	Peak           int64 // bytes in memory at most
}

// Run runs a command of roster to its end. The error says why it could not be run.
func Run(ctx context.Context, config Config, args ...string) (Result, error) {
	var stdout, stderr bytes.Buffer
	process := exec.CommandContext(ctx, config.Binary, args...)
	process.Dir = filepath.Dir(config.Database)
	process.Env = config.environment()
	process.Stdout, process.Stderr = &stdout, &stderr
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := process.Run()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return Result{}, err
	}
	result := Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: process.ProcessState.ExitCode()}
	if usage, known := process.ProcessState.SysUsage().(*syscall.Rusage); known {
		result.Peak = usage.Maxrss << 10
	}
	return result, nil
}
