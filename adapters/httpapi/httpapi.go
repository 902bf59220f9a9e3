// Package httpapi serves the use cases over HTTP, with the paths, bodies and
// words of the Django REST Framework service that roster succeeds.
//
// Each request passes, from the outside in: the log (with request id, who the client
// is, and recovery from panics), the safety headers, the way to the site or to the API, CORS, the length of path and query, the
// probes of the server's health, the check of the host, /metrics, the router, the cycle of a view (rate limit, negotiation, API token, method, body), the use case.
package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// UseCases are what the API drives. All but Jobs are required. What they answer comes out in REST framework's words: the message of
// an error is told only where translations says so.
type UseCases struct {
	Registry        ports.PersonRegistry
	Check           ports.PersonChecker
	CreateBulk      ports.BulkCreator
	AsyncCreateBulk ports.BulkCreator
	Fetch           ports.BulkFetcher

	// Export writes all persons. It and Jobs know the formats csv and ndjson.
	Export ports.PersonExporter

	// Jobs are lists too long for one request, and NewRefusalWriter writes what they refuse
	// as CSV. Without Jobs there are none of their paths: they are answered 404.
	Jobs             ports.JobManager
	NewRefusalWriter func(w io.Writer) ports.RefusalWriter
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
	// TrustedProxies are the addresses of proxies before the server. Only from them
	// are X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto read; none reads
	// them from nobody. The header Forwarded is never read.
	TrustedProxies []netip.Prefix
	// RateLimiter counts what each client takes, known by its IPv4 address or the /64
	// of its IPv6 address; nil sets no limit. Whoever made it closes it. A request goes
	// on where it answers domain.CodeUnavailable or worse.
	RateLimiter ports.RateLimiter
	// Tokens admits requests: those for readers or writers, as Access says of each method of each route, such as
	// "/api/v1/persons/{pk}/", need the secret of a token that reads or writes ("Authorization: Bearer SECRET", or Token in its place); what is for
	// nobody or for superusers is not served. Probes and preflights are never asked. Nil admits everybody to everything, and asks neither.
	Tokens TokenChecker
	Access func(method, route string) account.Access
	// MaxBodyBytes is the greatest size of a request's body; 0 is 1 MiB. Of those over
	// 8 KiB at most 32 are in memory at once; one more is answered 503.
	MaxBodyBytes int64
	// MaxUploadBytes is the greatest size of a text that becomes a job, as it comes and
	// when it is unpacked; 0 is 1 GiB. At most 8 come at once; one more is answered 503.
	MaxUploadBytes int64
	// MaxTargetBytes is how long the path and query of a request may be, as they were
	// sent; 0 is 8 KiB.
	MaxTargetBytes int
	// MaxJSONDepth is how deep arrays and objects of a body may nest; 0 is 32.
	MaxJSONDepth int
	// Ready tells probes of /readyz whether requests can be served now; nil is
	// always. The message of its error (domain.MessageOf) is shown to anybody. It
	// gets 2 s, and is called once at a time.
	Ready func(ctx context.Context) error
	// Logger gets one line for each request; nil logs nothing.
	Logger *slog.Logger
	// Observe is told of each request when it is over, probes too, by many at once; each
	// waits for it. Nil tells nobody. Who only counts needs nothing of the one request, and so costs no Watcher and no ctx.
	Observe func(Observation)
	// Watch is told of each request as it comes, with its id, and returns the ctx in which it is served and who watches it. Nil
	// watches nothing, and costs nothing.
	Watch func(r *http.Request, id string) (context.Context, Watcher)

	// Metrics answers GET and HEAD of /metrics, behind the check of the host and Tokens. It is asked as often as
	// anybody likes whom they let in, since a scrape costs nothing of what RateLimiter counts. Nil has no such path.
	Metrics http.Handler

	// Site is what people see: it serves every path below /admin/, and / for clients that
	// prefer HTML; programs then find at / where everything is. Nil serves neither.
	//
	// It stands behind the log, with its request id (X-Request-ID, which the answer's headers
	// have already) and recovery from panics, the safety headers, MaxTargetBytes and the check
	// of the host, but takes no part in CORS and in what RateLimiter counts; what it reads of a
	// body is its own to bound. A header that it sets takes the place of a safety header. Its
	// request has the scheme and host that the client sent it to (TLS is not nil for https),
	// and the client's address as RemoteAddr, like "192.0.2.1:80" or "[2001:db8::1]:80", with
	// port 0 where a trusted proxy told it. It sets Pattern of that request, as http.ServeMux does, and the log
	// takes the path of it as the route; there must be only so many.
	Site http.Handler
}

const (
	defaultMaxBodyBytes   = 1 << 20
	defaultMaxUploadBytes = 1 << 30
	defaultMaxTargetBytes = 8 << 10
	defaultMaxJSONDepth   = 32
)

// New returns the handler of the whole API. The error is domain.CodeInvalid when
// a use case is missing, which it names, a number is negative, or there are Tokens and no Access.
func New(useCases UseCases, config Config) (http.Handler, error) {
	if err := useCases.check(); err != nil {
		return nil, err
	}
	if err := config.setDefaults(); err != nil {
		return nil, err
	}
	a := &api{
		UseCases:       useCases,
		quota:          newQuota(config.RateLimiter, config.Logger),
		admission:      newAdmission(config),
		maxBodyBytes:   config.MaxBodyBytes,
		maxUploadBytes: config.MaxUploadBytes,
		maxJSONDepth:   config.MaxJSONDepth,
		largeBodies:    newSlots(largeBodies),
		uploads:        newSlots(uploads),
		downloads:      newSlots(downloads),
		eventStreams:   newSlots(eventStreams),
		hasJobs:        useCases.Jobs != nil,
		hasSite:        config.Site != nil,
	}
	handler := answerScrapes(route(newRouter(a), a.quota), a, config.Metrics)
	handler = checkHost(handler, config.AllowedHosts)
	handler = answerProbes(handler, config)
	handler = limitTarget(handler, config.MaxTargetBytes)
	handler = cors(handler, config.CORSAllowedOrigins)
	handler = divide(handler, config.Site, config)
	handler = safetyHeaders(handler)
	return logRequests(handler, config), nil
}

// check returns an error that names the first use case that is missing. It goes through the fields themselves, so that
// none can be forgotten here.
func (u UseCases) check() error {
	for field, value := range reflect.ValueOf(u).Fields() {
		needless := field.Name == "Jobs" || field.Name == "NewRefusalWriter" && u.Jobs == nil
		if value.IsNil() && !needless {
			return &domain.Error{Code: domain.CodeInvalid, Message: "UseCases." + field.Name + " is missing"}
		}
	}
	return nil
}

// setDefaults gives the fields that were left out what their zero stands for.
func (c *Config) setDefaults() error {
	if c.Tokens != nil && c.Access == nil {
		return &domain.Error{Code: domain.CodeInvalid, Message: "it is not said who may use what"}
	}
	for name, number := range map[string]int64{
		"MaxBodyBytes":   c.MaxBodyBytes,
		"MaxUploadBytes": c.MaxUploadBytes,
		"MaxTargetBytes": int64(c.MaxTargetBytes),
		"MaxJSONDepth":   int64(c.MaxJSONDepth),
	} {
		if number < 0 {
			return &domain.Error{Code: domain.CodeInvalid, Message: name + " is negative"}
		}
	}
	if c.MaxBodyBytes == 0 {
		c.MaxBodyBytes = defaultMaxBodyBytes
	}
	if c.MaxUploadBytes == 0 {
		c.MaxUploadBytes = defaultMaxUploadBytes
	}
	if c.MaxTargetBytes == 0 {
		c.MaxTargetBytes = defaultMaxTargetBytes
	}
	if c.MaxJSONDepth == 0 {
		c.MaxJSONDepth = defaultMaxJSONDepth
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Observe == nil {
		c.Observe = func(Observation) {}
	}
	return nil
}

// api holds what the views share.
type api struct {
	UseCases
	quota          *quota
	admission      *admission
	maxBodyBytes   int64
	maxUploadBytes int64
	maxJSONDepth   int
	hasJobs        bool
	hasSite        bool
	claims         claimsUnderWay

	largeBodies, uploads, downloads, eventStreams slots
}
