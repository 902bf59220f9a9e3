// Package django lets real Django use the database of roster: Debian's, of the package
// python3-django.
package django

import (
	"context"
	_ "embed" // the script
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

//go:embed django.py
var script string

// errMissing says how Django is installed.
var errMissing = errors.New("there is no Django: apt-get install -y python3-django")

// python is Debian's own, which has what Debian installs.
const python = "/usr/bin/python3"

// MakeSuperuser makes the tables that Django has for users in a SQLite file, and a superuser.
func MakeSuperuser(ctx context.Context, file, name, password string) error {
	_, err := run(ctx, file, "make", name, password)
	return err
}

// Authenticates tells whether Django lets a user of the file sign in with a password.
func Authenticates(ctx context.Context, file, name, password string) (bool, error) {
	answer, err := run(ctx, file, "authenticate", name, password)
	return answer == "yes", err
}

// run runs the script. The password is in its environment, not on its command line.
func run(ctx context.Context, file, what, name, password string) (string, error) {
	if err := exec.CommandContext(ctx, python, "-c", "import django").Run(); err != nil {
		return "", errMissing
	}
	command := exec.CommandContext(ctx, python, "-c", script, what, file, name)
	command.Env = append(os.Environ(), "PASSWORD="+password)
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("django could not %s: %w: %s", what, err, output)
	}
	return strings.TrimSpace(string(output)), nil
}
