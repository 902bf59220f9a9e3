package cli

import (
	"os/user"
	"strings"
)

// systemUser returns the name of the user as whom the program runs, as the system knows it, or "". A program that was built
// without cgo knows /etc/passwd only: where that has no such user, $USER says the name, which is what somebody likes to be.
// Who may run this may write the database without it, too.
func systemUser() string {
	current, err := user.Current()
	if err != nil {
		return ""
	}
	_, name, found := strings.Cut(current.Username, `\`) // Windows has the machine before it
	if !found {
		return current.Username
	}
	return name
}
