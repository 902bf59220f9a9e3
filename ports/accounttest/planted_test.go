package accounttest_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// brokenStore is a store with a fault.
type brokenStore struct {
	*portmock.AccountStoreMock
	store *memstore.Store
}

func (b brokenStore) Close() error { return b.store.Close() }

// plant puts a fault into a mock that answers as the store does.
type plant func(mock *portmock.AccountStoreMock, store *memstore.Store)

// planted returns the store with the fault.
func planted(store *memstore.Store, fault plant) brokenStore {
	mock := &portmock.AccountStoreMock{
		AddUserFunc:        store.AddUser,
		BeginSessionFunc:   store.BeginSession,
		EndSessionFunc:     store.EndSession,
		FindSessionFunc:    store.FindSession,
		FindUserFunc:       store.FindUser,
		FindUserByNameFunc: store.FindUserByName,
		ListUsersFunc:      store.ListUsers,
		TouchSessionFunc:   store.TouchSession,
		SetActiveFunc:      store.SetActive,
		SetPasswordFunc:    store.SetPassword,
		TidySessionsFunc:   store.TidySessions,
	}
	fault(mock, store)
	return brokenStore{mock, store}
}

func faultless(*portmock.AccountStoreMock, *memstore.Store) {}

// shared returns a harness over memory: a dir that is opened again has the same store,
// and each opening the fault.
func shared(fault plant) accounttest.Harness {
	var (
		mu     sync.Mutex
		stores = map[string]*memstore.Store{}
	)
	return accounttest.Harness{
		Durable: true,
		Shared:  true,
		Open: func(dir string) (accounttest.Store, error) {
			mu.Lock()
			defer mu.Unlock()
			if stores[dir] == nil {
				stores[dir] = memstore.New()
			}
			return opening{planted(stores[dir], fault)}, nil
		},
	}
}

// opening is one of several of a store, which outlasts it.
type opening struct{ brokenStore }

func (opening) Close() error { return nil }

// deleting returns a harness over memory in which users may be deleted, as far as the mock shows, with a fault.
func deleting(fault plant) accounttest.Harness {
	var deleted sync.Map // of the dir and the id
	return accounttest.Harness{
		DeleteUser: func(_ *testing.T, dir string, id int64) { deleted.Store(deletion{dir, id}, true) },
		Open: func(dir string) (accounttest.Store, error) {
			return planted(memstore.New(), func(mock *portmock.AccountStoreMock, store *memstore.Store) {
				hideDeleted(mock, store, func(user int64) bool {
					_, isDeleted := deleted.Load(deletion{dir, user})
					return isDeleted
				})
				fault(mock, store)
			}), nil
		},
	}
}

type deletion struct {
	dir  string
	user int64
}

// hideDeleted has the mock show nothing of users who are deleted.
func hideDeleted(mock *portmock.AccountStoreMock, store *memstore.Store, isDeleted func(user int64) bool) {
	kept := remember(mock, store)
	begin := mock.BeginSessionFunc
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		if isDeleted(session.User) {
			return account.NoUser(session.User)
		}
		return begin(ctx, session)
	}
	mock.FindUserFunc = func(ctx context.Context, id int64) (account.User, error) {
		if isDeleted(id) {
			return account.User{}, account.NoUser(id)
		}
		return store.FindUser(ctx, id)
	}
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) ([]account.User, error) {
		users, err := store.ListUsers(ctx, after, size)
		return slices.DeleteFunc(users, func(user account.User) bool { return isDeleted(user.ID) }), err
	}
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if err == nil && isDeleted(user.ID) {
			return account.Session{}, account.User{}, account.NoSession()
		}
		return session, user, err
	}
	mock.TidySessionsFunc = func(ctx context.Context, now time.Time) error {
		for user := range kept.sessions {
			for _, session := range kept.of(user) {
				if isDeleted(user) {
					if err := store.EndSession(ctx, session.Key); err != nil {
						return err
					}
				}
			}
		}
		return store.TidySessions(ctx, now)
	}
}

func findOfDeleted(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = store.FindSession
}

func leaveDeleted(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.TidySessionsFunc = store.TidySessions
}

// others lets others work for a moment, in which a fault shows.
func others() {
	for range 20 {
		runtime.Gosched()
	}
	time.Sleep(200 * time.Microsecond)
}

// changeAdded saves users other than they were.
func changeAdded(change func(account.User) account.User) plant {
	return func(mock *portmock.AccountStoreMock, store *memstore.Store) {
		mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
			return store.AddUser(ctx, change(user))
		}
	}
}

// changeBegun begins sessions other than they were.
func changeBegun(change func(account.Session) account.Session) plant {
	return func(mock *portmock.AccountStoreMock, store *memstore.Store) {
		mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
			return store.BeginSession(ctx, change(session))
		}
	}
}

func hideHash(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindUserByNameFunc = func(ctx context.Context, name string) (account.User, error) {
		user, err := store.FindUserByName(ctx, name)
		user.Password = ""
		return user, err
	}
}

func answerHanded(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		added, err := store.AddUser(ctx, user)
		user.ID = added.ID
		return user, err
	}
}

func neverIs1970(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindUserFunc = func(ctx context.Context, id int64) (account.User, error) {
		user, err := store.FindUser(ctx, id)
		if user.LastLogin.IsZero() {
			user.LastLogin = time.Unix(0, 0).UTC()
		}
		return user, err
	}
}

func cutFingerprints(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		session.Password[31] = 0
		return session, user, err
	}
}

func firstUsersSession(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if err == nil {
			user, err = store.FindUser(ctx, 1)
		}
		return session, user, err
	}
}

func localTimes(mock *portmock.AccountStoreMock, store *memstore.Store) {
	local := time.FixedZone("local", 3600)
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		session.Seen = session.Seen.In(local)
		return session, user, err
	}
}

func keepList(mock *portmock.AccountStoreMock, store *memstore.Store) {
	var kept []account.User
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) (users []account.User, err error) {
		if kept == nil {
			kept, err = store.ListUsers(ctx, after, size)
		}
		return kept, err
	}
}

func keepIDs(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		added, err := store.AddUser(ctx, user)
		if user.ID != 0 {
			added.ID = user.ID
		}
		return added, err
	}
}

func startAtTwo(mock *portmock.AccountStoreMock, store *memstore.Store) {
	if _, err := store.AddUser(context.Background(), account.User{Name: "first"}); err != nil {
		panic(err)
	}
	faultless(mock, store)
}

func countIDs(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		users, err := store.ListUsers(ctx, 0, 1000)
		if err != nil {
			return account.User{}, err
		}
		others()
		user, err = store.AddUser(ctx, user)
		user.ID = int64(len(users)) + 1
		return user, err
	}
}

func overwrite(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		added, err := store.AddUser(ctx, user)
		if domain.CodeOf(err) == domain.CodeConflict {
			added, err = store.FindUserByName(ctx, user.Name)
			if err == nil {
				err = store.SetPassword(ctx, added.ID, "", user.Password)
			}
		}
		return added, err
	}
}

func answerBesideError(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		added, err := store.AddUser(ctx, user)
		if err != nil {
			added = user
		}
		return added, err
	}
}

func foldNames(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		users, err := store.ListUsers(ctx, 0, 1000)
		if err != nil {
			return account.User{}, err
		}
		if slices.ContainsFunc(users, func(other account.User) bool { return strings.EqualFold(other.Name, user.Name) }) {
			return account.User{}, account.NameTaken(user.Name)
		}
		return store.AddUser(ctx, user)
	}
}

func findTrimmed(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindUserByNameFunc = func(ctx context.Context, name string) (account.User, error) {
		return store.FindUserByName(ctx, strings.TrimSpace(name))
	}
}

func findCut(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindUserByNameFunc = func(ctx context.Context, name string) (account.User, error) {
		name, _, _ = strings.Cut(name, "\x00")
		return store.FindUserByName(ctx, name)
	}
}

func listPlaceToo(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) ([]account.User, error) {
		return store.ListUsers(ctx, max(after, 0)-1, size)
	}
}

func listBackward(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) ([]account.User, error) {
		users, err := store.ListUsers(ctx, after, size)
		slices.Reverse(users)
		return users, err
	}
}

func listAll(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) ([]account.User, error) {
		if size <= 0 {
			size = 1000
		}
		return store.ListUsers(ctx, after, size)
	}
}

func swallowPassword(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		err := store.SetPassword(ctx, id, from, to)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil
		}
		return err
	}
}

func setAnyway(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, _, to account.Hash) error {
		return store.SetPassword(ctx, id, "", to)
	}
}

func endAnyway(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		err := store.SetPassword(ctx, id, from, to)
		if user, findErr := store.FindUser(ctx, id); findErr == nil && domain.CodeOf(err) == domain.CodePrecondition {
			return errors.Join(store.SetPassword(ctx, id, "", user.Password), err)
		}
		return err
	}
}

func setNever(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		if user, err := store.FindUser(ctx, id); err == nil && user.Password != from {
			return account.PasswordChanged()
		}
		return store.SetPassword(ctx, id, from, to)
	}
}

func loosePasswords(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		if user, err := store.FindUser(ctx, id); err == nil && from != "" && user.Password != from {
			return account.PasswordChanged()
		}
		others()
		return store.SetPassword(ctx, id, "", to)
	}
}

func shortIDs(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetActiveFunc = func(ctx context.Context, id int64, active bool) error {
		return store.SetActive(ctx, int64(int32(id)), active)
	} //nolint:gosec // that is the fault
}

// sessionsOf are the sessions that began through the mock, of each user, and those that outlast their end.
type sessionsOf struct {
	mu       sync.Mutex
	sessions map[int64][]account.Session
	outlast  map[account.SessionKey]account.Session
}

// remember has the mock write down who begins, and find those that outlast their end.
func remember(mock *portmock.AccountStoreMock, store *memstore.Store) *sessionsOf {
	kept := &sessionsOf{sessions: map[int64][]account.Session{}, outlast: map[account.SessionKey]account.Session{}}
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		err := store.BeginSession(ctx, session)
		if err == nil {
			kept.mu.Lock()
			kept.sessions[session.User] = append(kept.sessions[session.User], session)
			kept.mu.Unlock()
		}
		return err
	}
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		found, user, err := store.FindSession(ctx, key)
		if session, ok := kept.outlasting(key); ok && domain.CodeOf(err) == domain.CodeNotFound {
			found = session
			user, err = store.FindUser(ctx, session.User)
		}
		return found, user, err
	}
	return kept
}

func (s *sessionsOf) of(user int64) []account.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sessions[user])
}

func (s *sessionsOf) outlasting(key account.SessionKey) (account.Session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.outlast[key]
	return session, ok
}

// keep has sessions outlast their end.
func (s *sessionsOf) keep(sessions ...account.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, session := range sessions {
		s.outlast[session.Key] = session
	}
}

// forget ends the sessions that outlast their end.
func (s *sessionsOf) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.outlast)
}

// again keeps those sessions of a user that are ended by a change.
func (s *sessionsOf) again(ctx context.Context, store *memstore.Store, user int64, change func() error) error {
	var open []account.Session
	for _, session := range s.of(user) {
		if found, _, err := store.FindSession(ctx, session.Key); err == nil {
			open = append(open, found)
		}
	}
	err := change()
	if err == nil {
		s.keep(open...)
	}
	return err
}

func keepSessionsOfPassword(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		return kept.again(ctx, store, id, func() error { return store.SetPassword(ctx, id, from, to) })
	}
}

func endSessionsOfAll(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		if err := store.SetPassword(ctx, id, from, to); err != nil {
			return err
		}
		return store.TidySessions(ctx, time.Now().Add(100*365*24*time.Hour))
	}
}

func keepSessionsOfInactive(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.SetActiveFunc = func(ctx context.Context, id int64, active bool) error {
		return kept.again(ctx, store, id, func() error { return store.SetActive(ctx, id, active) })
	}
}

func endSessionsOfActive(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.SetActiveFunc = func(ctx context.Context, id int64, active bool) error {
		if err := store.SetActive(ctx, id, false); err != nil {
			return err
		}
		return store.SetActive(ctx, id, active)
	}
}

// login answers users with another LastLogin.
func login(mock *portmock.AccountStoreMock, store *memstore.Store, change func(user account.User) account.User) {
	mock.FindUserFunc = func(ctx context.Context, id int64) (account.User, error) {
		user, err := store.FindUser(ctx, id)
		if err == nil {
			user = change(user)
		}
		return user, err
	}
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if err == nil {
			user = change(user)
		}
		return session, user, err
	}
}

func keepLastLogin(mock *portmock.AccountStoreMock, store *memstore.Store) {
	login(mock, store, func(user account.User) account.User { user.LastLogin = time.Time{}; return user })
}

func growLastLogin(mock *portmock.AccountStoreMock, store *memstore.Store) {
	greatest := map[int64]time.Time{}
	login(mock, store, func(user account.User) account.User {
		if user.LastLogin.Before(greatest[user.ID]) {
			user.LastLogin = greatest[user.ID]
		}
		greatest[user.ID] = user.LastLogin
		return user
	})
}

func beginAnew(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		if err := store.EndSession(ctx, session.Key); err != nil {
			return err
		}
		return store.BeginSession(ctx, session)
	}
}

func loginWithoutSession(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		err := store.BeginSession(ctx, session)
		if domain.CodeOf(err) == domain.CodeConflict {
			another := session
			another.Key[0] = ^another.Key[0]
			if err := store.BeginSession(ctx, another); err != nil {
				return err
			}
		}
		return err
	}
}

func failToEndNone(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.EndSessionFunc = func(ctx context.Context, key account.SessionKey) error {
		if _, _, err := store.FindSession(ctx, key); err != nil {
			return err
		}
		return store.EndSession(ctx, key)
	}
}

func swallowSeeing(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.TouchSessionFunc = func(ctx context.Context, key account.SessionKey, seen time.Time) error {
		err := store.TouchSession(ctx, key, seen)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil
		}
		return err
	}
}

func sessionBesideError(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		session.Key = key
		return session, user, err
	}
}

func hideOver(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if err == nil && session.Began.Year() < 2000 {
			return account.Session{}, account.User{}, account.NoSession()
		}
		return session, user, err
	}
}

func seeEarlier(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.TouchSessionFunc = func(ctx context.Context, key account.SessionKey, seen time.Time) error {
		session, _, err := store.FindSession(ctx, key)
		if err != nil {
			return err
		}
		session.Seen = seen
		if err := store.EndSession(ctx, key); err != nil {
			return err
		}
		return store.BeginSession(ctx, session)
	}
}

func endAllOfUser(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.EndSessionFunc = func(ctx context.Context, key account.SessionKey) error {
		_, user, err := store.FindSession(ctx, key)
		if err != nil {
			return store.EndSession(ctx, key)
		}
		return store.SetPassword(ctx, user.ID, "", user.Password)
	}
}

// tidy removes the sessions that are over as told.
func tidy(isOver func(session account.Session, now time.Time) bool) plant {
	return func(mock *portmock.AccountStoreMock, store *memstore.Store) {
		kept := remember(mock, store)
		mock.TidySessionsFunc = func(ctx context.Context, now time.Time) error {
			for user := range kept.sessions {
				for _, session := range kept.of(user) {
					if isOver(session, now) {
						if err := store.EndSession(ctx, session.Key); err != nil {
							return err
						}
					}
				}
			}
			return nil
		}
	}
}

func tidyByLifetime(mock *portmock.AccountStoreMock, store *memstore.Store) {
	tidy(func(session account.Session, now time.Time) bool {
		return now.Sub(session.Began) >= account.SessionLifetime
	})(mock, store)
}

func tidyByItsClock(mock *portmock.AccountStoreMock, store *memstore.Store) {
	clock := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	tidy(func(session account.Session, _ time.Time) bool { return session.IsOver(clock) })(mock, store)
}

func tidyEarly(mock *portmock.AccountStoreMock, store *memstore.Store) {
	tidy(func(session account.Session, now time.Time) bool { return session.IsOver(now.Add(time.Microsecond)) })(mock, store)
}

func looseNames(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		if _, err := store.FindUserByName(ctx, user.Name); domain.CodeOf(err) != domain.CodeNotFound {
			return account.User{}, account.NameTaken(user.Name)
		}
		others()
		added, err := store.AddUser(ctx, user)
		if domain.CodeOf(err) == domain.CodeConflict {
			return user, nil
		}
		return added, err
	}
}

func looseKeys(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		if _, _, err := store.FindSession(ctx, session.Key); domain.CodeOf(err) != domain.CodeNotFound {
			return account.SessionTaken()
		}
		others()
		err := store.BeginSession(ctx, session)
		if domain.CodeOf(err) == domain.CodeConflict {
			return nil
		}
		return err
	}
}

func beginAnyway(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		err := store.BeginSession(ctx, session)
		if domain.CodeOf(err) == domain.CodePrecondition {
			kept.keep(session)
			return nil
		}
		return err
	}
}

func loginRefused(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		err := store.BeginSession(ctx, session)
		if user, findErr := store.FindUser(ctx, session.User); findErr == nil && user.Active && domain.CodeOf(err) == domain.CodePrecondition {
			session.Password = user.Password.Fingerprint()
			return errors.Join(store.BeginSession(ctx, session), store.EndSession(ctx, session.Key), err)
		}
		return err
	}
}

func looseBeginnings(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		user, err := store.FindUser(ctx, session.User)
		if err == nil && !session.MayBegin(user) {
			return account.SessionRefused()
		}
		others()
		if err = store.BeginSession(ctx, session); domain.CodeOf(err) == domain.CodePrecondition {
			kept.keep(session)
			return nil
		}
		return err
	}
}

func beginMostly() plant {
	return func(mock *portmock.AccountStoreMock, store *memstore.Store) {
		var count atomic.Int64
		mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
			if count.Add(1)%10 == 0 {
				return nil
			}
			return store.BeginSession(ctx, session)
		}
	}
}

// afterwards makes a change, and only then ends the sessions.
func afterwards(ctx context.Context, kept *sessionsOf, store *memstore.Store, user int64, change func() error) error {
	if err := kept.again(ctx, store, user, change); err != nil {
		return err
	}
	others()
	kept.forget()
	return nil
}

func passwordFirst(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		return afterwards(ctx, kept, store, id, func() error { return store.SetPassword(ctx, id, from, to) })
	}
}

func inactiveFirst(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.SetActiveFunc = func(ctx context.Context, id int64, active bool) error {
		if active {
			return store.SetActive(ctx, id, active)
		}
		return afterwards(ctx, kept, store, id, func() error { return store.SetActive(ctx, id, active) })
	}
}

func findInTwo(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if err == nil {
			others()
			user, err = store.FindUser(ctx, user.ID)
		}
		return session, user, err
	}
}

func sessionFirst(mock *portmock.AccountStoreMock, store *memstore.Store) {
	var before atomic.Pointer[account.User]
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		user, err := store.FindUser(ctx, session.User)
		if err != nil {
			return err
		}
		before.Store(&user)
		defer before.Store(nil)
		err = store.BeginSession(ctx, session)
		others()
		return err
	}
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		session, user, err := store.FindSession(ctx, key)
		if earlier := before.Load(); earlier != nil && err == nil {
			user = *earlier
		}
		return session, user, err
	}
}

func loginFirst(mock *portmock.AccountStoreMock, store *memstore.Store) {
	var hidden sync.Map
	mock.BeginSessionFunc = func(ctx context.Context, session account.Session) error {
		hidden.Store(session.Key, true)
		defer hidden.Delete(session.Key)
		err := store.BeginSession(ctx, session)
		others()
		return err
	}
	mock.FindSessionFunc = func(ctx context.Context, key account.SessionKey) (account.Session, account.User, error) {
		if _, isHidden := hidden.Load(key); isHidden {
			return account.Session{}, account.User{}, account.NoSession()
		}
		return store.FindSession(ctx, key)
	}
}

func halveChange(mock *portmock.AccountStoreMock, store *memstore.Store) {
	kept := remember(mock, store)
	mock.SetPasswordFunc = func(ctx context.Context, id int64, from, to account.Hash) error {
		for _, session := range kept.of(id)[:1] {
			if err := store.EndSession(ctx, session.Key); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return domain.ContextError(ctx)
		case <-time.After(3 * time.Millisecond):
			return store.SetPassword(ctx, id, from, to)
		}
	}
}

func ignoreContexts(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.EndSessionFunc = func(ctx context.Context, key account.SessionKey) error {
		return store.EndSession(context.WithoutCancel(ctx), key)
	}
}

func everyEndIsCancel(mock *portmock.AccountStoreMock, store *memstore.Store) {
	mock.ListUsersFunc = func(ctx context.Context, after int64, size int) ([]account.User, error) {
		if ctx.Err() != nil {
			return nil, &domain.Error{Code: domain.CodeCanceled, Message: "canceled"}
		}
		return store.ListUsers(ctx, after, size)
	}
}

func findAfterClose(mock *portmock.AccountStoreMock, store *memstore.Store) {
	var kept sync.Map
	mock.AddUserFunc = func(ctx context.Context, user account.User) (account.User, error) {
		user, err := store.AddUser(ctx, user)
		kept.Store(user.ID, user)
		return user, err
	}
	mock.FindUserFunc = func(ctx context.Context, id int64) (account.User, error) {
		user, err := store.FindUser(ctx, id)
		if found, ok := kept.Load(id); ok && domain.CodeOf(err) == domain.CodeUnavailable {
			user, _ = found.(account.User)
			return user, nil
		}
		return user, err
	}
}

// rememberUsers answers a user as an opening first found them.
func rememberUsers(mock *portmock.AccountStoreMock, store *memstore.Store) {
	var known sync.Map
	mock.FindUserFunc = func(ctx context.Context, id int64) (account.User, error) {
		if found, ok := known.Load(id); ok {
			user, _ := found.(account.User)
			return user, nil
		}
		user, err := store.FindUser(ctx, id)
		if err == nil {
			known.Store(id, user)
		}
		return user, err
	}
}
