package account

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// TokenStore is what Tokens needs. Package ports states the contract (ports.TokenStore).
type TokenStore interface {
	// AddToken saves a token, and returns it with its id.
	AddToken(ctx context.Context, token APIToken) (APIToken, error)
	// FindToken finds the token with a key.
	FindToken(ctx context.Context, key APIKey) (APIToken, error)
	// ListTokens returns the tokens after an id.
	ListTokens(ctx context.Context, after int64, size int) ([]APIToken, error)
	// UseToken writes down that something was done with a token.
	UseToken(ctx context.Context, id int64, used time.Time) error
	// RevokeToken ends a token.
	RevokeToken(ctx context.Context, id int64, revoked time.Time) (APIToken, error)
}

// Tokens is the use case of API tokens. It is safe for concurrent use when its store is. Its errors carry the
// codes of the store's contract, plus those named at each method.
type Tokens struct {
	store TokenStore
	now   func() time.Time
	used  inPassing
}

// NewTokens returns the use case. A nil now is time.Now. The error is domain.CodeInvalid where there is no store.
func NewTokens(store TokenStore, now func() time.Time) (*Tokens, error) {
	if store == nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "tokens need a store"}
	}
	if now == nil {
		now = time.Now
	}
	return &Tokens{store: store, now: now}, nil
}

// Make makes a token and returns its secret, which nobody can ask for again. The error is domain.CodeInvalid with all Problems: a name
// has 1 to MaxTokenName printable characters, white space around it is removed; a scope is one that there is; the end of a token lies ahead.
func (t *Tokens) Make(ctx context.Context, wanted NewAPIToken) (APIToken, APISecret, error) {
	token, secret, err := wanted.make(t.now())
	if err != nil {
		return APIToken{}, "", err
	}
	token, err = t.store.AddToken(ctx, token)
	if err != nil {
		return APIToken{}, "", err
	}
	return token, secret, nil
}

// List returns the tokens whose ids are greater than after, in the order of the ids, at most size of them: those that are over too.
func (t *Tokens) List(ctx context.Context, after int64, size int) ([]APIToken, error) {
	return t.store.ListTokens(ctx, after, size)
}

// Revoke ends a token for good, and returns it: once Revoke has returned, no Check knows it, in whichever process. One that was
// revoked stays as it is. The error is domain.CodeNotFound where there is none.
func (t *Tokens) Revoke(ctx context.Context, id int64) (APIToken, error) {
	return t.store.RevokeToken(ctx, id, storedTime(t.now()))
}

// Check returns the token of a secret, and writes down, once a minute, that something was done with it; where that cannot be
// written within 50 ms, it is at the first call a second later, and none waits until then. The error is domain.CodeUnauthenticated, in the same words, for a secret that is
// nobody's, and for a token that has expired or was revoked. It costs one read.
func (t *Tokens) Check(ctx context.Context, secret APISecret) (APIToken, error) {
	token, err := t.store.FindToken(ctx, secret.Key())
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return APIToken{}, errNoToken
	case err != nil:
		return APIToken{}, err
	}
	now := t.now()
	if token.IsOver(now) {
		return APIToken{}, errNoToken
	}
	if now.Sub(token.LastUsed) >= seenEvery {
		t.used.write(ctx, now, func(ctx context.Context) error { return t.store.UseToken(ctx, token.ID, storedTime(now)) })
	}
	if err := domain.ContextError(ctx); err != nil {
		return APIToken{}, err
	}
	return token, nil
}

var errNoToken = &domain.Error{Code: domain.CodeUnauthenticated, Message: "the token is not valid"}
