package admin

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-bbcc19ba/roster/domain"
)

const (
	// maxForm is how large a form may be, in bytes: a page of persons picked one by one fits.
	maxForm = 64 << 10
	// maxLoginForm is how large the form of signing in may be, which anybody sends: very many may do so at once.
	maxLoginForm = 16 << 10
)

// readForm reads a form that is no upload, of so many bytes at most. The error is domain.CodeTooLarge or
// domain.CodeInvalid.
func readForm(w http.ResponseWriter, r *http.Request, most int64) error {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &domain.Error{Code: domain.CodeTooLarge, Message: "the form is too large"}
	case err != nil:
		return &domain.Error{Code: domain.CodeInvalid, Message: "the form cannot be read"}
	default:
		return nil
	}
}

// userName reads a user's name as Django does: in the form NFKC of Unicode, so that it is the same
// text whichever keyboard it was typed on.
func userName(r *http.Request) string { return norm.NFKC.String(r.PostForm.Get("username")) }

// readID reads the number of a person or user in a path. What is no number is nobody's.
func readID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 || strconv.FormatInt(id, 10) != r.PathValue("id") {
		return 0, errNoPage
	}
	return id, nil
}

// readInteger reads a whole number that somebody typed; ok is false where it is none.
func readInteger(text string) (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	return n, err == nil
}

// clientNetwork returns the address in "192.0.2.1:80", "[2001:db8::1]:80" or without a port: of
// IPv6 the 64 bits that a network gives, because the others are the client's own choice.
func clientNetwork(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}
