//go:build linux

package program

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Result is what a command came to.
type Result struct {
	Stdout, Stderr string
	Code           int   // exit code
	Peak           int64 // bytes in memory at most, but for the last milliseconds
}

// Run runs a command of roster to its end. The error says why it could not be run.
func Run(ctx context.Context, config Config, args ...string) (Result, error) {
	var stdout, stderr bytes.Buffer
	process := exec.CommandContext(ctx, config.Binary, args...)
	process.Dir = filepath.Dir(config.Database)
	process.Env = config.environment()
	process.Stdout, process.Stderr = &stdout, &stderr
	process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := process.Start(); err != nil {
		return Result{}, err
	}
	ended, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watchPeak(process.Process.Pid, ended) }()
	err := process.Wait()
	close(ended)
	result := Result{Stdout: stdout.String(), Stderr: stderr.String(), Code: process.ProcessState.ExitCode(), Peak: <-peak}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return Result{}, err
	}
	return result, nil
}

// watchPeak returns how much memory a process had at most, as far as is seen before it
// ends. The system's own account (getrusage) begins with what this process has.
func watchPeak(pid int, ended <-chan struct{}) (peak int64) {
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	for {
		if usage, err := usageOf(pid); err == nil {
			peak = max(peak, usage.Peak)
		}
		select {
		case <-ended:
			return peak
		case <-ticker.C:
		}
	}
}
