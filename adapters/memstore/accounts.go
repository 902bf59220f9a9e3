package memstore

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

var _ ports.AccountStore = (*Store)(nil)

// accounts are the users in the order of their ids, which are 1, 2, …, and the sessions.
type accounts struct {
	users    []account.User
	sessions map[account.SessionKey]account.Session
}

// AddUser implements ports.AccountStore.
func (s *Store) AddUser(ctx context.Context, user account.User) (account.User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return account.User{}, err
	}
	for _, other := range s.accounts.users {
		if other.Name == user.Name {
			return account.User{}, account.NameTaken(user.Name)
		}
	}
	user = user.Stored()
	user.ID = int64(len(s.accounts.users)) + 1
	s.accounts.users = append(s.accounts.users, user)
	return user, nil
}

// FindUser implements ports.AccountStore.
func (s *Store) FindUser(ctx context.Context, id int64) (account.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	user, err := s.user(ctx, id)
	if err != nil {
		return account.User{}, err
	}
	return *user, nil
}

// user returns the user with an id. The caller holds mu.
func (s *Store) user(ctx context.Context, id int64) (*account.User, error) {
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	if id < 1 || id > int64(len(s.accounts.users)) {
		return nil, account.NoUser(id)
	}
	return &s.accounts.users[id-1], nil
}

// FindUserByName implements ports.AccountStore.
func (s *Store) FindUserByName(ctx context.Context, name string) (account.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return account.User{}, err
	}
	for _, user := range s.accounts.users {
		if user.Name == name {
			return user, nil
		}
	}
	return account.User{}, account.NoUserNamed(name)
}

// ListUsers implements ports.AccountStore.
func (s *Store) ListUsers(ctx context.Context, after int64, size int) ([]account.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	var users []account.User
	for _, user := range s.accounts.users {
		if user.ID > after && len(users) < size {
			users = append(users, user)
		}
	}
	return users, nil
}

// SetPassword implements ports.AccountStore.
func (s *Store) SetPassword(ctx context.Context, id int64, from, to account.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, err := s.user(ctx, id)
	if err != nil {
		return err
	}
	if from != "" && user.Password != from {
		return account.PasswordChanged()
	}
	user.Password = to
	s.accounts.endAll(id)
	return nil
}

// SetActive implements ports.AccountStore.
func (s *Store) SetActive(ctx context.Context, id int64, active bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, err := s.user(ctx, id)
	if err != nil {
		return err
	}
	if !active {
		s.accounts.endAll(id)
	}
	user.Active = active
	return nil
}

// endAll ends the sessions of a user.
func (a *accounts) endAll(user int64) {
	for key, session := range a.sessions {
		if session.User == user {
			delete(a.sessions, key)
		}
	}
}

// BeginSession implements ports.AccountStore.
func (s *Store) BeginSession(ctx context.Context, session account.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, err := s.user(ctx, session.User)
	if err != nil {
		return err
	}
	if !session.MayBegin(*user) {
		return account.SessionRefused()
	}
	if _, taken := s.accounts.sessions[session.Key]; taken {
		return account.SessionTaken()
	}
	session = session.Stored()
	if s.accounts.sessions == nil {
		s.accounts.sessions = map[account.SessionKey]account.Session{}
	}
	s.accounts.sessions[session.Key] = session
	user.LastLogin = session.Began
	return nil
}

// FindSession implements ports.AccountStore.
func (s *Store) FindSession(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := s.usable(ctx); err != nil {
		return account.Session{}, account.User{}, err
	}
	session, found := s.accounts.sessions[key]
	if !found {
		return account.Session{}, account.User{}, account.NoSession()
	}
	user, err := s.user(ctx, session.User)
	if err != nil {
		return account.Session{}, account.User{}, err
	}
	return session, *user, nil
}

// TouchSession implements ports.AccountStore.
func (s *Store) TouchSession(ctx context.Context, key account.SessionKey, seen time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	session, found := s.accounts.sessions[key]
	if !found {
		return account.NoSession()
	}
	if seen.After(session.Seen) {
		session.Seen = seen.UTC().Truncate(time.Microsecond)
		s.accounts.sessions[key] = session
	}
	return nil
}

// EndSession implements ports.AccountStore.
func (s *Store) EndSession(ctx context.Context, key account.SessionKey) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	delete(s.accounts.sessions, key)
	return nil
}

// TidySessions implements ports.AccountStore.
func (s *Store) TidySessions(ctx context.Context, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	for key, session := range s.accounts.sessions {
		if session.IsOver(now) {
			delete(s.accounts.sessions, key)
		}
	}
	return nil
}
