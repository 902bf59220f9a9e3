//go:build linux

package program

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Usage is what a process takes.
type Usage struct {
	Resident, Peak int64 // bytes in memory, now and at most
	Threads        int
	Descriptors    int
}

// Usage returns what the program takes now.
func (p *Program) Usage() (Usage, error) { return usageOf(p.process.Process.Pid) }

// usageOf returns what a process takes now.
func usageOf(pid int) (Usage, error) {
	folder := fmt.Sprintf("/proc/%d/", pid)
	status, err := os.ReadFile(folder + "status")
	if err != nil {
		return Usage{}, err
	}
	entries, err := os.ReadDir(folder + "fd")
	if err != nil {
		return Usage{}, err
	}
	usage := Usage{Descriptors: len(entries)}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		number, err := strconv.ParseInt(fields[0], 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "VmRSS":
			usage.Resident = number << 10
		case "VmHWM":
			usage.Peak = number << 10
		case "Threads":
			usage.Threads = int(number)
		}
	}
	return usage, nil
}
