package ports

import "github.com/seed-bbcc19ba/roster/domain"

// DocumentFetcher gets JSON documents over HTTP. Suite: fetchertest.
//
//   - A document comes back byte for byte as it was sent (after the content
//     encoding is undone), whatever the HTTP status, when its media type is
//     application/json or application/…+json and it is one JSON text in UTF-8.
//     Space around it is kept.
//   - Redirects are followed, at most ten in a row.
//   - A fetch takes no longer than the fetcher's time limit, body included:
//     domain.CodeDeadline. A ctx that ends sooner ends it sooner, with
//     domain.CodeCanceled or domain.CodeDeadline.
//   - A body of more bytes than the fetcher's size limit, counted after the
//     content encoding is undone, is domain.CodeTooLarge; no more than the limit
//     is held in memory.
//   - Every other failure (a bad URL, no connection, a broken answer, another
//     media type, not JSON) is domain.CodeUpstream.
//   - The error's message says why in words that may be shown to a stranger.
//   - It is safe for concurrent use; one fetch never fails another.
type DocumentFetcher interface {
	domain.DocumentFetcher
}
