package accounttest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

func durableCases() []openingCase {
	return []openingCase{
		{"users and sessions are there as they were when the store is opened again", outlastClose},
		{"users and sessions are there as they were when the store was never closed", outlastAbandoning},
	}
}

func sharedCases() []openingCase {
	return []openingCase{
		{"what one store has changed another one sees at once", sharing},
		{"of many users with one name at once, in two stores, one is added", oneNameInTwoStores},
	}
}

func outlastClose(t *testing.T, open func() Store) {
	store := open()
	users, sessions := usersWithSessions(t, store)
	for i := range 2 {
		wantClosed(t, store)
		store = open()
		users, sessions = goOn(t, store, users, sessions, i)
	}
}

func outlastAbandoning(t *testing.T, open func() Store) {
	users, sessions := usersWithSessions(t, open())
	for i := range 2 {
		users, sessions = goOn(t, open(), users, sessions, i)
	}
}

// goOn looks whether all is there, and makes one change of each kind.
func goOn(t *testing.T, store Store, users []account.User, sessions [][]account.Session, n int) ([]account.User, [][]account.Session) {
	t.Helper()
	const why = "a durable store keeps users and sessions through a new opening"
	wantUsers(t, store, users, why)
	for _, of := range sessions {
		wantSessions(t, store, of, why)
	}
	user := newUser("another" + string(rune('0'+n)))
	user.FirstName = "Änne"
	user = add(t, store, user)
	if last := users[len(users)-1].ID; user.ID <= last {
		t.Errorf("AddUser after a new opening: got id %d, want one above %d, which was given before", user.ID, last)
	}
	session := begin(t, store, newSession(user, 1))
	user.LastLogin = session.Began
	if err := store.TouchSession(t.Context(), session.Key, noon.Add(time.Minute)); err != nil {
		t.Errorf("TouchSession: got %v, want none", err)
	}
	if err := store.EndSession(t.Context(), sessions[0][0].Key); err != nil {
		t.Errorf("EndSession: got %v, want none", err)
	}
	if err := store.SetPassword(t.Context(), users[1].ID, "", "!"); err != nil {
		t.Errorf("SetPassword: got %v, want none", err)
	}
	users[1].Password = "!"
	if err := store.SetActive(t.Context(), users[2].ID, false); err != nil {
		t.Errorf("SetActive: got %v, want none", err)
	}
	users[2].Active = false
	gone := append(append([]account.Session{sessions[0][0]}, sessions[1]...), sessions[2]...)
	wantNoSessions(t, store, gone, "they have ended")
	sessions[0], sessions[1], sessions[2] = sessions[0][1:], nil, nil
	return append(users, user), append(sessions, []account.Session{later(session, time.Minute)})
}

func sharing(t *testing.T, open func() Store) {
	first, second := open(), open()
	users, sessions := usersWithSessions(t, first)
	for i := range 2 {
		users, sessions = goOn(t, second, users, sessions, i)
		first, second = second, first
		const why = "the other store has returned"
		wantUsers(t, second, users, why)
		wantNoSessions(t, second, []account.Session{newSession(users[1], 0), newSession(users[2], 0), newSession(users[0], i)}, why)
		for _, of := range sessions {
			wantSessions(t, second, of, why)
		}
	}
}

func oneNameInTwoStores(t *testing.T, open func() Store) {
	wantOneName(t, []Store{open(), open()})
}
