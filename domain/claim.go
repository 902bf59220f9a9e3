package domain

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

const (
	// MaxClaimKey is the greatest length of a claim's key, in bytes.
	MaxClaimKey = 255
	// ClaimLifetime is how long a claim is remembered.
	ClaimLifetime = 24 * time.Hour
)

// Claim makes saving take effect once, however often the request for it comes: a
// client that never saw the answer sends the request again with the same key (the
// HTTP header Idempotency-Key, draft-ietf-httpapi-idempotency-key-header). Drafts
// carry it to the store, which remembers it together with what it saves: see On.
type Claim struct {
	key     string
	request [sha256.Size]byte
	made    time.Time
}

// NewClaim returns the claim of a request that came at the time made. request is
// whatever tells it from other requests; its SHA-256 is kept. The error is
// CodeInvalid unless the key has 1 to MaxClaimKey printable characters of ASCII.
func NewClaim(key string, request []byte, made time.Time) (Claim, error) {
	if key == "" || len(key) > MaxClaimKey || slices.ContainsFunc([]byte(key), func(c byte) bool { return c < ' ' || c > '~' }) {
		return Claim{}, &Error{
			Code:    CodeInvalid,
			Message: fmt.Sprintf("the key of a claim has 1 to %d printable characters of ASCII", MaxClaimKey),
		}
	}
	return Claim{key: key, request: sha256.Sum256(request), made: made}, nil
}

// StoredClaim returns a claim that a store has remembered. Nothing is checked.
func StoredClaim(key string, request [sha256.Size]byte, made time.Time) Claim {
	return Claim{key: key, request: request, made: made}
}

// Key returns what the client calls the request.
func (c Claim) Key() string { return c.key }

// Request returns the SHA-256 of the request.
func (c Claim) Request() [sha256.Size]byte { return c.request }

// Made returns when the request came.
func (c Claim) Made() time.Time { return c.made }

// Cutoff returns the time up to which earlier claims were made that have expired
// when this one is.
func (c Claim) Cutoff() time.Time { return c.made.Add(-ClaimLifetime) }

// Repeats tells whether the claim is the same request as an earlier one of the same
// key, so that the answer is the earlier one's. One that has expired is as if
// it had never been. The error is CodeKeyReused where the key stood for another request.
func (c Claim) Repeats(earlier Claim) (bool, error) {
	switch {
	case !earlier.made.After(c.Cutoff()):
		return false, nil
	case earlier.request != c.request:
		return false, &Error{Code: CodeKeyReused, Message: "the key was used for another request"}
	default:
		return true, nil
	}
}

// whole is what the drafts of one claim have in common.
type whole struct {
	claim Claim
	size  int
}

// On returns the drafts with the claim: they are saved as one batch, once. A draft
// carries one claim; an earlier one is replaced.
func (c Claim) On(drafts ...Draft) []Draft {
	return c.mark(slices.Clone(drafts))
}

func (c Claim) mark(drafts []Draft) []Draft {
	all := &whole{claim: c, size: len(drafts)}
	for i := range drafts {
		drafts[i].whole = all
	}
	return drafts
}

// ClaimOf returns the claim that a batch carries, for stores. The error is
// CodeInvalid for a batch that is not exactly what a claim was put on, because an
// executor cut it or mixed it with others: it could not be answered as a whole.
func ClaimOf(batch []Draft) (claim Claim, claimed bool, err error) {
	if len(batch) == 0 {
		return Claim{}, false, nil
	}
	all := batch[0].whole
	if slices.ContainsFunc(batch, func(draft Draft) bool { return draft.whole != all }) || all != nil && all.size != len(batch) {
		return Claim{}, false, &Error{Code: CodeInvalid, Message: "a claim is on other drafts than these: it is on all of a batch, or on none"}
	}
	if all == nil {
		return Claim{}, false, nil
	}
	return all.claim, true, nil
}
