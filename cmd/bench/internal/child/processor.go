package child

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ProcessorTime returns how long the process has kept processors busy, all its threads together. What other programs do at
// the same time is not in it. The error is ErrNotMeasured where the system does not say.
func (p *Process) ProcessorTime() (time.Duration, error) {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.PID()))
	if err != nil {
		return 0, err
	}
	if len(threads) == 0 {
		return 0, ErrNotMeasured
	}
	var sum time.Duration
	for _, thread := range threads {
		content, err := os.ReadFile(thread)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it ended meanwhile, which threads of Go hardly do
		}
		if err != nil {
			return 0, err
		}
		took, err := ParseSchedstat(string(content))
		if err != nil {
			return 0, err
		}
		sum += took
	}
	return sum, nil
}

// ParseSchedstat reads /proc/PID/task/TID/schedstat, whose first number is nanoseconds.
func ParseSchedstat(content string) (time.Duration, error) {
	first, _, _ := strings.Cut(content, " ")
	nanoseconds, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("cannot read %q", strings.TrimSpace(content))
	}
	return time.Duration(nanoseconds), nil
}
