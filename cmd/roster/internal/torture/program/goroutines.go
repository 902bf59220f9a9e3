//go:build linux

package program

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"syscall"
	"time"
)

var (
	goroutine = regexp.MustCompile(`(?m)^goroutine \d+ `)
	creator   = regexp.MustCompile(`(?m)^created by (\S+)`)
)

// Goroutines ends the program with SIGQUIT, upon which Go writes down all goroutines,
// and returns how many there were by the function that started them. Those of the
// runtime are not among them.
func (p *Program) Goroutines() (map[string]int, error) {
	before, err := os.ReadFile(p.log)
	if err != nil {
		return nil, err
	}
	if err := p.process.Process.Signal(syscall.SIGQUIT); err != nil {
		return nil, err
	}
	select {
	case <-p.ended:
	case <-time.After(stopLimit):
		p.Kill()
		return nil, errors.New("roster did not end upon SIGQUIT")
	}
	log, err := os.ReadFile(p.log)
	if err != nil {
		return nil, err
	}
	log = log[len(before):]
	starts := goroutine.FindAllIndex(log, -1)
	if len(starts) == 0 {
		return nil, errors.New("roster wrote no goroutines down")
	}
	counts := map[string]int{}
	for i, start := range starts {
		block := log[start[0]:]
		if i+1 < len(starts) {
			block = log[start[0]:starts[i+1][0]]
		}
		who := "main"
		if by := creator.FindSubmatch(block); by != nil {
			who = string(bytes.TrimSpace(by[1]))
		}
		counts[who]++
	}
	return counts, nil
}
