package accounttest

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

func racingCases() []storeCase {
	return []storeCase{
		{"of many users with one name at once one is added", oneNameInACrowd},
		{"of many sessions with one key at once one begins", oneKeyInACrowd},
		{"of many passwords in the place of one at once one is set", onePasswordInACrowd},
		{"no session outlasts a password that is set while it begins", passwordsWhileBeginning},
		{"no session outlasts that its user is disabled while it begins", disabledWhileBeginning},
		{"sessions of many callers at once are each as their caller left them", sessionsOfACrowd},
		{"nobody sees a session beside a password that has ended it", passwordsAtOnce},
		{"nobody sees a session of who is not active any more", inactiveAtOnce},
		{"nobody sees a session without its LastLogin, nor the LastLogin without its session", beginningsAtOnce},
		{"a change whose ctx ends meanwhile is made as a whole or not at all", changesWhoseCtxEnds},
	}
}

func oneNameInACrowd(t *testing.T, store Store) {
	wantOneName(t, []Store{store})
}

// wantOneName fails the test unless one of many gets each name, whichever of the stores is asked.
func wantOneName(t *testing.T, stores []Store) {
	t.Helper()
	const rounds, crowd = 8, 8
	var want []account.User
	for round := range rounds {
		var added atomic.Pointer[account.User]
		together(crowd, func(i int) {
			user := newUser(fmt.Sprintf("user%d", round))
			user.Email = fmt.Sprintf("user%d@example.org", i)
			saved, err := stores[i%len(stores)].AddUser(t.Context(), user)
			switch {
			case err != nil:
				wantCode(t, "AddUser", err, domain.CodeConflict, "another one has the name")
			case !added.CompareAndSwap(nil, &saved):
				t.Errorf("AddUser(%q): got %s and %s, want one: no two users have the same name", user.Name, shown(*added.Load()), shown(saved))
			}
		})
		if added.Load() == nil {
			t.Fatalf("AddUser: got errors only, want one of %d to be saved", crowd)
		}
		want = append(want, *added.Load())
	}
	for _, store := range stores {
		wantUsers(t, store, want, "one was answered as saved, of each name")
	}
}

func oneKeyInACrowd(t *testing.T, store Store) {
	const rounds, crowd = 8, 8
	users := addMany(t, store, crowd)
	for round := range rounds {
		key := newSession(account.User{ID: 77}, round).Key
		var begun atomic.Pointer[account.Session]
		together(crowd, func(i int) {
			session := newSession(users[i], round)
			session.Key = key
			switch err := store.BeginSession(t.Context(), session); {
			case err != nil:
				wantCode(t, "BeginSession", err, domain.CodeConflict, "another one has the key")
			case !begun.CompareAndSwap(nil, &session):
				t.Error("BeginSession: got two sessions with one key, want one")
			}
		})
		if begun.Load() == nil {
			t.Fatalf("BeginSession: got errors only, want one of %d to begin", crowd)
		}
		wantSessions(t, store, []account.Session{*begun.Load()}, "it was answered as begun")
	}
}

func onePasswordInACrowd(t *testing.T, store Store) {
	const rounds, crowd = 8, 8
	user := add(t, store, newUser("ann"))
	for round := range rounds {
		var set atomic.Pointer[account.Hash]
		together(crowd, func(i int) {
			to := account.Hash(fmt.Sprintf("hash %d of round %d", i, round))
			switch err := store.SetPassword(t.Context(), user.ID, user.Password, to); {
			case err != nil:
				wantCode(t, "SetPassword", err, domain.CodePrecondition, "another one was faster")
			case !set.CompareAndSwap(nil, &to):
				t.Error("SetPassword: got two passwords in the place of one, want one")
			}
		})
		if set.Load() == nil {
			t.Fatalf("SetPassword: got errors only, want one of %d to be set", crowd)
		}
		user.Password = *set.Load()
		wantUsers(t, store, []account.User{user}, "it was answered as set")
	}
}

func passwordsWhileBeginning(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	wantNoneOutlasts(t, store, func(n int) (account.Session, func() error) {
		session := newSession(user, n)
		user.Password = account.Hash(fmt.Sprintf("hash %d", n))
		return session, func() error { return store.SetPassword(t.Context(), user.ID, "", user.Password) }
	})
}

func disabledWhileBeginning(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	wantNoneOutlasts(t, store, func(n int) (account.Session, func() error) {
		wantCode(t, "SetActive", store.SetActive(t.Context(), user.ID, true), "", "there is the user")
		return newSession(user, n), func() error { return store.SetActive(t.Context(), user.ID, false) }
	})
}

// wantNoneOutlasts fails the test where a session outlasts a change that ends it, however closely they come together.
func wantNoneOutlasts(t *testing.T, store Store, round func(n int) (session account.Session, change func() error)) {
	t.Helper()
	for n := range 30 {
		session, change := round(n)
		together(2, func(i int) {
			if i == 0 {
				wantCode(t, "the change", change(), "", "there is the user")
			} else if err := store.BeginSession(t.Context(), session); err != nil {
				wantCode(t, "BeginSession", err, domain.CodePrecondition, "the change came first")
			}
		})
		wantNoSessions(t, store, []account.Session{session}, "it was ended, or refused")
	}
}

// sessionsOfACrowd has callers who begin, see, find and end sessions of their own, half of them of
// one user. What a call that has returned changed, the next one sees.
func sessionsOfACrowd(t *testing.T, store Store) {
	const crowd, rounds = 8, 10
	users := addMany(t, store, crowd)
	together(crowd, func(i int) {
		user := users[i]
		if i%2 == 0 {
			user = users[0]
		}
		for round := range rounds {
			session := newSession(user, i*rounds+round)
			wantCode(t, "BeginSession", store.BeginSession(t.Context(), session), "", "the key is new")
			session = later(session, time.Duration(round)*time.Minute)
			wantCode(t, "TouchSession", store.TouchSession(t.Context(), session.Key, session.Seen), "", "it has begun")
			wantSessions(t, store, []account.Session{session}, "it was answered as begun, and as seen")
			if round%2 == 0 {
				wantCode(t, "EndSession", store.EndSession(t.Context(), session.Key), "", "it goes on")
				wantNoSessions(t, store, []account.Session{session}, "it was answered as ended")
			}
			wantCode(t, "TidySessions", store.TidySessions(t.Context(), noon), "", "nothing is over")
		}
	})
	for i := range crowd {
		user := users[i]
		if i%2 == 0 {
			user = users[0]
		}
		for round := 1; round < rounds; round += 2 {
			wantSessions(t, store, []account.Session{later(newSession(user, i*rounds+round), time.Duration(round)*time.Minute)}, "nobody ended it")
		}
	}
}

// meanwhile makes changes one after the other, while others look at the latest one. It begins when
// all have looked once; a pause of a change ends when somebody looks again.
func meanwhile(t *testing.T, change func(n int, pause func()), look func(n int)) {
	t.Helper()
	const rounds, readers = 60, 2
	var (
		latest  atomic.Int64
		looks   atomic.Int64 // that have begun
		stop    atomic.Bool
		looking sync.WaitGroup
	)
	looking.Add(readers)
	pause := func() {
		for seen := looks.Load(); looks.Load() == seen; {
			runtime.Gosched()
		}
	}
	together(readers+1, func(i int) {
		if i > 0 {
			once := sync.OnceFunc(looking.Done)
			for !stop.Load() {
				looks.Add(1)
				look(int(latest.Load()))
				once()
			}
			return
		}
		defer stop.Store(true)
		looking.Wait()
		for n := range rounds {
			latest.Store(int64(n))
			change(n, pause)
			if t.Failed() {
				return
			}
		}
	})
}

func passwordsAtOnce(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	hash := func(n int) account.Hash { return account.Hash(fmt.Sprintf("hash %d", n)) }
	session := func(n int) account.Session { return newSession(account.User{ID: user.ID, Password: hash(n)}, n) }
	wantCode(t, "SetPassword", store.SetPassword(t.Context(), user.ID, "", hash(0)), "", "there is the user")
	meanwhile(t, func(n int, pause func()) {
		wantCode(t, "BeginSession", store.BeginSession(t.Context(), session(n)), "", "the key is new")
		pause()
		wantCode(t, "SetPassword", store.SetPassword(t.Context(), user.ID, "", hash(n+1)), "", "there is the user")
	}, func(n int) {
		_, got, err := store.FindSession(t.Context(), session(n).Key)
		if err != nil {
			wantCode(t, "FindSession", err, domain.CodeNotFound, "it has ended, or not begun")
		} else if got.Password != hash(n) {
			t.Errorf("FindSession: got session %d beside %q, want %q or no session: it and its user are of one moment, and a password ends sessions", n, string(got.Password), string(hash(n)))
		}
	})
}

func inactiveAtOnce(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	meanwhile(t, func(n int, pause func()) {
		wantCode(t, "SetActive", store.SetActive(t.Context(), user.ID, true), "", "there is the user")
		wantCode(t, "BeginSession", store.BeginSession(t.Context(), newSession(user, n)), "", "the key is new")
		pause()
		wantCode(t, "SetActive", store.SetActive(t.Context(), user.ID, false), "", "there is the user")
	}, func(n int) {
		_, got, err := store.FindSession(t.Context(), newSession(user, n).Key)
		if err != nil {
			wantCode(t, "FindSession", err, domain.CodeNotFound, "it has ended, or not begun")
		} else if !got.Active {
			t.Errorf("FindSession: got session %d of a user who is not active, want none: both were changed, or neither", n)
		}
	})
}

func beginningsAtOnce(t *testing.T, store Store) {
	user := add(t, store, newUser("ann"))
	began := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	session := func(n int) account.Session {
		session := newSession(user, n)
		session.Began, session.Seen = began(n), began(n)
		return session
	}
	begin(t, store, session(-1))
	meanwhile(t, func(n int, pause func()) {
		pause()
		wantCode(t, "BeginSession", store.BeginSession(t.Context(), session(n)), "", "the key is new")
	}, func(n int) {
		_, got, err := store.FindSession(t.Context(), session(n).Key)
		if err == nil && got.LastLogin.Before(began(n)) {
			t.Errorf("FindSession: got a session that began at %v and LastLogin %v, want both or neither", began(n), got.LastLogin)
		}
		found, err := store.FindUser(t.Context(), user.ID)
		wantCode(t, "FindUser", err, "", "there is the user")
		wantSessions(t, store, []account.Session{session(int(found.LastLogin.Sub(noon) / time.Second))}, "the user signed in by it")
	})
}

// changesWhoseCtxEnds makes changes whose ctxs end sooner and later.
func changesWhoseCtxEnds(t *testing.T, store Store) {
	for i := range 40 {
		user := add(t, store, newUser(fmt.Sprintf("user%d", i)))
		sessions := beginMany(t, store, user, 3)
		fourth := newSession(user, 3)
		fourth.Began, fourth.Seen = noon.Add(time.Hour), noon.Add(time.Hour)
		user.LastLogin = noon
		changed, begins := user, false
		change := func(ctx context.Context) error { return store.SetPassword(ctx, user.ID, "", "!") }
		switch i % 3 {
		case 0:
			changed.Password = "!"
		case 1:
			changed.Active = false
			change = func(ctx context.Context) error { return store.SetActive(ctx, user.ID, false) }
		case 2:
			changed.LastLogin, begins = fourth.Began, true
			change = func(ctx context.Context) error { return store.BeginSession(ctx, fourth) }
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Microsecond)
		err := change(ctx)
		cancel()
		if err != nil {
			wantCode(t, "the change", err, domain.CodeDeadline, "its ctx ended")
		}
		got, findErr := store.FindUser(t.Context(), user.ID)
		switch {
		case findErr != nil || got != changed && (got != user || err == nil):
			t.Errorf("FindUser after change %d, which answered %v: got %s and error %v, want\n%s, or before an error\n%s", i, err, shown(got), findErr, shown(changed), shown(user))
		case got == user:
			wantSessions(t, store, sessions, "nothing was changed")
			wantNoSessions(t, store, []account.Session{fourth}, "nothing was changed")
		case begins:
			wantSessions(t, store, append(sessions, fourth), "the change was made, as a whole")
		default:
			wantNoSessions(t, store, sessions, "the change was made, as a whole")
		}
	}
}
