// Package httpapi serves the use cases over HTTP, with the paths, bodies and
// words of the Django REST Framework service that roster succeeds.
//
// Each request passes, from the outside in: the log (with request id and
// recovery from panics), the safety headers, CORS, the length of path and query, the
// probes of the server's health, the check of the host, the router, the cycle of a view (negotiation, method, body), the use case.
package httpapi

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// UseCases are what the API drives. All are required.
type UseCases struct {
	Registry        ports.PersonRegistry
	Check           ports.PersonChecker
	CreateBulk      ports.BulkCreator
	AsyncCreateBulk ports.BulkCreator
	Fetch           ports.BulkFetcher
}

// Config is what may be left out.
type Config struct {
	// AllowedHosts are the values of the Host header that are served, by the rules
	// of Django's ALLOWED_HOSTS: a name, ".example.com" for a domain and all below
	// it, or "*". None serves no host at all.
	AllowedHosts []string
	// CORSAllowedOrigins are the origins, such as "http://localhost:3000", whose
	// pages may read answers, with credentials. None allows no other origin.
	CORSAllowedOrigins []string
	// MaxBodyBytes is the greatest size of a request's body; 0 is 1 MiB.
	MaxBodyBytes int64
	// Ready tells probes of /readyz whether requests can be served now; nil is
	// always. The message of its error (domain.MessageOf) is shown to anybody. It
	// gets 2 s, and is called once at a time.
	Ready func(ctx context.Context) error
	// Logger gets one line for each request; nil logs nothing.
	Logger *slog.Logger
}

const defaultMaxBodyBytes = 1 << 20

// New returns the handler of the whole API. The error is domain.CodeInvalid when
// a use case is missing or a number is negative.
func New(useCases UseCases, config Config) (http.Handler, error) {
	if useCases.Registry == nil || useCases.Check == nil || useCases.CreateBulk == nil ||
		useCases.AsyncCreateBulk == nil || useCases.Fetch == nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a use case is missing"}
	}
	if config.MaxBodyBytes < 0 {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "MaxBodyBytes is negative"}
	}
	if config.MaxBodyBytes == 0 {
		config.MaxBodyBytes = defaultMaxBodyBytes
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	router := newRouter(&api{UseCases: useCases, maxBodyBytes: config.MaxBodyBytes})
	handler := checkHost(router, config.AllowedHosts)
	handler = answerProbes(handler, config)
	handler = limitTarget(handler)
	handler = cors(handler, config.CORSAllowedOrigins)
	handler = safetyHeaders(handler)
	return logRequests(handler, config.Logger), nil
}

// api holds what the views share.
type api struct {
	UseCases
	maxBodyBytes int64
	claims       claimsUnderWay
}
