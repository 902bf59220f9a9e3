package load

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/valyala/fasthttp"
)

// The paths of roster's API.
const (
	personsPath = "/api/v1/persons/"
	checkPath   = "/api/v1/check/?pk="
	fetchPath   = "/api/v1/fetch_data/"
)

// pageSize is how many persons a page holds by default.
const pageSize = 100

// Fixed asks what another exchange asks, and the answer is always one body: it
// is for a server that knows nothing else.
type Fixed struct {
	Like Exchange
	Body []byte
}

// Ask implements Exchange.
func (f Fixed) Ask(request *fasthttp.Request, number int) { f.Like.Ask(request, number) }

// Check implements Exchange.
func (f Fixed) Check(answer *fasthttp.Response, _ int) error { return checkBody(answer, f.Body) }

// Detail reads one made-up person after the other.
type Detail struct{ Rows int }

// Ask implements Exchange.
func (d Detail) Ask(request *fasthttp.Request, number int) {
	request.SetRequestURI(personsPath + strconv.Itoa(idOf(number, d.Rows)) + "/")
}

// Check implements Exchange.
func (d Detail) Check(answer *fasthttp.Response, number int) error {
	return checkBody(answer, AppendPerson(nil, idOf(number, d.Rows)))
}

// Lookup is Detail through check, which looks the person up in an executor.
type Lookup struct{ Rows int }

// Ask implements Exchange.
func (l Lookup) Ask(request *fasthttp.Request, number int) {
	request.SetRequestURI(checkPath + strconv.Itoa(idOf(number, l.Rows)))
}

// Check implements Exchange.
func (l Lookup) Check(answer *fasthttp.Response, number int) error {
	return checkBody(answer, AppendPerson(nil, idOf(number, l.Rows)))
}

// idOf spreads numbers over the ids 1 to rows.
func idOf(number, rows int) int {
	const stride = 7919 // a prime, so that all ids have their turn
	return 1 + number*stride%rows
}

// Page reads one page of a table of made-up persons again and again. The first
// answer is looked at as a whole; the others must be the same bytes. Make it
// with NewPage.
type Page struct {
	rows, page int
	uri        string
	right      atomic.Pointer[[]byte]
}

// NewPage returns the exchange for the page of a number, from 1, in a table of rows.
func NewPage(rows, page int) *Page {
	return &Page{rows: rows, page: page, uri: personsPath + "?page=" + strconv.Itoa(page)}
}

// Pages returns how many pages a table of rows has.
func Pages(rows int) int { return max(1, (rows+pageSize-1)/pageSize) }

// Ask implements Exchange.
func (p *Page) Ask(request *fasthttp.Request, _ int) { request.SetRequestURI(p.uri) }

// Check implements Exchange.
func (p *Page) Check(answer *fasthttp.Response, _ int) error {
	if right := p.right.Load(); right != nil {
		return checkBody(answer, *right)
	}
	if err := checkStatus(answer, fasthttp.StatusOK); err != nil {
		return err
	}
	if err := checkPage(answer.Body(), p.rows, p.page, pageSize); err != nil {
		return err
	}
	right := bytes.Clone(answer.Body())
	p.right.Store(&right)
	return nil
}

// AnyPage reads page 1 of a table to which others write: only its shape is looked
// at.
type AnyPage struct{}

// Ask implements Exchange.
func (AnyPage) Ask(request *fasthttp.Request, _ int) { request.SetRequestURI(personsPath) }

// Check implements Exchange.
func (AnyPage) Check(answer *fasthttp.Response, _ int) error {
	if err := checkStatus(answer, fasthttp.StatusOK); err != nil {
		return err
	}
	if body := answer.Body(); !bytes.HasPrefix(body, []byte(`{"count":`)) || !bytes.HasSuffix(body, []byte(`]}`)) {
		return fmt.Errorf("got %s, want a page", excerpt(body))
	}
	return nil
}

// Scrape reads what the server tells of itself.
type Scrape struct{}

// Ask implements Exchange.
func (Scrape) Ask(request *fasthttp.Request, _ int) { request.SetRequestURI("/metrics") }

// Check implements Exchange.
func (Scrape) Check(answer *fasthttp.Response, _ int) error {
	if answer.StatusCode() != fasthttp.StatusOK || !bytes.Contains(answer.Body(), []byte("roster_store_up 1")) {
		return fmt.Errorf("got %d with %d bytes, want figures of a store that is up", answer.StatusCode(), len(answer.Body()))
	}
	return nil
}

// Create saves one person at a time.
type Create struct{}

// Ask implements Exchange.
func (Create) Ask(request *fasthttp.Request, _ int) {
	post(request, personsPath, `{"name":"Person 1234","age":34}`)
}

// Check implements Exchange.
func (Create) Check(answer *fasthttp.Response, _ int) error {
	if err := checkStatus(answer, fasthttp.StatusCreated); err != nil {
		return err
	}
	body := answer.Body()
	if !bytes.HasPrefix(body, []byte(`{"id":`)) || !bytes.HasSuffix(body, []byte(`,"name":"Person 1234","age":34}`)) {
		return fmt.Errorf("got %s, want the person with an id", excerpt(body))
	}
	return nil
}

// Bulk saves made-up persons through a path of the API.
type Bulk struct {
	// Path is create_bulk or async_create_bulk.
	Path string
	Rows int
}

// Ask implements Exchange.
func (b Bulk) Ask(request *fasthttp.Request, _ int) {
	post(request, "/api/v1/"+b.Path+"/", `{"count":`+strconv.Itoa(b.Rows)+`}`)
}

// Check implements Exchange.
func (b Bulk) Check(answer *fasthttp.Response, _ int) error {
	if status := answer.StatusCode(); status != fasthttp.StatusOK && status != fasthttp.StatusCreated {
		return fmt.Errorf("got the status %d, want 200 or 201: %s", status, excerpt(answer.Body()))
	}
	if want := strconv.Itoa(b.Rows) + " persons created successfully"; !bytes.Contains(answer.Body(), []byte(want)) {
		return fmt.Errorf("got %s, want %q in it", excerpt(answer.Body()), want)
	}
	return nil
}

// Fetch gets all documents of the configuration, of which there are Count, and
// none may fail.
type Fetch struct{ Count int }

// Ask implements Exchange.
func (Fetch) Ask(request *fasthttp.Request, _ int) { request.SetRequestURI(fetchPath) }

// Check implements Exchange.
func (f Fetch) Check(answer *fasthttp.Response, _ int) error {
	if err := checkStatus(answer, fasthttp.StatusOK); err != nil {
		return err
	}
	var got struct {
		Total   int `json:"total"`
		Results []struct {
			Error string `json:"error"`
		} `json:"results"`
	}
	if err := json.Unmarshal(answer.Body(), &got); err != nil {
		return err
	}
	if got.Total != f.Count || len(got.Results) != f.Count {
		return fmt.Errorf("got %d documents and the total %d, want %d", len(got.Results), got.Total, f.Count)
	}
	for _, result := range got.Results {
		if result.Error != "" {
			return fmt.Errorf("a document failed: %s", result.Error)
		}
	}
	return nil
}

// Mixed does several exchanges in turn.
type Mixed []Exchange

// Ask implements Exchange.
func (m Mixed) Ask(request *fasthttp.Request, number int) {
	request.Reset() // the one before may have had a body
	m[number%len(m)].Ask(request, number)
}

// Check implements Exchange.
func (m Mixed) Check(answer *fasthttp.Response, number int) error {
	return m[number%len(m)].Check(answer, number)
}

// post writes a request with a JSON body.
func post(request *fasthttp.Request, uri, body string) {
	request.Header.SetMethod(fasthttp.MethodPost)
	request.SetRequestURI(uri)
	request.Header.SetContentType("application/json")
	request.SetBodyString(body)
}
