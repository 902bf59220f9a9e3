package server_test

import (
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/app/server"
)

func TestConnectionsLeaveRoomForOtherDescriptors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ max, descriptors, want int }{
		{4096, math.MaxInt32, 4096},
		{4096, 20_000, 4096},
		{4096, 1024, 1024 - 256}, // 64 of the rest are for refusals
		{100, 1024, 100},
		{4096, 256, 128},
	} {
		config := server.Config{MaxConnections: test.max, OtherFiles: 192}
		if got := server.ConnectionLimit(config, test.descriptors); got != test.want {
			t.Errorf("%d connections and %d descriptors: got %d, want %d", test.max, test.descriptors, got, test.want)
		}
	}
}

// ending is a body that ends in the same moment in which a stop begins.
type ending struct{ stop func() }

func (e *ending) Read([]byte) (int, error) {
	e.stop()
	return 0, io.EOF
}

// deadlines remembers the deadline of reading.
type deadlines struct {
	http.ResponseWriter
	last time.Time
	sets int
}

func (d *deadlines) SetReadDeadline(deadline time.Time) error {
	d.last = deadline
	d.sets++
	return nil
}

// Net/http takes the deadline away when a body ends, and a stop that begins just then
// must not leave another one: it would end the request.
func TestAStopThatBeginsWhenABodyEndsLeavesNoDeadline(t *testing.T) {
	t.Parallel()
	source := &ending{}
	r := httptest.NewRequest(http.MethodPost, "/", source)
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	body, hurry := server.Pace(w, r, server.Config{BodyStallTimeout: time.Hour, BodyTimeout: time.Hour, WriteTimeout: time.Hour})
	source.stop = hurry
	if _, err := io.ReadAll(body); err != nil {
		t.Fatal(err)
	}
	if w.sets < 3 || !w.last.IsZero() {
		t.Errorf("got %d deadlines, at last %v, want those of the body and of the stop, and then none", w.sets, w.last)
	}
	hurry()
	if !w.last.IsZero() {
		t.Errorf("got the deadline %v behind the end of the body, want none", w.last)
	}
}

// Whoever serves more than the API says what takes long.
func TestSpanSaysWhatTakesLong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		span     func(r *http.Request) httpapi.Span
		path     string
		deadline bool
	}{
		"something short":              {nil, "/", true},
		"something long of the API":    {nil, "/api/v1/persons/export/", false},
		"something that is said short": {func(*http.Request) httpapi.Span { return httpapi.SpanShort }, "/api/v1/persons/export/", true},
		"something that is said long":  {func(*http.Request) httpapi.Span { return httpapi.SpanLong }, "/", false},
	} {
		var got bool
		handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, got = r.Context().Deadline() })
		config := server.Config{Span: test.span, AnswerTimeout: time.Hour, BodyStallTimeout: time.Hour, BodyTimeout: time.Hour, WriteTimeout: time.Hour}
		server.Limit(handler, config).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, test.path, nil))
		if got != test.deadline {
			t.Errorf("%s: has its context a deadline? got %t, want %t", name, got, test.deadline)
		}
	}
}
