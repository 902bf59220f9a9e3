package app_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// rawRequest is a request as it goes over the wire, good or bad.
type rawRequest struct {
	text string
	// want is the status; 0 is that of any client's mistake, 4xx.
	want int
	// creates is how many persons it creates.
	creates int
	// short marks a request that promises more than it sends: the client then closes
	// its side, and does not wait for the server to lose its patience.
	short bool
}

// TestBadRequestsDoNoHarm sends whatever can be wrong with a request, each over a
// connection of its own: each is answered at once, as JSON with the safety headers,
// with a client's mistake or, where the request is in fact fine, with what it asks
// for. Afterwards the registry holds what it held, and what the fine ones created.
func TestBadRequestsDoNoHarm(t *testing.T) {
	t.Parallel()
	server := start(t, map[string]string{"DATABASE_URL": "sqlite:///" + filepath.Join(t.TempDir(), "db.sqlite3")})
	go func() {
		for range server.log {
			continue // the lines must go somewhere
		}
	}()
	ann, err := domain.NewDraft("Ann", 31)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Registry.Create(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	requests := slices.Concat(
		badLines(), badPaths(), badQueries(), badHeaders(), badConditions(), badHosts(), badLengths(),
		badTypes(), badJSON(), badForms(), badMultipart(), badBulks(), badJobs(), badSizes(),
	)
	t.Logf("%d requests", len(requests))
	if len(requests) < 700 {
		t.Errorf("got %d requests, want 700: some of the table is lost", len(requests))
	}
	address := strings.Split(server.url, "/")[2]
	work := make(chan rawRequest)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for request := range work {
				if err := request.send(address); err != nil {
					t.Errorf("%.300q: %v", request.text, err)
				}
			}
		})
	}
	created := int64(0)
	for _, request := range requests {
		created += int64(request.creates)
		work <- request
	}
	close(work)
	clients.Wait()

	if got, err := server.Registry.Get(t.Context(), 1); err != nil || got.Name() != "Ann" || got.Age() != 31 {
		t.Errorf("got %v and the error %v, want Ann as she was", got, err)
	}
	persons := int64(0)
	for person, err := range server.Registry.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		persons++
		if draft, err := domain.NewDraft(person.Name(), int64(person.Age())); err != nil || draft.Name() != person.Name() {
			t.Errorf("got %q of %d stored, which breaks the rules: %v", person.Name(), person.Age(), err)
		}
	}
	if persons != created+1 {
		t.Errorf("got %d persons, want Ann and the %d of requests that are fine", persons, created)
	}
}

// send sends the request and returns what is wrong with the answer.
func (r rawRequest) send(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(soon))
	_, _ = io.WriteString(conn, r.text) // the server may have answered and closed before all is sent
	if r.short {
		_ = conn.(*net.TCPConn).CloseWrite()
	}
	method, _, _ := strings.Cut(r.text, " ")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: method})
	if err == nil && response.StatusCode == http.StatusContinue {
		response, err = http.ReadResponse(reader, &http.Request{Method: method})
	}
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%s, and its body is cut off: %w", response.Status, err)
	case response.StatusCode == http.StatusTooManyRequests:
		return errors.New("got 429: nobody has looked at it")
	case r.want == 0 && (response.StatusCode < 400 || response.StatusCode > 499):
		return fmt.Errorf("got %s %.300q, want 4xx", response.Status, body)
	case r.want != 0 && response.StatusCode != r.want:
		return fmt.Errorf("got %s %.300q, want %d", response.Status, body, r.want)
	case len(body) > 0 && (!json.Valid(body) || response.Header.Get("Content-Type") != "application/json"):
		return fmt.Errorf("got %s %.300q, want JSON", response.Header.Get("Content-Type"), body)
	case len(body) == 0 && response.StatusCode >= 400 && method != http.MethodHead:
		return fmt.Errorf("got %s without a body, want JSON", response.Status)
	}
	for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "Cache-Control", "X-Request-Id", "Date"} {
		if response.Header.Get(name) == "" {
			return fmt.Errorf("got %s without %s", response.Status, name)
		}
	}
	return nil
}
