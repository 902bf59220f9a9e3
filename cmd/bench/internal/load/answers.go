package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/valyala/fasthttp"
)

// AppendPerson appends the person of an id as roster writes it, in a table that
// was filled with the made-up persons from id 1.
func AppendPerson(body []byte, id int) []byte {
	body = append(body, `{"id":`...)
	body = strconv.AppendInt(body, int64(id), 10)
	body = append(body, `,"name":"Person `...)
	body = strconv.AppendInt(body, int64(id-1), 10)
	body = append(body, `","age":`...)
	body = strconv.AppendInt(body, int64((id-1)%100), 10)
	return append(body, '}')
}

// checkStatus returns an error for any other status.
func checkStatus(answer *fasthttp.Response, want int) error {
	if answer.StatusCode() != want {
		return fmt.Errorf("got the status %d, want %d: %s", answer.StatusCode(), want, excerpt(answer.Body()))
	}
	return nil
}

// checkBody returns an error for any other body with status 200.
func checkBody(answer *fasthttp.Response, want []byte) error {
	if err := checkStatus(answer, fasthttp.StatusOK); err != nil {
		return err
	}
	if !bytes.Equal(answer.Body(), want) {
		return fmt.Errorf("got %s, want %s", excerpt(answer.Body()), excerpt(want))
	}
	return nil
}

// checkPage returns what is wrong with the body of a page of the made-up persons:
// its total, its persons, or their order.
func checkPage(body []byte, rows, page, size int) error {
	var got struct {
		Count   int               `json:"count"`
		Results []json.RawMessage `json:"results"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return fmt.Errorf("%w: %s", err, excerpt(body))
	}
	first := (page-1)*size + 1
	want := min(size, rows-first+1)
	if got.Count != rows || len(got.Results) != want {
		return fmt.Errorf("got %d persons of %d, want %d of %d", len(got.Results), got.Count, want, rows)
	}
	for i, person := range got.Results {
		if want := AppendPerson(nil, first+i); !bytes.Equal(person, want) {
			return fmt.Errorf("got %s, want %s", person, want)
		}
	}
	return nil
}

// excerpt returns the beginning of a text that may be long.
func excerpt(body []byte) string {
	const length = 200
	if len(body) <= length {
		return strconv.Quote(string(body))
	}
	return strconv.Quote(string(body[:length])) + " and so on"
}
