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
)

func upstreamError(message string, cause error) error {
	return &domain.Error{Code: domain.CodeUpstream, Message: message, Cause: cause}
}

func errBadURL() error { return upstreamError("not a URL that can be fetched", nil) }

// translate returns what a failed fetch is called. ctx is the caller's, and
// limited is ctx with the time limit.
func (f *Fetcher) translate(ctx, limited context.Context, err error) error {
	if known, ok := errors.AsType[*domain.Error](err); ok {
		return known
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the rest of it is the URL, which may hold a user name
	}
	if ended := domain.ContextError(ctx); ended != nil {
		return ended
	}
	if limited.Err() != nil || overdue(limited) {
		return &domain.Error{Code: domain.CodeDeadline, Message: fmt.Sprintf("took longer than %v", f.timeout), Cause: err}
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &domain.Error{Code: domain.CodeTooLarge, Message: fmt.Sprintf("answered more than %d bytes", tooLarge.Limit), Cause: err}
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
