package accounttest

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// noon is when most things happen here.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_456_000, time.UTC)

// newUser returns a superuser as account.NewUser makes them, who has no id yet.
func newUser(name string) account.User {
	return account.User{
		Name: name, Email: "ann@example.org", Password: "pbkdf2_sha256$1$salt$of " + account.Hash(name),
		Active: true, Staff: true, Superuser: true, Joined: noon,
	}
}

// add adds a user, or ends the test.
func add(t *testing.T, store Store, user account.User) account.User {
	t.Helper()
	added, err := store.AddUser(t.Context(), user)
	if err != nil {
		t.Fatalf("AddUser(%q): got %v, want a user", user.Name, err)
	}
	return added
}

// addMany adds users, or ends the test.
func addMany(t *testing.T, store Store, count int) []account.User {
	t.Helper()
	users := make([]account.User, count)
	for i := range users {
		users[i] = add(t, store, newUser(fmt.Sprintf("user%d", i)))
	}
	return users
}

// newSession returns the nth session of a user.
func newSession(user account.User, n int) account.Session {
	session := account.Session{User: user.ID, Password: user.Password.Fingerprint(), Began: noon, Seen: noon}
	binary.BigEndian.PutUint64(session.Key[8:], uint64(user.ID)) //nolint:gosec // any number does
	binary.BigEndian.PutUint64(session.Key[16:], uint64(n))      //nolint:gosec // any number does
	return session
}

// begin begins a session, or ends the test.
func begin(t *testing.T, store Store, session account.Session) account.Session {
	t.Helper()
	if err := store.BeginSession(t.Context(), session); err != nil {
		t.Fatalf("BeginSession: got %v, want none", err)
	}
	return session
}

// beginMany begins sessions of a user, or ends the test.
func beginMany(t *testing.T, store Store, user account.User, count int) []account.Session {
	t.Helper()
	sessions := make([]account.Session, count)
	for i := range sessions {
		sessions[i] = begin(t, store, newSession(user, i))
	}
	return sessions
}

// wantCode fails the test unless err has the code.
func wantCode(t *testing.T, call string, err error, want domain.Code, why string) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: got code %q (%v), want %q: %s", call, got, err, want, why)
	}
}

// shown is a user with what logs do not say.
func shown(user account.User) string { return fmt.Sprintf("%+v, hash %q", user, string(user.Password)) }

// wantUser fails the test unless a call answered exactly the user.
func wantUser(t *testing.T, call string, got account.User, err error, want account.User, why string) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("%s: got\n%s and error %v, want\n%s: %s", call, shown(got), err, shown(want), why)
	}
}

// wantUsers fails the test unless these are all users, however they are found.
func wantUsers(t *testing.T, store Store, want []account.User, why string) {
	t.Helper()
	got, err := store.ListUsers(t.Context(), 0, len(want)+1)
	if err != nil || len(got) != len(want) {
		t.Errorf("ListUsers: got %d users and error %v, want %d: %s", len(got), err, len(want), why)
		return
	}
	for i, user := range want {
		wantUser(t, "ListUsers", got[i], nil, user, why)
		found, err := store.FindUser(t.Context(), user.ID)
		wantUser(t, "FindUser", found, err, user, why)
		found, err = store.FindUserByName(t.Context(), user.Name)
		wantUser(t, "FindUserByName", found, err, user, why)
	}
}

// wantSession fails the test unless a session is found, with its user.
func wantSession(t *testing.T, store Store, want account.Session, user account.User, why string) {
	t.Helper()
	got, gotUser, err := store.FindSession(t.Context(), want.Key)
	if err != nil || got != want {
		t.Errorf("FindSession: got\n%+v and error %v, want\n%+v: %s", got, err, want, why)
		return
	}
	wantUser(t, "FindSession", gotUser, nil, user, why)
}

// wantSessions fails the test unless these sessions are found, whosoever they are.
func wantSessions(t *testing.T, store Store, want []account.Session, why string) {
	t.Helper()
	for _, session := range want {
		got, _, err := store.FindSession(t.Context(), session.Key)
		if err != nil || got != session {
			t.Errorf("FindSession: got\n%+v and error %v, want\n%+v: %s", got, err, session, why)
		}
	}
}

// wantNoSessions fails the test where one of the sessions is found.
func wantNoSessions(t *testing.T, store Store, gone []account.Session, why string) {
	t.Helper()
	for i, session := range gone {
		_, _, err := store.FindSession(t.Context(), session.Key)
		wantCode(t, fmt.Sprintf("FindSession of session %d of user %d", i, session.User), err, domain.CodeNotFound, why)
	}
}

// together makes calls at the same time.
func together(count int, do func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range count {
		group.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	group.Wait()
}
