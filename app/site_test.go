package app_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/app"
)

func TestListsOfAnyLengthTakeLongOnTheSiteToo(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		method, path, contentType string
		want                      httpapi.Span
	}{
		{http.MethodPost, "/admin/import/", "multipart/form-data; boundary=x", httpapi.SpanLong},
		{http.MethodPost, "/admin/import/", "Multipart/Form-Data; boundary=x", httpapi.SpanLong},
		{http.MethodPost, "/admin/import/", form, httpapi.SpanShort},
		{http.MethodPost, "/admin/import/", "", httpapi.SpanShort},
		{http.MethodGet, "/admin/import/", "multipart/form-data; boundary=x", httpapi.SpanShort},
		{http.MethodPost, "/admin/import/x/", "multipart/form-data; boundary=x", httpapi.SpanShort},
		{http.MethodPost, "/admin/lab/", form, httpapi.SpanLong},
		{http.MethodGet, "/admin/lab/", "", httpapi.SpanShort},
		{http.MethodGet, "/admin/persons/export/", "", httpapi.SpanLong},
		{http.MethodHead, "/admin/persons/export/", "", httpapi.SpanLong},
		{http.MethodPost, "/admin/persons/export/", form, httpapi.SpanLong},
		{http.MethodGet, "/admin/jobs/x/rejected/", "", httpapi.SpanLong},
		{http.MethodPost, "/admin/jobs/x/rejected/", "", httpapi.SpanShort},
		{http.MethodGet, "/admin/jobs/x/progress/", "", httpapi.SpanShort},
		{http.MethodDelete, "/admin/persons/export/", "", httpapi.SpanShort},
		{http.MethodGet, "/admin/persons/", "", httpapi.SpanShort},
		{http.MethodGet, "/", "", httpapi.SpanShort},
		{http.MethodGet, "/api/v1/persons/export/", "", httpapi.SpanLong},
		{http.MethodGet, "/api/v1/jobs/x/events/", "", httpapi.SpanOpen},
	} {
		r := httptest.NewRequest(test.method, "http://localhost"+test.path, nil)
		r.Header.Set("Content-Type", test.contentType)
		if got := app.SpanOf(r); got != test.want {
			t.Errorf("%s %s with %q: got span %d, want %d", test.method, test.path, test.contentType, got, test.want)
		}
	}
}
