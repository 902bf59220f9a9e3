package dotenv

import "strings"

// expand replaces each ${NAME} and ${NAME:-default} in value. A name that lookup
// does not know becomes its default, or nothing. Anything else, $NAME and
// ${NAME:x} included, stays as it is.
func expand(value string, lookup func(name string) (string, bool)) string {
	var expanded strings.Builder
	for {
		start := strings.Index(value, "${")
		if start < 0 {
			expanded.WriteString(value)
			return expanded.String()
		}
		expanded.WriteString(value[:start])
		value = value[start:]

		name, fallback, length := reference(value)
		if length == 0 {
			expanded.WriteString("${")
			value = value[len("${"):]
			continue
		}
		if known, ok := lookup(name); ok {
			fallback = known
		}
		expanded.WriteString(fallback)
		value = value[length:]
	}
}

// reference reads the reference at the start of value. length is its length in
// bytes, or 0 where it is none.
func reference(value string) (name, fallback string, length int) {
	const start = len("${")
	end := strings.IndexAny(value[start:], ":}")
	if end < 0 {
		return "", "", 0
	}
	end += start
	name = value[start:end]
	if value[end] == '}' {
		return name, "", end + 1
	}
	rest, found := strings.CutPrefix(value[end:], ":-")
	if !found {
		return "", "", 0
	}
	closing := strings.IndexByte(rest, '}')
	if closing < 0 {
		return "", "", 0
	}
	return name, rest[:closing], end + len(":-") + closing + 1
}
