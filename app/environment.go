package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"

	"github.com/seed-bbcc19ba/roster/app/dotenv"
)

// Source says where the value of a variable comes from: one of the constants, or
// the name of the .env file.
type Source string

const (
	// SourceDefault is nobody: no value was given.
	SourceDefault Source = "default"
	// SourceEnvironment is the environment of the process.
	SourceEnvironment Source = "environment"
	// SourceFlag is a flag of the command line.
	SourceFlag Source = "flag"
)

// Environment is what variables there are and who gave them.
type Environment struct {
	// Variables are what Load takes.
	Variables map[string]string
	// Warnings tell what in the .env file could not be read.
	Warnings []string

	sources map[string]Source
}

// ReadEnvironment reads a .env file and lays the environment of the process over
// it, given as os.Environ gives it: what the process has wins, also where it is
// empty. A file that does not exist is an error only where it is required.
func ReadEnvironment(file string, required bool, process []string) (*Environment, error) {
	e := &Environment{Variables: map[string]string{}, sources: map[string]Source{}}
	content, err := readRegular(file)
	if err != nil && (required || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("cannot read the environment file: %w", err)
	}

	inherited := map[string]string{}
	for _, assignment := range process {
		if name, value, ok := strings.Cut(assignment, "="); ok {
			inherited[name] = value
		}
	}
	values, warnings := dotenv.Parse(string(content), func(name string) (string, bool) {
		value, ok := inherited[name]
		return value, ok
	})
	for _, warning := range warnings {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%s: %s", file, warning))
	}
	e.lay(values, Source(file))
	e.lay(inherited, SourceEnvironment)
	return e, nil
}

// readRegular reads a file that is one: a pipe would keep the program waiting.
func readRegular(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", file)
	}
	return os.ReadFile(file)
}

// SetFlag lays one value over all others.
func (e *Environment) SetFlag(name, value string) {
	e.lay(map[string]string{name: value}, SourceFlag)
}

func (e *Environment) lay(values map[string]string, source Source) {
	maps.Copy(e.Variables, values)
	for name := range values {
		e.sources[name] = source
	}
}

// Source tells who gave the value that Load takes for a variable.
func (e *Environment) Source(name string) Source {
	if source, ok := e.sources[name]; ok && forEnv(e.Variables)[name] != "" {
		return source
	}
	return SourceDefault
}
