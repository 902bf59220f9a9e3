package accounttest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func userCases() []storeCase {
	return []storeCase{
		{"the first user has id 1, and ids grow, whatever id was handed over", idsGrow},
		{"users added at the same time have ids of their own", idsOfACrowd},
		{"a name that another user has is refused, and nothing is changed", takenNames},
		{"names that differ in a code point are of different users", namesToTheCodePoint},
		{"a name that no user could have is not found", impossibleNames},
		{"users are listed in the order of their ids, after an id", listing},
		{"a user there is not is not found, and nothing is changed", noSuchUser},
	}
}

func idsGrow(t *testing.T, store Store) {
	var last int64
	for i, id := range []int64{77, 0, -5, 1, math.MaxInt64} {
		user := newUser(fmt.Sprintf("user%d", i))
		user.ID = id
		user = add(t, store, user)
		if last == 0 && user.ID != 1 || user.ID <= last {
			t.Errorf("AddUser of user %d, with id %d: got id %d, want a greater one than %d, and 1 first", i, id, user.ID, last)
		}
		last = user.ID
	}
}

func idsOfACrowd(t *testing.T, store Store) {
	const count = 24
	users := make([]account.User, count)
	together(count, func(i int) {
		var err error
		users[i], err = store.AddUser(t.Context(), newUser(fmt.Sprintf("user%d", i)))
		wantCode(t, "AddUser", err, "", "each has a name of its own")
	})
	slices.SortFunc(users, func(a, b account.User) int { return int(a.ID - b.ID) })
	for i := 1; i < count; i++ {
		if users[i].ID == users[i-1].ID {
			t.Errorf("AddUser: got id %d twice, of %q and %q: none is given twice", users[i].ID, users[i-1].Name, users[i].Name)
		}
	}
	wantUsers(t, store, users, "each was answered as saved")
}

func takenNames(t *testing.T, store Store) {
	users := addMany(t, store, 2)
	users[0].LastLogin = begin(t, store, newSession(users[0], 1)).Began
	other := newUser(users[0].Name)
	other.Email, other.Password = "mallory@example.org", "!"
	got, err := store.AddUser(t.Context(), other)
	wantCode(t, "AddUser", err, domain.CodeConflict, "another user has the name")
	if got != (account.User{}) {
		t.Errorf("AddUser beside an error: got %s, want the zero User", shown(got))
	}
	wantUsers(t, store, users, "a call that returns an error has changed nothing")
	wantSession(t, store, newSession(users[0], 1), users[0], "a call that returns an error has changed nothing")
	wantUsers(t, store, append(users, add(t, store, newUser("user2"))), "the next one is saved")
}

func namesToTheCodePoint(t *testing.T, store Store) {
	var users []account.User
	for _, name := range []string{"ann", "Ann", "anN", "änn", "a\u0308nn", "ANN", "ann1", "ann+", "an", "ann.", "ann_", "ﬁ", "fi", "straße", "strasse"} {
		users = append(users, add(t, store, newUser(name)))
	}
	wantUsers(t, store, users, "names are compared to the code point")
}

func impossibleNames(t *testing.T, store Store) {
	users := []account.User{add(t, store, newUser("ann"))}
	for _, name := range []string{"", " ", "ann ", " ann", "ann\x00", "ann\x00x", "\x00", "ann\xff", "\xed\xa0\x80", "%", "a%", "a_n", "'ann'", "ann' OR '1'='1", "*", "ANN"} {
		got, err := store.FindUserByName(t.Context(), name)
		wantCode(t, fmt.Sprintf("FindUserByName(%q)", name), err, domain.CodeNotFound, "no user has that name")
		if got != (account.User{}) {
			t.Errorf("FindUserByName(%q) beside an error: got %s, want the zero User", name, shown(got))
		}
	}
	wantUsers(t, store, users, "nothing was written")
}

func listing(t *testing.T, store Store) {
	users := addMany(t, store, 7)
	last := users[6].ID
	for _, c := range []struct {
		after int64
		size  int
		want  []account.User
	}{
		{0, 7, users},
		{0, 100, users},
		{math.MinInt64, 100, users},
		{-1, 3, users[:3]},
		{users[2].ID, 3, users[3:6]},
		{users[5].ID, 3, users[6:]},
		{last, 3, nil},
		{math.MaxInt64, 3, nil},
		{1 << 40, 3, nil},
		{0, 0, nil},
		{0, -1, nil},
	} {
		got, err := store.ListUsers(t.Context(), c.after, c.size)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("ListUsers(%d, %d): got %d users and error %v, want %d, in the order of their ids", c.after, c.size, len(got), err, len(c.want))
		}
	}
}

func noSuchUser(t *testing.T, store Store) {
	users := addMany(t, store, 2)
	for _, id := range []int64{0, -1, users[1].ID + 1, 1<<32 + users[0].ID, math.MaxInt64, math.MinInt64} {
		found, err := store.FindUser(t.Context(), id)
		wantCode(t, fmt.Sprintf("FindUser(%d)", id), err, domain.CodeNotFound, "there is no such user")
		if found != (account.User{}) {
			t.Errorf("FindUser(%d) beside an error: got %s, want the zero User", id, shown(found))
		}
		wantCode(t, fmt.Sprintf("SetPassword(%d)", id), store.SetPassword(t.Context(), id, "", "!"), domain.CodeNotFound, "there is no such user")
		wantCode(t, fmt.Sprintf("SetPassword(%d)", id), store.SetPassword(t.Context(), id, "from", "!"), domain.CodeNotFound, "there is no such user")
		wantCode(t, fmt.Sprintf("SetActive(%d)", id), store.SetActive(t.Context(), id, false), domain.CodeNotFound, "there is no such user")
		session := newSession(account.User{ID: id}, 1)
		wantCode(t, fmt.Sprintf("BeginSession of user %d", id), store.BeginSession(t.Context(), session), domain.CodeNotFound, "there is no such user")
		wantNoSessions(t, store, []account.Session{session}, "a call that returns an error has changed nothing")
	}
	wantUsers(t, store, users, "a call that returns an error has changed nothing")
}
