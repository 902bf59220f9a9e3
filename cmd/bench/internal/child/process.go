// Package child starts the processes that are measured, and ends those that it
// started and no others.
package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// stopLimit is how long a child may take to stop before it is killed.
const stopLimit = 10 * time.Second

// Process is a child. It ends with Stop, or when the ctx ends that it was started
// with.
type Process struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	ended  chan struct{} // closed when it has ended
	err    error         // why; to be read after that
}

// newProcess returns a child that is not started yet.
func newProcess(ctx context.Context, path string, args ...string) *Process {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = stopLimit
	return &Process{cmd: cmd, cancel: cancel, ended: make(chan struct{})}
}

// interrupt asks a process to stop. Windows knows no such request.
func interrupt(process *os.Process) error {
	if runtime.GOOS == "windows" {
		return process.Kill()
	}
	return process.Signal(os.Interrupt)
}

func (p *Process) start() error {
	if err := p.cmd.Start(); err != nil {
		p.cancel()
		return err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return nil
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop ends the process and waits until it has ended. The error is for one that
// had ended by itself before, which nobody asked it to.
func (p *Process) Stop() error {
	defer p.cancel()
	if p.hasEnded() {
		return p.endedByItself()
	}
	p.cancel()
	<-p.ended
	return nil
}

func (p *Process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// endedByItself says what became of a process that nobody asked to stop.
func (p *Process) endedByItself() error {
	why := p.err
	if why == nil {
		why = errors.New("without an error")
	}
	return fmt.Errorf("%s ended by itself: %w", filepath.Base(p.cmd.Path), why)
}
