package accounttest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func sessionCases() []storeCase {
	return []storeCase{
		{"a session that begins says when its user signed in, and nobody else", beginningSetsLastLogin},
		{"who is not active, or has another password, begins no session, and nothing is changed", refusedSessions},
		{"a key that another session has is refused, and nothing is changed", takenKeys},
		{"a session there is not is not found, and ends without an error", noSuchSession},
		{"a session whose time is over is found", overIsFound},
		{"a session is seen later, never earlier", seeing},
		{"a session that ends is gone, and no other", ending},
		{"sessions that are over are removed, and no others", tidying},
	}
}

func beginningSetsLastLogin(t *testing.T, store Store) {
	users := addMany(t, store, 2)
	for i, began := range []time.Time{noon, noon.Add(time.Hour), noon.Add(-time.Hour)} {
		session := newSession(users[0], i)
		session.Began, session.Seen = began, began.Add(time.Minute)
		begin(t, store, session)
		users[0].LastLogin = began
		wantUsers(t, store, users, "BeginSession sets LastLogin to Began, and changes nothing else")
		wantSession(t, store, session, users[0], "it has begun")
	}
}

func refusedSessions(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	gone := newUser("gone")
	gone.Active = false
	users = append(users, add(t, store, gone))
	disabled, another, none := newSession(users[3], 77), newSession(users[1], 77), newSession(users[1], 78)
	another.Password, none.Password = users[0].Password.Fingerprint(), [32]byte{}
	for _, session := range []account.Session{disabled, another, none} {
		session.Began = noon.Add(time.Hour)
		wantCode(t, "BeginSession", store.BeginSession(t.Context(), session), domain.CodePrecondition, "the user is not active, or the session is of another hash")
		wantUsers(t, store, users, "a call that returns an error has changed nothing")
		wantNoSessions(t, store, []account.Session{session}, "it has not begun")
	}
	for _, of := range sessions {
		wantSessions(t, store, of, "a call that returns an error has changed nothing")
	}
	wantCode(t, "SetActive", store.SetActive(t.Context(), users[3].ID, true), "", "there is the user")
	begin(t, store, disabled)
}

func takenKeys(t *testing.T, store Store) {
	users := addMany(t, store, 2)
	first := begin(t, store, newSession(users[0], 1))
	users[0].LastLogin = first.Began
	for _, user := range users {
		second := first
		second.User, second.Password = user.ID, user.Password.Fingerprint()
		second.Began, second.Seen = noon.Add(time.Hour), noon.Add(time.Hour)
		wantCode(t, "BeginSession", store.BeginSession(t.Context(), second), domain.CodeConflict, "another session has the key")
		wantUsers(t, store, users, "a call that returns an error has changed nothing")
		wantSession(t, store, first, users[0], "a call that returns an error has changed nothing")
	}
}

func noSuchSession(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	other := newSession(users[0], 99)
	session, user, err := store.FindSession(t.Context(), other.Key)
	wantCode(t, "FindSession", err, domain.CodeNotFound, "there is no such session")
	if session != (account.Session{}) || user != (account.User{}) {
		t.Errorf("FindSession beside an error: got %+v and %s, want the zero Session and the zero User", session, shown(user))
	}
	wantCode(t, "TouchSession", store.TouchSession(t.Context(), other.Key, noon), domain.CodeNotFound, "there is no such session")
	wantCode(t, "EndSession", store.EndSession(t.Context(), other.Key), "", "where there is none, it does nothing")
	wantNoSessions(t, store, []account.Session{other}, "none has begun")
	wantUsers(t, store, users, "nothing was changed")
	for _, of := range sessions {
		wantSessions(t, store, of, "nothing was changed")
	}
}

func overIsFound(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	session := newSession(user, 1)
	session.Began = time.Date(1999, 12, 31, 0, 0, 0, 0, time.UTC)
	session.Seen, user.LastLogin = session.Began, session.Began
	begin(t, store, session)
	wantSession(t, store, session, user, "FindSession does not look at the time")
	if err := store.TouchSession(t.Context(), session.Key, noon); err != nil {
		t.Errorf("TouchSession: got %v, want none: it does not look at the time", err)
	}
	session.Seen = noon
	wantSession(t, store, session, user, "FindSession does not look at the time")
}

func seeing(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	for _, c := range []struct{ seen, want time.Duration }{
		{time.Minute, time.Minute},
		{time.Minute - time.Microsecond, time.Minute},
		{-time.Hour, time.Minute},
		{time.Minute + time.Microsecond, time.Minute + time.Microsecond},
		{14 * time.Hour, 14 * time.Hour},
	} {
		if err := store.TouchSession(t.Context(), sessions[1][1].Key, noon.Add(c.seen)); err != nil {
			t.Fatalf("TouchSession: got %v, want none", err)
		}
		sessions[1][1] = later(sessions[1][1], c.want)
		wantSession(t, store, sessions[1][1], users[1], "TouchSession sets Seen, unless it is later already")
	}
	for _, of := range sessions {
		wantSessions(t, store, of, "nothing else was changed")
	}
	wantUsers(t, store, users, "nothing else was changed")
}

func ending(t *testing.T, store Store) {
	users, sessions := usersWithSessions(t, store)
	gone := sessions[1][1]
	if err := store.EndSession(t.Context(), gone.Key); err != nil {
		t.Fatalf("EndSession: got %v, want none", err)
	}
	wantNoSessions(t, store, []account.Session{gone}, "it has ended")
	wantCode(t, "TouchSession", store.TouchSession(t.Context(), gone.Key, noon), domain.CodeNotFound, "it has ended")
	wantSessions(t, store, append(sessions[0], sessions[1][0], sessions[1][2]), "the others go on")
	wantSessions(t, store, sessions[2], "the others go on")
	wantUsers(t, store, users, "no user was changed")
}

func tidying(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	now := noon.Add(999) // between two microseconds
	var over, rest []account.Session
	for i, ages := range []struct{ began, seen time.Duration }{
		{0, 0},
		{account.SessionIdle - time.Microsecond, account.SessionIdle - time.Microsecond},
		{account.SessionIdle, account.SessionIdle},
		{time.Hour, account.SessionIdle - time.Microsecond},
		{time.Hour, account.SessionIdle},
		{time.Hour, account.SessionIdle + time.Microsecond},
		{account.SessionLifetime - time.Microsecond, 0},
		{account.SessionLifetime, 0},
		{account.SessionLifetime + time.Hour, 0},
		{account.SessionLifetime, time.Hour},
		{-time.Hour, -time.Hour},
	} {
		session := newSession(user, i)
		session.Began, session.Seen = noon.Add(-ages.began), noon.Add(-ages.seen)
		begin(t, store, session)
		if session.IsOver(now) {
			over = append(over, session)
		} else {
			rest = append(rest, session)
		}
	}
	for range 2 {
		if err := store.TidySessions(t.Context(), now); err != nil {
			t.Fatalf("TidySessions: got %v, want none", err)
		}
		wantNoSessions(t, store, over, "it is over")
		wantSessions(t, store, rest, "it is not over")
	}
}
