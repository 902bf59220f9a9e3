package accounttest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func changeCases() []storeCase {
	return []storeCase{
		{"another password removes all sessions of the user, and nothing else", passwordsEndSessions},
		{"a password is set in the place of the one that is told, or of any", passwordsInThePlaceOfOthers},
		{"who is made inactive loses all sessions, and nobody else does", inactiveEndsSessions},
		{"who is made active keeps the sessions", activeKeepsSessions},
	}
}

func passwordsEndSessions(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	if err := store.SetPassword(t.Context(), users[1].ID, "", "pbkdf2_sha256$1$another$hash"); err != nil {
		t.Fatalf("SetPassword: got %v, want none", err)
	}
	users[1].Password = "pbkdf2_sha256$1$another$hash"
	wantUsers(t, store, users, "SetPassword gives the user another hash, and changes nothing else")
	wantNoSessions(t, store, sessions[1], "SetPassword removes all sessions of the user")
	wantSessions(t, store, sessions[0], "sessions of others go on")
	wantSessions(t, store, sessions[2], "sessions of others go on")

	again := begin(t, store, newSession(users[1], 0))
	users[1].LastLogin = again.Began
	wantSession(t, store, again, users[1], "the user signs in again")
}

func passwordsInThePlaceOfOthers(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	for _, from := range []account.Hash{"another", users[0].Password, users[1].Password + " ", "%"} {
		err := store.SetPassword(t.Context(), users[1].ID, from, "!")
		wantCode(t, "SetPassword", err, domain.CodePrecondition, "the user has another hash")
		wantUsers(t, store, users, "a call that returns an error has changed nothing")
		for _, of := range sessions {
			wantSessions(t, store, of, "a call that returns an error has changed nothing")
		}
	}
	for _, c := range []struct{ from, to account.Hash }{{users[1].Password, "first"}, {"first", "first"}, {"first", ""}, {"", "second"}, {"", "third"}} {
		wantCode(t, "SetPassword", store.SetPassword(t.Context(), users[1].ID, c.from, c.to), "", "it is the user's, or no matter")
		users[1].Password = c.to
		wantUsers(t, store, users, "SetPassword gives the user another hash, and changes nothing else")
		wantNoSessions(t, store, sessions[1], "SetPassword removes all sessions of the user")
	}
}

func inactiveEndsSessions(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	for range 2 { // whoever is not active already, too
		if err := store.SetActive(t.Context(), users[1].ID, false); err != nil {
			t.Fatalf("SetActive: got %v, want none", err)
		}
		users[1].Active = false
		wantUsers(t, store, users, "SetActive changes nothing else")
		wantNoSessions(t, store, sessions[1], "SetActive removes all sessions of who is not active any more")
		wantSessions(t, store, sessions[0], "sessions of others go on")
		wantSessions(t, store, sessions[2], "sessions of others go on")
	}
}

func activeKeepsSessions(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	gone := newUser("gone")
	gone.Active = false
	gone = add(t, store, gone)
	for _, user := range []account.User{users[1], gone} {
		if err := store.SetActive(t.Context(), user.ID, true); err != nil {
			t.Fatalf("SetActive: got %v, want none", err)
		}
	}
	gone.Active = true
	wantUsers(t, store, append(users, gone), "SetActive changes nothing else")
	for _, of := range sessions {
		wantSessions(t, store, of, "who is made active keeps the sessions")
	}
}

// usersWithSessions adds three users with three sessions each.
func usersWithSessions(t *testing.T, store Store) (users []account.User, sessions [][]account.Session) {
	t.Helper()
	users = addMany(t, store, 3)
	for i, user := range users {
		sessions = append(sessions, beginMany(t, store, user, 3))
		users[i].LastLogin = noon
	}
	return users, sessions
}

// later returns the session as it is when it was seen at another time.
func later(session account.Session, after time.Duration) account.Session {
	session.Seen = session.Began.Add(after)
	return session
}
