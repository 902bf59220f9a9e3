package sqlitestore

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-bbcc19ba/roster/domain"
)

// packedRows is how many persons are read packed at most. They are read while the
// writer cannot count what it commits: 10,000 take some 2 ms.
const packedRows = 10_000

// pageSQL answers a part of the list in one row, as JSON: [[id,age,"name"],…]. A
// row for each person takes almost half as long again, with mattn's driver because
// its values are calls into C: compare BenchmarkPage with BenchmarkSeek.
const pageSQL = `SELECT json_group_array(json_array(id, age, name))
	FROM (SELECT id, name, age FROM persons_person WHERE id >= ? ORDER BY id LIMIT ? OFFSET ?)`

// unpack returns the n persons of a packed answer, which share its memory. It is
// not ok where there are not n in the order of their ids, or a value is of a kind
// that this program does not write, as NULL.
func unpack(answer string, n int) (persons []domain.Person, ok bool) {
	rest := packed{answer, true}
	persons = make([]domain.Person, 0, n)
	for separator := "[["; len(persons) < n && rest.ok; separator = ",[" {
		rest.cut(separator)
		id := rest.cutInt()
		rest.cut(",")
		age := rest.cutInt()
		rest.cut(",")
		name := rest.cutString()
		rest.cut("]")
		rest.ok = rest.ok && (len(persons) == 0 || id > persons[len(persons)-1].ID())
		persons = append(persons, domain.StoredPerson(id, name, int(age)))
	}
	return persons, rest.ok && rest.text == "]"
}

// packed is what is left of an answer. It is ok as long as all was there that was
// to be cut off.
type packed struct {
	text string
	ok   bool
}

func (p *packed) cut(prefix string) {
	rest, found := strings.CutPrefix(p.text, prefix)
	p.text, p.ok = rest, p.ok && found
}

// cutInt cuts off what stands before a comma.
func (p *packed) cutInt() int64 {
	end := max(0, strings.IndexByte(p.text, ','))
	n, err := strconv.ParseInt(p.text[:end], 10, 64)
	p.text, p.ok = p.text[end:], p.ok && err == nil
	return n
}

// cutString cuts off a string.
func (p *packed) cutString() string {
	p.cut(`"`)
	escaped := false
	for i := 0; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			text := p.text[:i]
			p.text = p.text[i+1:]
			if escaped {
				text, p.ok = unescape(text, p.ok)
			}
			return text
		}
	}
	p.ok = false
	return ""
}

// unescape returns what a JSON string says that has escapes. Where it is no UTF-8,
// that is not to be had from encoding/json.
func unescape(text string, ok bool) (string, bool) {
	var plain string
	err := json.Unmarshal([]byte(`"`+text+`"`), &plain)
	return plain, ok && err == nil && utf8.ValidString(text)
}
