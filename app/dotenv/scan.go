package dotenv

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// binding is one statement of a file.
type binding struct {
	line     int
	name     string // "" for a comment
	value    string // after escapes, before expansion
	hasValue bool
	literal  bool // nothing in value is to be expanded
	bad      bool // the statement could not be read; only line is set
}

// scanner reads the bindings of a text whose lines end in line feeds.
type scanner struct {
	text string // what is left
	line int    // the number of the line at which text begins
}

// next returns the next binding; found is false at the end of the text.
func (s *scanner) next() (b binding, found bool) {
	s.skip(unicodeSpace)
	if s.text == "" {
		return binding{}, false
	}
	b = binding{line: s.line}
	if !s.statement(&b) {
		s.skip(func(r rune) bool { return r != '\n' })
		return binding{line: b.line, bad: true}, true
	}
	return b, true
}

// statement reads one statement to the end of its line. When it answers false,
// the text begins where the statement stopped making sense.
func (s *scanner) statement(b *binding) bool {
	s.export()
	if !strings.HasPrefix(s.text, "#") {
		if !s.name(b) {
			return false
		}
		s.skip(blank)
		if strings.HasPrefix(s.text, "=") {
			s.take(1)
			s.skip(blank)
			b.hasValue = true
			if !s.value(b) {
				return false
			}
		}
	}
	s.skip(blank)
	if strings.HasPrefix(s.text, "#") {
		s.skip(func(r rune) bool { return r != '\n' })
	}
	return s.text == "" || s.text[0] == '\n'
}

// export skips the word export where another word follows it.
func (s *scanner) export() {
	rest, found := strings.CutPrefix(s.text, "export")
	if !found {
		return
	}
	if first, _ := utf8.DecodeRuneInString(rest); rest != "" && blank(first) {
		s.take(len("export"))
		s.skip(blank)
	}
}

func (s *scanner) name(b *binding) bool {
	if quoted, found := strings.CutPrefix(s.text, "'"); found {
		end := strings.IndexByte(quoted, '\'')
		if end < 1 {
			return false
		}
		b.name = quoted[:end]
		s.take(end + len("''"))
		return true
	}
	b.name = s.skip(func(r rune) bool { return r != '=' && r != '#' && !unicodeSpace(r) })
	return b.name != ""
}

func (s *scanner) value(b *binding) bool {
	if s.text == "" || s.text[0] == '\n' {
		return true
	}
	switch quote := s.text[0]; quote {
	case '\'', '"':
		quoted, found := s.quoted(quote)
		if !found {
			return false
		}
		b.value, b.literal = unescape(quoted, quote), quote == '\''
	default:
		b.value = strings.TrimRightFunc(beforeComment(s.skip(func(r rune) bool { return r != '\n' })), unicodeSpace)
	}
	return true
}

// quoted takes a quoted value and returns what stands between the quotes. The
// value ends at the first quote that has no backslash before it, or, where there
// is none in all the text, at the last one that has.
func (s *scanner) quoted(quote byte) (string, bool) {
	end := -1
	for i := 1; i < len(s.text); i++ {
		if s.text[i] != quote {
			continue
		}
		end = i
		if s.text[i-1] != '\\' {
			break
		}
	}
	if end < 0 {
		return "", false
	}
	value := s.text[1:end]
	s.take(end + 1)
	return value, true
}

// beforeComment returns an unquoted value without the comment behind it: a # that
// has white space before it.
func beforeComment(value string) string {
	for i := range value {
		if value[i] != '#' {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(value[:i]); unicodeSpace(before) {
			return value[:i]
		}
	}
	return value
}

var (
	singleEscapes = strings.NewReplacer(`\\`, `\`, `\'`, `'`)
	doubleEscapes = strings.NewReplacer(`\\`, `\`, `\'`, `'`, `\"`, `"`,
		`\a`, "\a", `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t", `\v`, "\v")
)

func unescape(value string, quote byte) string {
	if quote == '\'' {
		return singleEscapes.Replace(value)
	}
	return doubleEscapes.Replace(value)
}

// skip takes the runes that belong to a class and returns them.
func (s *scanner) skip(class func(rune) bool) string {
	n := strings.IndexFunc(s.text, func(r rune) bool { return !class(r) })
	if n < 0 {
		n = len(s.text)
	}
	return s.take(n)
}

// take takes n bytes and counts their lines.
func (s *scanner) take(n int) string {
	taken := s.text[:n]
	s.text = s.text[n:]
	s.line += strings.Count(taken, "\n")
	return taken
}

// unicodeSpace tells what Python calls white space.
func unicodeSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }

// blank is white space within a line.
func blank(r rune) bool { return r != '\n' && unicodeSpace(r) }
