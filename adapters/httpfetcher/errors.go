package httpfetcher

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

func upstreamError(message string, cause error) error {
	return &domain.Error{Code: domain.CodeUpstream, Message: message, Cause: cause}
}

func errBadURL() error { return upstreamError("not a URL that can be fetched", nil) }

// errNoDocument says that an answer holds something else. The statuses of a server
// that is too busy, or not there behind another one, are told as errBusy.
func errNoDocument(status int, what string) error {
	var cause error
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		cause = errBusy
	}
	return upstreamError(fmt.Sprintf("answered %d with %s", status, what), cause)
}

var errBusy = errors.New("it may answer later")

// translate returns what a failed fetch is called. ctx is the caller's, and
// limited is ctx with the time limit. elsewhere tells whether it failed behind a
// redirect to another upstream.
func (f *Fetcher) translate(ctx, limited context.Context, elsewhere bool, err error) error {
	if known, ok := errors.AsType[*domain.Error](err); ok {
		if errors.Is(known, errBusy) {
			known.Cause = &ports.Outage{Elsewhere: elsewhere, Cause: known.Cause}
		}
		return known
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the rest of it is the URL, which may hold a user name
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return domain.ContextError(ctx)
	}
	if ended := domain.ContextError(ctx); ended != nil {
		return &domain.Error{
			Code:    domain.CodeOf(ended),
			Message: domain.MessageOf(ended),
			Cause:   &ports.Outage{Elsewhere: elsewhere, Cause: context.Cause(ctx)},
		}
	}
	if limited.Err() != nil || overdue(limited) {
		return &domain.Error{
			Code:    domain.CodeDeadline,
			Message: fmt.Sprintf("took longer than %v", f.timeout),
			Cause:   &ports.Outage{Elsewhere: elsewhere, Cause: err},
		}
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &domain.Error{Code: domain.CodeTooLarge, Message: fmt.Sprintf("answered more than %d bytes", tooLarge.Limit), Cause: err}
	}
	if isOutage(err) {
		return upstreamError(explain(err), &ports.Outage{Elsewhere: elsewhere, Cause: err})
	}
	return upstreamError(explain(err), err)
}

// overdue tells whether ctx should have ended by now. On a machine that is busy its
// timer may be later than another one that was to be later.
func overdue(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Before(deadline)
}

// explain returns why there was no answer, in words for strangers.
func explain(err error) string {
	if errors.Is(err, syscall.ECONNREFUSED) {
		return "connection refused"
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "host not found"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "certificate not trusted"
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok && operation.Op == "dial" {
		return "no connection"
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) {
		return "the answer broke off"
	}
	return "the answer is not HTTP as it should be"
}

// isOutage tells whether a connection failed or broke in a way that may be over soon.
func isOutage(err error) bool {
	for _, passing := range []error{
		io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE,
		syscall.ETIMEDOUT, syscall.EHOSTUNREACH, syscall.ENETUNREACH,
	} {
		if errors.Is(err, passing) {
			return true
		}
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		return lookup.IsTemporary || lookup.IsTimeout
	}
	_, reset := errors.AsType[streamError](err)
	return reset
}

// streamError has the shape of what net/http reports when an upstream ends a stream
// of HTTP/2: its own type is not exported, but fills one of this shape.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

// Error implements error.
func (e streamError) Error() string {
	return fmt.Sprintf("stream %d ended with code %d", e.StreamID, e.Code)
}
