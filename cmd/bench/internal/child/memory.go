package child

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ErrNotMeasured is for a system that does not say how much memory a process
// takes: there is no /proc.
var ErrNotMeasured = errors.New("not measured: this system has no /proc")

// Memory is what a process takes, in bytes.
type Memory struct {
	// Resident is what it has in memory now, pages of files among it.
	Resident int64
	// Peak is the most that this ever was.
	Peak int64
}

// Memory returns what the process takes now. The error is ErrNotMeasured where
// the system does not say.
func (p *Process) Memory() (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if errors.Is(err, os.ErrNotExist) {
		return Memory{}, ErrNotMeasured
	}
	if err != nil {
		return Memory{}, err
	}
	return ParseStatus(string(status))
}

// ParseStatus reads /proc/PID/status.
func ParseStatus(status string) (Memory, error) {
	resident, err := statusBytes(status, "VmRSS")
	if err != nil {
		return Memory{}, err
	}
	peak, err := statusBytes(status, "VmHWM")
	return Memory{Resident: resident, Peak: peak}, err
}

// statusBytes returns a line such as "VmRSS:   12345 kB".
func statusBytes(status, name string) (int64, error) {
	for line := range strings.Lines(status) {
		value, ok := strings.CutPrefix(line, name+":")
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(strings.TrimSpace(value), " kB")
		kib, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if !ok || err != nil {
			return 0, fmt.Errorf("cannot read %q", strings.TrimSpace(line))
		}
		return kib << 10, nil
	}
	return 0, fmt.Errorf("there is no line %s", name)
}
