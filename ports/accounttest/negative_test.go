package accounttest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/accounttest"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// control is a broken store and the start of the name of the case that must notice.
type control struct {
	wantFailing string
	fault       string
	harness     accounttest.Harness
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { accounttest.Run(t, c.harness) })
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, accounttest.CaseNames(), wantFailing)
}

// Every method of the port is called by a case, too.
func TestMemstoreBehindAMockPasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.AccountStore](t)
	accounttest.Run(t, accounttest.Harness{Open: func(string) (accounttest.Store, error) {
		return planted(memstore.New(), func(mock *portmock.AccountStoreMock, _ *memstore.Store) { methods.Record(mock) }), nil
	}})
}

func TestMemstoreOfWhichUsersAreDeletedPasses(t *testing.T) {
	t.Parallel()
	accounttest.Run(t, deleting(faultless))
}

func TestMemstoreThatIsSharedPasses(t *testing.T) {
	t.Parallel()
	accounttest.RunOpenings(t, shared(faultless))
}

func controls() []control { return append(plantedControls(), openingControls()...) }

// plantedControls returns stores that keep nothing, each with one fault.
func plantedControls() []control {
	var controls []control
	for _, c := range []struct {
		wantFailing string
		fault       string
		plant       plant
	}{
		{"a user comes back equal", "last names are forgotten", changeAdded(func(user account.User) account.User { user.LastName = ""; return user })},
		{"a user comes back equal", "everybody is a superuser", changeAdded(func(user account.User) account.User { user.Superuser = true; return user })},
		{"a user comes back equal", "a user by name comes without the hash", hideHash},
		{"a user comes back equal", "lines lose their carriage returns", changeAdded(func(user account.User) account.User {
			user.LastName = strings.ReplaceAll(user.LastName, "\r", "")
			return user
		})},
		{"times of a user", "times are kept in milliseconds", changeAdded(func(user account.User) account.User {
			user.Joined = user.Joined.Truncate(time.Millisecond)
			return user
		})},
		{"times of a user", "times are answered as they were handed over", answerHanded},
		{"who never signed in", "who never signed in did so in 1970", neverIs1970},
		{"who never signed in", "who signed in in 1970 never did", changeAdded(func(user account.User) account.User {
			if user.LastLogin.Unix() == 0 {
				user.LastLogin = time.Time{}
			}
			return user
		})},
		{"a session comes back equal", "fingerprints are cut", cutFingerprints},
		{"a session comes back equal", "a session comes with the first user", firstUsersSession},
		{"times of a session", "times of sessions are kept in seconds", changeBegun(func(session account.Session) account.Session {
			session.Began, session.Seen = session.Began.Truncate(time.Second), session.Seen.Truncate(time.Second)
			return session
		})},
		{"times of a session", "times of sessions are answered in local time", localTimes},
		{"what a store returns", "a list is kept and given out again", keepList},

		{"the first user has id 1", "ids are kept as they were handed over", keepIDs},
		{"the first user has id 1", "ids start at 2", startAtTwo},
		{"users added at the same time", "an id is counted before the user is saved", countIDs},
		{"a name that another user has", "a name that is taken is overwritten", overwrite},
		{"a name that another user has", "a user is answered beside an error", answerBesideError},
		{"names that differ", "the case of a name does not count", foldNames},
		{"a name that no user could have", "names are trimmed", findTrimmed},
		{"a name that no user could have", "names end at a NUL", findCut},
		{"users are listed", "the user of the place is listed too", listPlaceToo},
		{"users are listed", "the greatest id comes first", listBackward},
		{"users are listed", "no size is all", listAll},
		{"a user there is not", "a password of nobody is no error", swallowPassword},
		{"a user there is not", "ids are kept in 32 bits", shortIDs},

		{"another password", "sessions outlast a password", keepSessionsOfPassword},
		{"another password", "sessions of all end with a password", endSessionsOfAll},
		{"a password is set in the place", "a password is set whatever there is", setAnyway},
		{"a password is set in the place", "sessions end where the password stays", endAnyway},
		{"a password is set in the place", "a password that is no matter has to be none", setNever},
		{"who is made inactive", "sessions outlast being inactive", keepSessionsOfInactive},
		{"who is made active", "sessions end with being active", endSessionsOfActive},
		{"a session that begins", "a session begins without a word of it", keepLastLogin},
		{"a session that begins", "LastLogin only grows", growLastLogin},
		{"who is not active, or has", "whoever signs in begins a session", beginAnyway},
		{"who is not active, or has", "LastLogin is set where the session is refused", loginRefused},
		{"a key that another session has", "a key that is taken is begun anew", beginAnew},
		{"a key that another session has", "LastLogin is set where the session does not begin", loginWithoutSession},
		{"a session there is not", "to end no session is an error", failToEndNone},
		{"a session there is not", "to see no session is none", swallowSeeing},
		{"a session there is not", "a session is answered beside an error", sessionBesideError},
		{"a session whose time is over", "sessions that are over are not found", hideOver},
		{"a session is seen later", "a session may be seen earlier", seeEarlier},
		{"a session that ends is gone", "all sessions of the user end", endAllOfUser},
		{"sessions that are over", "the idle time is not looked at", tidyByLifetime},
		{"sessions that are over", "the store looks at its own clock", tidyByItsClock},
		{"sessions that are over", "sessions are removed a microsecond too early", tidyEarly},

		{"of many users with one name", "others come between looking and adding", looseNames},
		{"of many passwords in the place of one", "others come between looking and setting", loosePasswords},
		{"of many sessions with one key", "others come between looking and beginning", looseKeys},
		{"no session outlasts a password", "a password is set between looking and beginning", looseBeginnings},
		{"no session outlasts that its user", "a user is disabled between looking and beginning", looseBeginnings},
		{"sessions of many callers", "each tenth session is lost", beginMostly()},
		{"nobody sees a session beside a password", "sessions end after the password", passwordFirst},
		{"nobody sees a session beside a password", "a session and its user are of two moments", findInTwo},
		{"nobody sees a session of who is not", "sessions end after the user", inactiveFirst},
		{"nobody sees a session without", "a session begins before its LastLogin", sessionFirst},
		{"nobody sees a session without", "LastLogin is set before the session", loginFirst},
		{"a change whose ctx ends", "half of a change is made when ctx ends", halveChange},

		{"every method answers canceled", "ctx is looked at in vain", ignoreContexts},
		{"every method answers deadline", "every end of ctx is a cancel", everyEndIsCancel},
		{"every method answers unavailable", "users are found after close", findAfterClose},
	} {
		harness := accounttest.Harness{Open: func(string) (accounttest.Store, error) { return planted(memstore.New(), c.plant), nil }}
		controls = append(controls, control{c.wantFailing, c.fault, harness})
	}
	return controls
}

// openingControls returns stores whose openings share what they keep, or whose users are deleted, each with one fault.
func openingControls() []control {
	emptied := shared(faultless)
	emptied.Open = func(string) (accounttest.Store, error) { return memstore.New(), nil }
	return []control{
		{"users and sessions are there as they were when the store is opened again", "nothing outlasts an opening", emptied},
		{"users and sessions are there as they were when the store was never closed", "an opening begins anew", emptied},
		{"what one store has changed", "each opening finds users only once", shared(rememberUsers)},
		{"a session of a user whom another", "sessions of users who are gone are found", deleting(findOfDeleted)},
		{"a session of a user whom another", "sessions of users who are gone stay", deleting(leaveDeleted)},
		{"of many users with one name at once, in two stores", "two stores look before one of them adds", shared(looseNames)},
	}
}
