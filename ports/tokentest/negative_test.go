package tokentest_test

import (
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/internal/negative"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

// control is a broken store and the start of the name of the case that must notice.
type control struct {
	wantFailing string
	fault       string
	harness     tokentest.Harness
}

func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for _, c := range controls() {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			negative.Control(t, c.wantFailing, func(t *testing.T) { tokentest.Run(t, c.harness) })
		})
	}
}

func TestEveryCaseHasAControl(t *testing.T) {
	t.Parallel()
	var wantFailing []string
	for _, c := range controls() {
		wantFailing = append(wantFailing, c.wantFailing)
	}
	negative.Complete(t, tokentest.CaseNames(), wantFailing)
}

// Every method of the port is called by a case, too.
func TestMemstoreBehindAMockPasses(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.TokenStore](t)
	tokentest.Run(t, plantedHarness(func(mock *portmock.TokenStoreMock, _ *memstore.Store) { methods.Record(mock) }))
}

func TestMemstoreWhoseRowsAreReplacedPasses(t *testing.T) {
	t.Parallel()
	tokentest.Run(t, plantedHarness(replaceAll))
}

func TestMemstoreThatIsSharedPasses(t *testing.T) {
	t.Parallel()
	tokentest.RunOpenings(t, shared(faultless))
}

func plantedHarness(fault plant) tokentest.Harness {
	return tokentest.Harness{Open: func(string) (tokentest.Store, error) { return planted(memstore.New(), fault), nil }}
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
		{"a token comes back equal", "every token may write", changeAdded(func(token *account.APIToken) { token.Scope = account.ScopeWrite })},
		{"a token comes back equal", "names are cut", changeAdded(func(token *account.APIToken) { token.Name = token.Name[:min(len(token.Name), 100)] })},
		{"a token comes back equal", "keys are answered cut", changeFound(func(token *account.APIToken) { token.Key[31] = 0 })},
		{"a token comes back equal", "a token that is found was never used", changeFound(func(token *account.APIToken) { token.LastUsed = time.Time{} })},
		{"times of a token", "ends are kept in milliseconds", changeAdded(func(token *account.APIToken) { token.Expires = token.Expires.Truncate(time.Millisecond) })},
		{"times of a token", "times are answered as they were handed over", answerHanded},
		{"times of a token", "uses are kept in seconds", changeUse(func(used time.Time) time.Time { return used.Truncate(time.Second) })},
		{"times of a token", "who revokes is answered in local time", answerLocalRevoked},
		{"a zero time", "what never ends ended in 1970", changeFound(func(token *account.APIToken) {
			if token.Expires.IsZero() {
				token.Expires = time.Unix(0, 0).UTC()
			}
		})},
		{"a zero time", "what ended in 1970 never does", changeAdded(func(token *account.APIToken) {
			if token.Expires.Unix() == 0 {
				token.Expires = time.Time{}
			}
		})},
		{"a zero time", "to be used at no moment is to have never been used", useEarlier},
		{"what a store returns", "a list is kept and given out again", keepList},

		{"the first token has id 1", "ids are kept as they were handed over", keepIDs},
		{"the first token has id 1", "ids start at 2", startAtTwo},
		{"tokens added at the same time", "an id is counted before the token is saved", countIDs},
		{"a key that another token has", "a token is answered beside an error", answerBesideError},
		{"a key that another token has", "whose key is taken is revoked", revokeTaken},
		{"a key that another token has", "the key of a token that was revoked is free", freeRevoked},
		{"two tokens may have", "names are taken once", oneOfEachName},
		{"a key that differs", "half of a key is compared", findBy(func(key []byte) []byte { return key[:16] })},
		{"a key that differs", "keys end at a NUL", findBy(untilNUL)},
		{"a key that differs", "the case of a letter does not count", findBy(func(key []byte) []byte {
			folded := make([]byte, len(key))
			for i, b := range key {
				folded[i] = b &^ 0x20
			}
			return folded
		})},
		{"a token that is over", "tokens that are over are not found", hideOver},
		{"a token that is over", "tokens that were revoked are not used", useLasting},
		{"tokens are listed", "the token of the place is listed too", listPlaceToo},
		{"tokens are listed", "the greatest id comes first", listBackward},
		{"tokens are listed", "no size is all", listAll},
		{"a token there is not", "to use nobody's is no error", swallowUse},
		{"a token there is not", "ids are kept in 32 bits", shortIDs},

		{"a token is used later", "a token may be used earlier", useEarlier},
		{"a token is used later", "to use a token ends it", revokeUsed},
		{"a token is used later", "no use is older than 1970", changeUse(func(used time.Time) time.Time {
			if used.Unix() < 0 {
				return time.Unix(0, 0)
			}
			return used
		})},
		{"a token is revoked once", "the last who revokes is the first", revokeAgain},
		{"a token is revoked once", "to revoke a token is to use it", useRevoked},
		{"a token is revoked once", "a token is answered as it was before", answerBefore},

		{"of many tokens with one key at once one", "others come between looking and adding", looseKeys},
		{"of many uses at once the", "others come between looking and using", looseUses},
		{"of many who revoke a token at once one", "others come between looking and revoking", looseRevocations},
		{"a use at the same time", "a use writes all of the token back", looseUses},
		{"tokens of many callers", "each tenth use is lost", useMostly()},
		{"a change whose ctx ends", "half of a token is added when ctx ends", addHalf},

		{"every method answers canceled", "ctx is looked at in vain", ignoreContexts},
		{"every method answers deadline", "every end of ctx is a cancel", everyEndIsCancel},
		{"every method answers unavailable", "tokens are found after close", findAfterClose},
	} {
		controls = append(controls, control{c.wantFailing, c.fault, plantedHarness(c.plant)})
	}
	return controls
}

// openingControls returns stores whose openings share what they keep, each with one fault.
func openingControls() []control {
	emptied := shared(faultless)
	emptied.Open = func(string) (tokentest.Store, error) { return memstore.New(), nil }
	return []control{
		{"tokens are there as they were when the store is opened again", "nothing outlasts an opening", emptied},
		{"tokens are there as they were when the store was never closed", "an opening begins anew", emptied},
		{"what one store has changed", "each opening finds tokens only once", shared(rememberTokens)},
		{"of many tokens with one key at once, in two stores", "two stores look before one of them adds", shared(looseKeys)},
		{"of many uses at once, in two stores", "an opening keeps uses to itself", shared(replaceAll)},
		{"of many who revoke a token at once, in two stores", "an opening keeps to itself who was revoked", shared(replaceAll)},
	}
}
