package httpclient

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	personsPath         = "/api/v1/persons/"
	batchPath           = "/api/v1/persons/batch/"
	exportPath          = "/api/v1/persons/export/"
	checkPath           = "/api/v1/check/"
	createBulkPath      = "/api/v1/create_bulk/"
	asyncCreateBulkPath = "/api/v1/async_create_bulk/"
	fetchPath           = "/api/v1/fetch_data/"
	jobsPath            = "/api/v1/jobs/"
)

func personPath(id int64) string { return fmt.Sprintf("%s%d/", personsPath, id) }

// wireDraft is who is to be saved, on the wire. What is nil is not sent.
type wireDraft struct {
	Name *string `json:"name,omitempty"`
	Age  *int    `json:"age,omitempty"`
}

func toWire(draft domain.Draft) wireDraft {
	return wireDraft{Name: new(draft.Name()), Age: new(draft.Age())}
}

// wirePerson is a person on the wire, all of whom has to be there.
type wirePerson struct {
	ID   *int64  `json:"id"`
	Name *string `json:"name"`
	Age  *int    `json:"age"`
}

var (
	errIncomplete = errors.New("something is missing")
	errElsewhere  = errors.New("what was asked for is somewhere else in the list")
)

func (w wirePerson) person() (domain.Person, error) {
	if w.ID == nil || w.Name == nil || w.Age == nil {
		return domain.Person{}, errIncomplete
	}
	return domain.StoredPerson(*w.ID, *w.Name, *w.Age), nil
}

func personsOf(wire []wirePerson) ([]domain.Person, error) {
	persons := make([]domain.Person, len(wire))
	for i, one := range wire {
		var err error
		if persons[i], err = one.person(); err != nil {
			return nil, err
		}
	}
	return persons, nil
}

// readPerson reads an answer that is a person.
func readPerson(got answer) (domain.Person, error) {
	var wire wirePerson
	err := json.Unmarshal(got.body, &wire)
	if err == nil {
		var person domain.Person
		if person, err = wire.person(); err == nil {
			return person, nil
		}
	}
	return domain.Person{}, notUnderstood(got, err)
}

// wireList is a page or a slice of persons on the wire.
type wireList struct {
	Count    *int64              `json:"count"`
	Next     *string             `json:"next"`
	Previous *string             `json:"previous"`
	Results  results[wirePerson] `json:"results"`
}

// readList reads an answer that is a page or a slice.
func readList(got answer) (wireList, []domain.Person, error) {
	var wire wireList
	err := json.Unmarshal(got.body, &wire)
	if err == nil && wire.Results == nil {
		err = errIncomplete
	}
	if err == nil {
		var persons []domain.Person
		if persons, err = personsOf(wire.Results); err == nil {
			return wire, persons, nil
		}
	}
	return wireList{}, nil, notUnderstood(got, err)
}

// mostResults is more than any page of the API holds. What there is of less than a few bytes each would take fifty times the
// memory of the answer.
const mostResults = 100_000

var errTooMany = errors.New("it holds too many")

// results are a page or a slice of something, mostResults at most.
type results[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (r *results[T]) UnmarshalJSON(text []byte) (err error) {
	*r, err = decodeList[T](text, mostResults)
	return err
}

// decodeList reads a list in JSON, nil for null, and stops where it holds more than so many.
func decodeList[T any](text []byte, most int) ([]T, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	switch begin, err := decoder.Token(); {
	case err != nil || begin == nil:
		return nil, err
	case begin != json.Delim('['):
		return nil, errIncomplete
	}
	list := []T{}
	for decoder.More() {
		if len(list) == most {
			return nil, errTooMany
		}
		var one T
		if err := decoder.Decode(&one); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	if _, err := decoder.Token(); err != nil { // it ends here
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) { // and nothing is behind it
		return nil, errIncomplete
	}
	return list, nil
}

// encode returns a body of this package's own types, which cannot fail.
func encode(body any) []byte {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return text
}
