package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Paths of the API.
const (
	Persons         = "/api/v1/persons/"
	CreateBulk      = "/api/v1/create_bulk/"
	AsyncCreateBulk = "/api/v1/async_create_bulk/"
	Check           = "/api/v1/check/?pk="
)

// Person is a person as the API shows it.
type Person struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Age  int    `json:"age"`
}

// PathOf returns the path of the person with an id.
func PathOf(id int64) string { return Persons + strconv.FormatInt(id, 10) + "/" }

// Page is a page of the list, or a slice, which has no count.
type Page struct {
	Count   int64    `json:"count"`
	Next    *string  `json:"next"`
	Results []Person `json:"results"`
}

// Draft returns the body that makes a person, or replaces one.
func Draft(name string, age int) string {
	return `{"name":` + strconv.Quote(name) + `,"age":` + strconv.Itoa(age) + `}`
}

// Everybody walks through the list and returns whoever is there, in the order of
// the ids.
func (c *Client) Everybody() ([]Person, error) {
	var all []Person
	for target := Persons + "?cursor="; ; {
		answer, err := c.Do(http.MethodGet, target, "")
		if err != nil {
			return nil, err
		}
		var slice Page
		if err := answer.Into(http.StatusOK, &slice); err != nil {
			return nil, err
		}
		all = append(all, slice.Results...)
		if slice.Next == nil {
			return all, nil
		}
		target = (*slice.Next)[len("http://")+len(c.address):]
	}
}

// Into reads the body of an answer with the status.
func (a Answer) Into(status int, value any) error {
	if a.Status != status {
		return fmt.Errorf("got status %d and %.200s, want %d", a.Status, a.Body, status)
	}
	return json.Unmarshal(a.Body, value)
}
