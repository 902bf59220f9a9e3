package child

import (
	"context"
	"io"
	"os"
	"time"
)

// Program is a child that is spoken to through its standard input and output. It
// ends when its input does, so it does not outlive this program, however that ends.
type Program struct {
	*Process
	// In is what the child reads.
	In io.WriteCloser
	// Out is what the child writes.
	Out io.ReadCloser
}

// StartProgram starts a program to speak to. The caller stops it.
func StartProgram(ctx context.Context, path string, args ...string) (*Program, error) {
	process := newProcess(ctx, path, args...)
	process.cmd.Stderr = os.Stderr
	in, err := process.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	process.cmd.Stdout = childOut
	err = process.start()
	_ = childOut.Close() // the child has its own
	if err != nil {
		_ = out.Close()
		return nil, err
	}
	return &Program{Process: process, In: in, Out: out}, nil
}

// Stop closes the child's input and waits until it has ended. The error is the
// child's, or for one that had ended by itself before.
func (p *Program) Stop() error {
	defer p.Out.Close()
	if p.hasEnded() {
		return p.Process.Stop()
	}
	_ = p.In.Close() // a child that is just ending needs no end of input
	select {
	case <-p.ended:
		p.cancel()
		return p.err
	case <-time.After(stopLimit):
		return p.Process.Stop()
	}
}
