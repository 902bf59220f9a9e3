package httpapi

import (
	"slices"
	"strconv"

	"github.com/seed-bbcc19ba/roster/adapters/internal/jsontext"
)

// jsonAppender is a body that is written without reflection. What it appends is
// what encoding/json would write, to the byte; FuzzPersonJSON holds the two
// together.
type jsonAppender interface {
	appendJSON(text []byte) []byte
}

func (p wirePerson) appendJSON(text []byte) []byte {
	text = append(text, `{"id":`...)
	text = strconv.AppendInt(text, p.ID, 10)
	text = append(text, `,"name":`...)
	text = jsontext.AppendString(text, p.Name)
	text = append(text, `,"age":`...)
	text = strconv.AppendInt(text, int64(p.Age), 10)
	return append(text, '}')
}

func (p wirePage) appendJSON(text []byte) []byte {
	text = slices.Grow(text, sizeOf(p.Results))
	text = append(text, `{"count":`...)
	text = strconv.AppendInt(text, p.Count, 10)
	return appendList(append(text, ','), p.Next, p.Previous, p.Results)
}

func (s wireSlice) appendJSON(text []byte) []byte {
	return appendList(append(slices.Grow(text, sizeOf(s.Results)), '{'), s.Next, s.Previous, s.Results)
}

// sizeOf returns how many bytes a list mostly takes.
func sizeOf(persons []wirePerson) int {
	const around, each = 256, 64
	return around + each*len(persons)
}

// appendList appends what pages and slices end with.
func appendList(text []byte, next, previous *string, persons []wirePerson) []byte {
	text = append(text, `"next":`...)
	text = appendNullable(text, next)
	text = append(text, `,"previous":`...)
	text = appendNullable(text, previous)
	text = append(text, `,"results":[`...)
	return append(appendPersons(text, persons), "]}"...)
}

// appendPersons appends the members of a list of persons.
func appendPersons(text []byte, persons []wirePerson) []byte {
	for i, person := range persons {
		if i > 0 {
			text = append(text, ',')
		}
		text = person.appendJSON(text)
	}
	return text
}

func appendNullable(text []byte, s *string) []byte {
	if s == nil {
		return append(text, "null"...)
	}
	return jsontext.AppendString(text, *s)
}
