// Package machine says on what a measurement was made. What a system does not
// tell is "not known".
package machine

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const notKnown = "not known"

// Machine is the computer and its system, in words.
type Machine struct {
	CPU        string
	Cores      int
	Memory     string
	System     string
	Filesystem string
	// Load is the load average of the last minute, the last 5 and the last 15.
	Load string
}

// Describe returns what is known about this machine, and about the file system
// of a folder. It reads /proc, where there is one.
func Describe(folder string) Machine {
	return Machine{
		CPU:        CPUModel(read("/proc/cpuinfo")),
		Cores:      runtime.NumCPU(),
		Memory:     TotalMemory(read("/proc/meminfo")),
		System:     system(read("/proc/sys/kernel/osrelease")),
		Filesystem: FilesystemOf(read("/proc/self/mounts"), folder),
		Load:       LoadAverage(read("/proc/loadavg")),
	}
}

// read returns the text of a file, or none.
func read(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(content)
}

// system names the operating system with the first two numbers of its release,
// which is what its speed hangs on.
func system(release string) string {
	numbers := strings.SplitN(strings.TrimSpace(release), ".", 3)
	return strings.TrimSpace(runtime.GOOS + "/" + runtime.GOARCH + " " + strings.Join(numbers[:min(2, len(numbers))], "."))
}

// CPUModel returns the model of the first processor in /proc/cpuinfo.
func CPUModel(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, ok := strings.Cut(line, ":")
		if value = strings.TrimSpace(value); ok && strings.TrimSpace(name) == "model name" && value != "" {
			return value
		}
	}
	return notKnown
}

// TotalMemory returns how much memory /proc/meminfo tells of.
func TotalMemory(meminfo string) string {
	for line := range strings.Lines(meminfo) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "MemTotal:" || fields[2] != "kB" {
			continue
		}
		if kib, err := strconv.ParseFloat(fields[1], 64); err == nil {
			return strconv.FormatFloat(kib/(1<<20), 'f', 1, 64) + " GiB"
		}
	}
	return notKnown
}

// LoadAverage returns the three numbers of /proc/loadavg.
func LoadAverage(loadavg string) string {
	fields := strings.Fields(loadavg)
	if len(fields) < 3 {
		return notKnown
	}
	return strings.Join(fields[:3], ", ")
}

// FilesystemOf returns the type of the file system that a folder is on, by
// /proc/self/mounts.
func FilesystemOf(mounts, folder string) string {
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	found, longest := notKnown, -1
	scanner := bufio.NewScanner(strings.NewReader(mounts))
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		if len(fields) < 3 {
			continue
		}
		// A later mount hides an earlier one at the same place.
		if point := unescapeMount(fields[1]); holds(point, folder) && len(point) >= longest {
			found, longest = fields[2], len(point)
		}
	}
	return found
}

// holds tells whether a path is below a mount point, or is it.
func holds(point, path string) bool {
	return point == "/" || path == point || strings.HasPrefix(path, point+"/")
}

// unescapeMount undoes how mounts writes what would end a field.
func unescapeMount(point string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(point)
}

// InMemory tells whether a file system keeps its files in memory: there, nothing
// is durable and a commit costs nothing.
func InMemory(filesystem string) bool {
	return filesystem == "tmpfs" || filesystem == "ramfs"
}

// Revision returns the commit that the repository in a folder is at, and whether
// its files differ from it, but for those named.
func Revision(ctx context.Context, root string, except ...string) string {
	commit, err := git(ctx, root, "rev-parse", "--short=12", "HEAD")
	if err != nil {
		return notKnown
	}
	args := []string{"status", "--porcelain", "--", "."}
	for _, name := range except {
		args = append(args, ":(exclude)"+name)
	}
	changes, err := git(ctx, root, args...)
	if err != nil || changes != "" {
		return commit + ", with changes that are not committed"
	}
	return commit
}

func git(ctx context.Context, root string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "git", args...)
	command.Dir = root
	output, err := command.Output()
	return strings.TrimSpace(string(output)), err
}
