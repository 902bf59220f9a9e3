package ports

import "github.com/seed-bbcc19ba/roster/domain"

// DocumentFetcher gets JSON documents over HTTP. Suite: fetchertest.
//
//   - A document comes back byte for byte as it was sent (after the content
//     encoding is undone), whatever the HTTP status, when its media type is
//     application/json or application/…+json, in capitals or not and with or
//     without parameters, and it is one JSON text in UTF-8. Space around it is kept.
//   - Redirects are followed, at most three in a row.
//   - A fetch takes no longer than the fetcher's time limit, redirects and body
//     included: domain.CodeDeadline. A ctx that ends sooner ends it sooner, with
//     domain.CodeCanceled or domain.CodeDeadline; one that has ended already
//     sends nothing.
//   - A body of more bytes than the fetcher's size limit, counted after the
//     content encoding is undone, is domain.CodeTooLarge as soon as so many bytes
//     have come; the rest is not waited for.
//   - Every other failure (a bad URL, no connection, a broken answer, another
//     media type, not JSON) is domain.CodeUpstream.
//   - Beside an error there is no document.
//   - The error's message says why in one line of printable text, at most 200
//     bytes, that may be shown to a stranger. Neither it nor the error's own text
//     holds the user or the password of the URL.
//   - An error wraps an *Outage when it says how the upstream is rather than what
//     it has: it takes no connection, its answer breaks off or does not come in
//     time, or is 429, 502, 503 or 504 and no JSON. Every other error wraps none:
//     asking again would not help.
//   - It is safe for concurrent use; one fetch neither fails nor delays another,
//     unless there are more at once than the fetcher was told to make. A fetcher may
//     leave an upstream alone for a while when three fetches or more in a row met an
//     Outage of it before their ctx ended; that harms no fetch from another upstream.
type DocumentFetcher interface {
	domain.DocumentFetcher
}

// Outage is in the chain of an error that may be gone when the upstream is asked
// again. An upstream is a scheme, a host and a port.
type Outage struct {
	// Elsewhere says that not the URL's own upstream is out, but another one to which
	// it redirected.
	Elsewhere bool
	// Cause is what happened, for logs only.
	Cause error
}

// Error returns the cause, for logs.
func (o *Outage) Error() string { return "the upstream is out: " + o.Cause.Error() }

// Unwrap returns the cause.
func (o *Outage) Unwrap() error { return o.Cause }
