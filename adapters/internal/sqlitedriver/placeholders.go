package sqlitedriver

import "strings"

// Placeholders returns a statement on one line with ? in the place of each literal: text, numbers, blobs. Names stay, in quotes
// or not, and comments go.
//
// A text that does not end is taken to go on to the end of the statement, so what is no SQL loses more than it should
// and never less.
func Placeholders(statement string) string {
	s := scanner{text: statement}
	s.out.Grow(len(statement))
	for s.at < len(s.text) {
		s.step()
	}
	return strings.TrimSpace(s.out.String())
}

// scanner reads a statement token by token, as https://www.sqlite.org/draft/tokenreq.html says.
type scanner struct {
	text string
	at   int
	out  strings.Builder
}

func (s *scanner) step() {
	c := s.text[s.at]
	switch {
	case isSpace(c):
		s.at++
		s.space()
	case c == '-' && s.follows('-'):
		s.skipTo("\n")
		s.space()
	case c == '/' && s.follows('*'):
		s.skipTo("*/")
		s.space()
	case c == '\'':
		s.skipQuoted('\'')
		s.placeholder()
	case c == '"' || c == '`':
		begin := s.at
		s.skipQuoted(c)
		s.write(s.text[begin:s.at])
	case c == '[':
		begin := s.at
		s.skipTo("]")
		s.write(s.text[begin:s.at])
	case isDigit(c) || c == '.' && s.at+1 < len(s.text) && isDigit(s.text[s.at+1]):
		s.skipNumber()
		s.placeholder()
	case c == '?':
		s.at++
		for s.at < len(s.text) && isDigit(s.text[s.at]) {
			s.at++
		}
		s.placeholder()
	case (c == 'x' || c == 'X') && s.follows('\''):
		s.at++
		s.skipQuoted('\'')
		s.placeholder()
	case isNamePart(c):
		begin := s.at
		for s.at < len(s.text) && isNamePart(s.text[s.at]) {
			s.at++
		}
		s.write(s.text[begin:s.at])
	default:
		s.at++
		s.write(string(c))
	}
}

func (s *scanner) follows(c byte) bool { return s.at+1 < len(s.text) && s.text[s.at+1] == c }

// skipTo skips what ends with end.
func (s *scanner) skipTo(end string) {
	s.at++ // what begins it
	if i := strings.Index(s.text[s.at:], end); i >= 0 {
		s.at += i + len(end)
		return
	}
	s.at = len(s.text)
}

// skipQuoted skips what stands in quotes. Two of them stand for one.
func (s *scanner) skipQuoted(quote byte) {
	for s.at++; s.at < len(s.text); s.at++ {
		if s.text[s.at] != quote {
			continue
		}
		if !s.follows(quote) {
			s.at++
			return
		}
		s.at++
	}
}

// skipNumber skips 12, 1.5, 0xff, 1e+9 and whatever else begins like a number.
func (s *scanner) skipNumber() {
	for ; s.at < len(s.text); s.at++ {
		c := s.text[s.at]
		exponent := (c == '+' || c == '-') && (s.text[s.at-1] == 'e' || s.text[s.at-1] == 'E')
		if !isNamePart(c) && c != '.' && !exponent {
			return
		}
	}
}

func (s *scanner) placeholder() { s.write("?") }

func (s *scanner) write(token string) { s.out.WriteString(token) }

// space writes one space, where there is none yet.
func (s *scanner) space() {
	if text := s.out.String(); text != "" && !strings.HasSuffix(text, " ") {
		s.out.WriteByte(' ')
	}
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isNamePart tells whether c is a part of names and keywords. Every byte beyond ASCII is.
func isNamePart(c byte) bool {
	return c == '_' || c == '$' || isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// NoValues returns as many NULLs as a statement that Placeholders returned has placeholders: those who only ask for its
// plan have to give it as many.
func NoValues(statement string) []any {
	var none []any
	s := scanner{text: statement}
	for s.at < len(s.text) {
		if s.text[s.at] == '?' {
			none = append(none, nil)
		}
		s.step()
	}
	return none
}
