package cli

import (
	"os/user"
	"strings"
)

// systemUser returns the name of the user as whom the program runs, as the system knows it: variables of the environment
// say what somebody likes to be. It is "" where the system knows none.
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
