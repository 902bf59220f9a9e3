package disk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNoCompiler is for a machine without a C compiler.
var ErrNoCompiler = errors.New("there is no C compiler")

// BuildLibrary compiles the library from its source into a folder and returns its
// path.
func BuildLibrary(ctx context.Context, source, folder string) (string, error) {
	compiler, err := findCompiler()
	if err != nil {
		return "", err
	}
	library := filepath.Join(folder, "disk.so")
	compile := exec.CommandContext(ctx, compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source, "-lpthread")
	if output, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", compiler, err, output)
	}
	return library, nil
}

// findCompiler finds the compiler that Go would use.
func findCompiler() (string, error) {
	for _, name := range []string{os.Getenv("CC"), "gcc", "cc", "clang"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoCompiler
}

// Watch is a program whose folder is looked after by the library.
type Watch struct {
	library, folder, log, faults string
}

// NewWatch looks after a folder for the next program that is started with its
// environment. The log and what fails are files beside the folder.
func NewWatch(library, folder string) (*Watch, error) {
	w := &Watch{library: library, folder: folder, log: folder + ".operations", faults: folder + ".faults"}
	if err := os.WriteFile(w.log, nil, 0o600); err != nil {
		return nil, err
	}
	return w, os.WriteFile(w.faults, make([]byte, faultsSize), 0o600)
}

// Environment returns what the program is started with. Without a log faults are
// all that the library is for.
func (w *Watch) Environment(log bool) []string {
	environment := []string{"LD_PRELOAD=" + w.library, "DISK_FOLDER=" + w.folder, "DISK_FAULTS=" + w.faults}
	if log {
		environment = append(environment, "DISK_LOG="+w.log)
	}
	return environment
}

// Log returns the path of the log.
func (w *Watch) Log() string { return w.log }

// Length returns how long the log is now: what was done before is in it.
func (w *Watch) Length() (int64, error) {
	info, err := os.Stat(w.log)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Faults is what the library does instead of what it is asked.
type Faults struct {
	Sync, Write Fault
}

// Fault is a way in which a call goes wrong.
type Fault byte

// The ways in which calls go wrong. Pretended is for syncs only: they succeed and do
// nothing.
const (
	None      Fault = 0
	IOError   Fault = 'e'
	NoSpace   Fault = 'n'
	Pretended Fault = 'p'
)

const faultsSize = 8

// Fail makes the calls go wrong from now on.
func (w *Watch) Fail(faults Faults) error {
	file, err := os.OpenFile(w.faults, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte{byte(faults.Sync), byte(faults.Write)}, 0)
	return errors.Join(err, file.Close())
}

// Failed returns how many calls have gone wrong.
func (w *Watch) Failed() (int, error) {
	content, err := os.ReadFile(w.faults)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint32(content[4:])), nil
}
