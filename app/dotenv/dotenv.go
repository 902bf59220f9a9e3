// Package dotenv reads .env files as Python's python-dotenv does, so that a file
// written for a Django service keeps its meaning.
//
// # Why not a library
//
// The usual Go library expands $NAME as a shell does: SECRET_KEY=ab$12CD$XYz
// becomes abz. Django's generated keys are full of dollar signs.
//
// # The format
//
//	NAME=value                  # a comment needs white space before it
//	export NAME=value           export is allowed and means nothing
//	NAME='single quotes'        \\ and \' are escapes; nothing is expanded
//	NAME="double quotes"        \\ \' \" \a \b \f \n \r \t \v are escapes
//	NAME=${OTHER}               the value of OTHER, or nothing
//	NAME=${OTHER:-default}      the value of OTHER, or the default if there is none
//	NAME                        a name without a value: it is not set
//
// Quoted values may span lines. Of a name given twice the last counts. A line
// that cannot be read is skipped and told by a [Warning]. A byte order mark is
// ignored, and each kind of line end is a line feed.
//
// # Differences from python-dotenv
//
// It expands ${NAME} in single quotes too; here single quotes mean what they
// mean in a shell, so that every text can be written down. It counts a bad line
// from the blank lines before it; here the number is that of the line itself.
package dotenv

import (
	"fmt"
	"strings"
)

// Warning is a line that could not be read and was skipped.
type Warning struct {
	// Line is the number of the line, from 1.
	Line int
}

// String returns the warning without the line's text, which may be a secret.
func (w Warning) String() string {
	return fmt.Sprintf("line %d is not NAME=value and was skipped", w.Line)
}

// Parse returns the values that text gives, and what it could not read. environ
// looks up the environment of the process, as os.LookupEnv does: where ${NAME}
// is expanded, it comes before what the text says about NAME. Parse never fails;
// whether the environment also overrides the values is up to the caller.
func Parse(text string, environ func(name string) (string, bool)) (values map[string]string, warnings []Warning) {
	text = strings.TrimPrefix(text, "\ufeff")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)

	values = map[string]string{}
	valueless := map[string]bool{} // names that stand without a value: known, and nothing
	lookup := func(name string) (string, bool) {
		if value, ok := environ(name); ok {
			return value, true
		}
		value, ok := values[name]
		return value, ok || valueless[name]
	}

	s := scanner{text: text, line: 1}
	for {
		b, found := s.next()
		if !found {
			return values, warnings
		}
		switch {
		case b.bad:
			warnings = append(warnings, Warning{Line: b.line})
		case b.name == "": // a comment
		case !b.hasValue:
			delete(values, b.name)
			valueless[b.name] = true
		case b.literal:
			values[b.name] = b.value
		default:
			values[b.name] = expand(b.value, lookup)
		}
	}
}
