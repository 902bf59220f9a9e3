package accounttest

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// deletedHaveNone is the name of the case of Harness.DeleteUser.
const deletedHaveNone = "a session of a user whom another program has deleted is none, and is tidied away"

// runDeleting runs the case in which another program deletes a user.
func (h Harness) runDeleting(t *testing.T) {
	t.Helper()
	if h.DeleteUser == nil {
		return
	}
	t.Run(deletedHaveNone, func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		deletedUsersHaveNoSessions(t, h.open(t, dir), func(id int64) { h.DeleteUser(t, dir, id) })
	})
}

func deletedUsersHaveNoSessions(t *testing.T, store Store, remove func(id int64)) {
	users, sessions := usersWithSessions(t, store)
	remove(users[1].ID)
	gone, session := sessions[1], newSession(users[1], 77)
	_, err := store.FindUser(t.Context(), users[1].ID)
	wantCode(t, "FindUser", err, domain.CodeNotFound, "another program has deleted the user")
	found, user, err := store.FindSession(t.Context(), gone[0].Key)
	wantCode(t, "FindSession", err, domain.CodeNotFound, "another program has deleted the user")
	if found != (account.Session{}) || user != (account.User{}) {
		t.Errorf("FindSession beside an error: got %+v and %s, want the zero Session and the zero User", found, shown(user))
	}
	wantCode(t, "BeginSession", store.BeginSession(t.Context(), session), domain.CodeNotFound, "another program has deleted the user")
	wantCode(t, "TidySessions", store.TidySessions(t.Context(), noon.Add(time.Minute)), "", "it removes them")
	for _, session := range gone {
		wantCode(t, "TouchSession", store.TouchSession(t.Context(), session.Key, noon.Add(time.Minute)), domain.CodeNotFound, "it was tidied away")
	}
	wantUsers(t, store, []account.User{users[0], users[2]}, "the others were not deleted")
	wantSessions(t, store, sessions[0], "the others were not deleted")
	wantSessions(t, store, sessions[2], "the others were not deleted")
}
