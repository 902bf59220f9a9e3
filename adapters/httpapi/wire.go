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
	results := make([]wirePerson, len(page.Persons))
	for i, person := range page.Persons {
		results[i] = toWire(person)
	}
	return wirePage{Count: page.Total, Next: next, Previous: previous, Results: results}
}
