package accounttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/account"
)

func valueCases() []storeCase {
	return []storeCase{
		{"a user comes back equal", usersComeBack},
		{"times of a user come back to the microsecond and in UTC", userTimesComeBack},
		{"who never signed in has the zero LastLogin", zeroLoginComesBack},
		{"a session comes back equal, with its user", sessionsComeBack},
		{"times of a session come back to the microsecond and in UTC", sessionTimesComeBack},
		{"what a store returns is the caller's", answersAreTheCallers},
	}
}

func usersComeBack(t *testing.T, store Store) {
	ann := newUser("ann")
	var want []account.User
	for _, user := range []account.User{
		ann,
		{Name: "nobody", Joined: noon},
		{Name: "Änne.Ωmega@+-_", Email: "ä@exämple.org", FirstName: "Änne 👩‍🚀", LastName: "O'Neil\\ \"%_\r\n\t", Password: "!'x", Staff: true, Joined: noon},
		{
			Name: strings.Repeat("é", account.MaxName), Email: strings.Repeat("e", account.MaxEmail), FirstName: strings.Repeat("界", 150), LastName: strings.Repeat("😀", 150),
			Password: account.Hash(strings.Repeat("$", 128)), Active: true, Joined: noon, LastLogin: noon.Add(time.Hour),
		},
		{Name: "e\u0301", FirstName: " ", LastName: "e\u0301", Superuser: true, Joined: noon},
	} {
		added := add(t, store, user)
		user.ID = added.ID
		wantUser(t, "AddUser", added, nil, user, "what was saved comes back equal")
		want = append(want, user)
	}
	wantUsers(t, store, want, "what was saved comes back equal")
}

// oddTimes are times of other zones and finer than a microsecond, and what comes back.
func oddTimes() map[time.Time]time.Time {
	east := time.FixedZone("east", 5*3600+1800)
	return map[time.Time]time.Time{
		time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC):             time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		time.Date(2026, 11, 23, 12, 0, 0, 999_999_999, time.UTC):   time.Date(2026, 11, 23, 12, 0, 0, 999_999_000, time.UTC),
		time.Date(2026, 11, 23, 3, 0, 0, 1_500, east):              time.Date(2026, 11, 22, 21, 30, 0, 1_000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 100_000_999, time.UTC): time.Date(1969, 12, 31, 23, 59, 59, 100_000_000, time.UTC),
		time.Unix(1_700_000_000, 120_000_000):                      time.Date(2023, 11, 14, 22, 13, 20, 120_000_000, time.UTC),
	}
}

func userTimesComeBack(t *testing.T, store Store) {
	var want []account.User
	for given, kept := range oddTimes() {
		user := newUser(fmt.Sprintf("user%d", len(want)))
		user.Joined, user.LastLogin = given, given
		added := add(t, store, user)
		user.ID, user.Joined, user.LastLogin = added.ID, kept, kept
		wantUser(t, "AddUser", added, nil, user, "a time comes back to the microsecond and in UTC")
		want = append(want, user)
	}
	wantUsers(t, store, want, "a time comes back to the microsecond and in UTC")
}

func zeroLoginComesBack(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	found, err := store.FindUser(t.Context(), user.ID)
	if err != nil || !user.LastLogin.IsZero() || !found.LastLogin.IsZero() {
		t.Errorf("LastLogin: got %v of AddUser, %v of FindUser and error %v, want the zero Time of both", user.LastLogin, found.LastLogin, err)
	}
	early := newUser("bob")
	early.LastLogin = time.Unix(0, 0).UTC()
	early.ID = add(t, store, early).ID
	wantUsers(t, store, []account.User{user, early}, "who signed in at the beginning of 1970 did sign in")
}

func sessionsComeBack(t *testing.T, store Store) {
	users := addMany(t, store, 2)
	for i := range users {
		session := newSession(users[i], i)
		for n := range session.Key {
			session.Key[n] = byte(n*8 + i)
		}
		session.Seen = noon.Add(time.Minute)
		begin(t, store, session)
		users[i].LastLogin = session.Began
		wantSession(t, store, session, users[i], "what was saved comes back equal")
	}
}

func sessionTimesComeBack(t *testing.T, store Store) {
	user, n := add(t, store, newUser("ann")), 0
	for given, kept := range oddTimes() {
		session := newSession(user, n)
		n++
		session.Began, session.Seen = given, given
		begin(t, store, session)
		session.Began, session.Seen, user.LastLogin = kept, kept, kept
		wantSession(t, store, session, user, "a time comes back to the microsecond and in UTC")
		if err := store.TouchSession(t.Context(), session.Key, given.Add(time.Minute)); err != nil {
			t.Fatalf("TouchSession: got %v, want none", err)
		}
		session.Seen = kept.Add(time.Minute)
		wantSession(t, store, session, user, "a time comes back to the microsecond and in UTC")
	}
}

func answersAreTheCallers(t *testing.T, store Store) {
	want := addMany(t, store, 3)
	got, err := store.ListUsers(t.Context(), 0, 3)
	if err != nil || len(got) != 3 {
		t.Fatalf("ListUsers: got %d users and error %v, want 3", len(got), err)
	}
	got[0], got[1].Name, got[2].Password = account.User{}, "mallory", "!"
	wantUsers(t, store, want, "what the caller does with a list is no matter of the store")
}
