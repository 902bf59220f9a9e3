package app

import (
	"net/http"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
)

// spanOf tells how long a request may take, of the site and of the API.
func spanOf(r *http.Request) httpapi.Span {
	if admin.TakesLong(r) {
		return httpapi.SpanLong
	}
	return httpapi.SpanOf(r)
}
