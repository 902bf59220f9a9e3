package httpapi

import "github.com/seed-bbcc19ba/roster/domain"

// wirePerson is a person on the wire.
type wirePerson struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Age  int    `json:"age"`
}

func toWire(person domain.Person) wirePerson {
	return wirePerson{ID: person.ID(), Name: person.Name(), Age: person.Age()}
}

// wirePage is a page of persons on the wire. Next and Previous are URLs, or null
// on the last and the first page.
type wirePage struct {
	Count    int64        `json:"count"`
	Next     *string      `json:"next"`
	Previous *string      `json:"previous"`
	Results  []wirePerson `json:"results"`
}

func toWirePage(page domain.Page, next, previous *string) wirePage {
	return wirePage{Count: page.Total, Next: next, Previous: previous, Results: toWirePersons(page.Persons)}
}

// wireSlice is a slice of the list on the wire. Next and Previous are URLs, or null
// at the ends.
type wireSlice struct {
	Next     *string      `json:"next"`
	Previous *string      `json:"previous"`
	Results  []wirePerson `json:"results"`
}

func toWireSlice(slice domain.Slice, next, previous *string) wireSlice {
	return wireSlice{Next: next, Previous: previous, Results: toWirePersons(slice.Persons)}
}

func toWirePersons(persons []domain.Person) []wirePerson {
	wire := make([]wirePerson, len(persons))
	for i, person := range persons {
		wire[i] = toWire(person)
	}
	return wire
}
