package admin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkPersonsPage makes the list with a full page, FrontPage the overview with its charts. An operation is
// a request of who has signed in.
func BenchmarkPersonsPage(b *testing.B) { benchmarkPage(b, "/admin/persons/") }

func BenchmarkPersonsPart(b *testing.B) { benchmarkPage(b, "/admin/persons/?q=person", "HX-Request") }

func BenchmarkFrontPage(b *testing.B) { benchmarkPage(b, "/admin/") }

func benchmarkPage(b *testing.B, target string, headers ...string) {
	b.Helper()
	w := newWorld(b)
	w.persons(1000)
	user := w.user("ann")
	token := string(w.begin(user))
	request := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	request.AddCookie(&http.Cookie{Name: sessionCookie, Value: token})
	for _, header := range headers {
		request.Header.Set(header, "true")
	}
	b.ReportAllocs()
	for b.Loop() {
		recorder := httptest.NewRecorder()
		w.site.ServeHTTP(recorder, request)
		if recorder.Code != http.StatusOK {
			b.Fatalf("status %d", recorder.Code)
		}
	}
}
