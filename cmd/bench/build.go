package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/worker"
)

// variant is roster and this program, built with one SQLite driver.
type variant struct {
	driver string // in short
	cgo    bool
	server string // the path of roster
	self   string // the path of this program
	worker *worker.Worker
	about  worker.About
}

// buildVariants builds what this machine can build: with cgo where there is a C
// compiler, and without.
func buildVariants(ctx context.Context, root, folder string) ([]*variant, error) {
	variants := []*variant{{driver: "modernc.org/sqlite", cgo: false}}
	if hasCompiler(ctx) {
		variants = append([]*variant{{driver: "mattn/go-sqlite3", cgo: true}}, variants...)
	}
	for _, v := range variants {
		if err := v.build(ctx, root, folder); err != nil {
			return nil, err
		}
	}
	return variants, nil
}

// hasCompiler tells whether Go finds a C compiler.
func hasCompiler(ctx context.Context) bool {
	output, err := exec.CommandContext(ctx, "go", "env", "CC").Output()
	words := strings.Fields(string(output))
	if err != nil || len(words) == 0 {
		return false
	}
	_, err = exec.LookPath(words[0])
	return err == nil
}

func (v *variant) build(ctx context.Context, root, folder string) error {
	suffix, cgo := "-purego", "CGO_ENABLED=0"
	if v.cgo {
		suffix, cgo = "-cgo", "CGO_ENABLED=1"
	}
	if runtime.GOOS == "windows" {
		suffix += ".exe"
	}
	v.server = filepath.Join(folder, "roster"+suffix)
	v.self = filepath.Join(folder, "bench"+suffix)
	return errors.Join(
		goBuild(ctx, root, cgo, v.server, "./cmd/roster"),
		goBuild(ctx, filepath.Join(root, "cmd", "bench"), cgo, v.self, "."),
	)
}

func goBuild(ctx context.Context, module, cgo, output, source string) error {
	command := exec.CommandContext(ctx, "go", "build", "-o", output, source)
	command.Dir = module
	command.Env = append(os.Environ(), cgo)
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build %s with %s: %w\n%s", source, cgo, err, said)
	}
	return nil
}
