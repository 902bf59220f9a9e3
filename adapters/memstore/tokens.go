package memstore

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.TokenStore = (*Store)(nil)

// AddToken implements ports.TokenStore.
func (s *Store) AddToken(ctx context.Context, token account.APIToken) (account.APIToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return account.APIToken{}, err
	}
	for _, other := range s.tokens {
		if other.Key == token.Key {
			return account.APIToken{}, account.APIKeyTaken()
		}
	}
	token = token.Stored()
	token.ID = int64(len(s.tokens)) + 1
	s.tokens = append(s.tokens, token)
	return token, nil
}

// FindToken implements ports.TokenStore.
func (s *Store) FindToken(ctx context.Context, key account.APIKey) (account.APIToken, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return account.APIToken{}, err
	}
	for _, token := range s.tokens {
		if token.Key == key {
			return token, nil
		}
	}
	return account.APIToken{}, account.NoAPIToken()
}

// ListTokens implements ports.TokenStore.
func (s *Store) ListTokens(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var tokens []account.APIToken
	for _, token := range s.tokens {
		if token.ID > after && len(tokens) < size {
			tokens = append(tokens, token)
		}
	}
	return tokens, nil
}

// UseToken implements ports.TokenStore.
func (s *Store) UseToken(ctx context.Context, id int64, used time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, err := s.token(ctx, id)
	if err != nil {
		return err
	}
	if used.After(token.LastUsed) {
		token.LastUsed = used
		*token = token.Stored()
	}
	return nil
}

// RevokeToken implements ports.TokenStore.
func (s *Store) RevokeToken(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, err := s.token(ctx, id)
	if err != nil {
		return account.APIToken{}, err
	}
	if token.Revoked.IsZero() {
		token.Revoked = revoked
		*token = token.Stored()
	}
	return *token, nil
}

// token returns the token with an id. The caller holds mu.
func (s *Store) token(ctx context.Context, id int64) (*account.APIToken, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if id < 1 || id > int64(len(s.tokens)) {
		return nil, account.NoAPIToken()
	}
	return &s.tokens[id-1], nil
}
