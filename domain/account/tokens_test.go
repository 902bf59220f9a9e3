package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
)

// noon is when most things happen that do not last.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 123_456_789, time.UTC)

func atNoon() time.Time { return noon }

// keptTokens is a store that tells how often a use was written, and refuses to where it is to.
type keptTokens struct {
	*memstore.Store
	mu    sync.Mutex
	uses  int
	fails bool
	hangs bool
}

func (k *keptTokens) UseToken(ctx context.Context, id int64, used time.Time) error {
	k.mu.Lock()
	k.uses++
	fails, hangs := k.fails, k.hangs
	k.mu.Unlock()
	if fails {
		return &domain.Error{Code: domain.CodeUnavailable, Message: "the disk is full"}
	}
	if hangs {
		<-ctx.Done()
		return domain.ContextError(ctx)
	}
	return k.Store.UseToken(ctx, id, used)
}

// newTokens returns the use case over a store in memory. A nil now is time.Now.
func newTokens(t *testing.T, now func() time.Time) (*account.Tokens, *keptTokens) {
	t.Helper()
	store := &keptTokens{Store: memstore.New()}
	tokens, err := account.NewTokens(store, now)
	if err != nil {
		t.Fatalf("NewTokens: got %v, want it made", err)
	}
	return tokens, store
}

// makeToken makes a token that reads and ends then, or never.
func makeToken(t *testing.T, tokens *account.Tokens, expires time.Time) (account.APIToken, account.APISecret) {
	t.Helper()
	token, secret, err := tokens.Make(t.Context(), account.NewAPIToken{Name: "import", Scope: account.ScopeRead, Expires: expires})
	if err != nil {
		t.Fatalf("Make: got %v, want a token", err)
	}
	return token, secret
}

// wantKnown fails the test unless a secret is a token's.
func wantKnown(t *testing.T, tokens *account.Tokens, secret account.APISecret, id int64, why string) {
	t.Helper()
	if got, err := tokens.Check(t.Context(), secret); err != nil || got.ID != id {
		t.Errorf("Check: got token %d and %v, want token %d: %s", got.ID, err, id, why)
	}
}

// wantUnknown fails the test unless a secret is nobody's, in the words that tell nothing.
func wantUnknown(t *testing.T, tokens *account.Tokens, secret account.APISecret, why string) {
	t.Helper()
	got, err := tokens.Check(t.Context(), secret)
	if domain.CodeOf(err) != domain.CodeUnauthenticated || err.Error() != "the token is not valid" || got != (account.APIToken{}) {
		t.Errorf("Check: got %+v and %v, want the zero token and %q, whatever the reason: %s", got, err, domain.CodeUnauthenticated, why)
	}
}

func TestTokensNeedAStore(t *testing.T) {
	t.Parallel()
	if got, err := account.NewTokens(nil, nil); domain.CodeOf(err) != domain.CodeInvalid || got != nil {
		t.Errorf("NewTokens(nil, nil): got %v and %v, want none and code %q", got, err, domain.CodeInvalid)
	}
}

func TestATokenIsMadeOfWhatIsWanted(t *testing.T) {
	t.Parallel()
	tokens, store := newTokens(t, atNoon)
	east := time.FixedZone("east", 3600)
	got, secret, err := tokens.Make(t.Context(), account.NewAPIToken{Name: " \u00a0the nightly import\t", Scope: account.ScopeWrite, Expires: noon.Add(time.Hour).In(east)})
	want := account.APIToken{
		ID: 1, Name: "the nightly import", Scope: account.ScopeWrite, Key: secret.Key(),
		Created: noon.Truncate(time.Microsecond), Expires: noon.Add(time.Hour).Truncate(time.Microsecond),
	}
	if err != nil || got != want {
		t.Fatalf("Make: got %+v and %v, want %+v", got, err, want)
	}
	if found, err := store.FindToken(t.Context(), secret.Key()); err != nil || found != want {
		t.Errorf("FindToken: got %+v and %v, want %+v as Make answered it", found, err, want)
	}
	if got.Stored() != got {
		t.Errorf("Stored: got %+v, want %+v, which was answered as it is kept", got.Stored(), got)
	}
}

func TestSecretsAreLongBeginAlikeAndAreNeverTheSame(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t, nil)
	seen := map[string]bool{}
	for range 100 {
		token, secret := makeToken(t, tokens, time.Time{})
		random, begins := strings.CutPrefix(secret.Reveal(), "roster_")
		const letters = 52 // of base 32: 260 bits
		if !begins || len(random) < letters || strings.Trim(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			t.Fatalf("Reveal: got %q, want roster_ and at least %d letters and digits, so that it can be picked by a double click", secret.Reveal(), letters)
		}
		if half := random[:letters/2]; seen[random] || seen[half] {
			t.Errorf("Make: got %q a second time", random)
		} else {
			seen[random], seen[half] = true, true
		}
		if token.Key != secret.Key() {
			t.Errorf("Key: got %x, want %x, by which the token is kept", secret.Key(), token.Key)
		}
	}
}

func TestWhatATokenMayBeMadeOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wanted account.NewAPIToken
		want   []domain.Problem
	}{
		"a name of a hundred code points": {account.NewAPIToken{Name: strings.Repeat("é", account.MaxTokenName), Scope: account.ScopeRead}, nil},
		"white space around one of them":  {account.NewAPIToken{Name: " " + strings.Repeat("é", account.MaxTokenName) + "\n", Scope: account.ScopeRead}, nil},
		"signs and spaces within":         {account.NewAPIToken{Name: `Ann's "import" <1> 日本`, Scope: account.ScopeWrite}, nil},
		"the next microsecond as its end": {account.NewAPIToken{Name: "a", Scope: account.ScopeRead, Expires: noon.Add(time.Microsecond)}, nil},
		"no name":                         {account.NewAPIToken{Scope: account.ScopeRead}, problems("name blank")},
		"nothing but white space":         {account.NewAPIToken{Name: " \t\u2003", Scope: account.ScopeRead}, problems("name blank")},
		"a name that is too long": {
			account.NewAPIToken{Name: strings.Repeat("é", account.MaxTokenName+1), Scope: account.ScopeRead},
			[]domain.Problem{{Field: "name", Code: domain.ProblemTooLong, Limit: account.MaxTokenName}},
		},
		"a line break within":             {account.NewAPIToken{Name: "a\nb", Scope: account.ScopeRead}, problems("name characters")},
		"a NUL":                           {account.NewAPIToken{Name: "a\x00", Scope: account.ScopeRead}, problems("name characters")},
		"what turns the direction":        {account.NewAPIToken{Name: "a\u202eb", Scope: account.ScopeRead}, problems("name characters")},
		"an escape of a terminal":         {account.NewAPIToken{Name: "\x1b[31ma", Scope: account.ScopeRead}, problems("name characters")},
		"bytes that are no text":          {account.NewAPIToken{Name: "a\xff", Scope: account.ScopeRead}, problems("name characters")},
		"no scope":                        {account.NewAPIToken{Name: "a"}, problems("scope unknown")},
		"a scope in other letters":        {account.NewAPIToken{Name: "a", Scope: "READ"}, problems("scope unknown")},
		"two scopes":                      {account.NewAPIToken{Name: "a", Scope: "read write"}, problems("scope unknown")},
		"this moment as its end":          {account.NewAPIToken{Name: "a", Scope: account.ScopeRead, Expires: noon}, problems("expires past")},
		"an end that is over when stored": {account.NewAPIToken{Name: "a", Scope: account.ScopeRead, Expires: noon.Add(time.Nanosecond)}, problems("expires past")},
		"an end in 1970":                  {account.NewAPIToken{Name: "a", Scope: account.ScopeRead, Expires: time.Unix(0, 0)}, problems("expires past")},
		"everything at once":              {account.NewAPIToken{Name: "a\n\n", Scope: "all", Expires: noon.Add(-time.Hour)}, problems("scope unknown", "expires past")},
		"really everything at once":       {account.NewAPIToken{Name: "\x00", Scope: "all", Expires: noon.Add(-time.Hour)}, problems("name characters", "scope unknown", "expires past")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tokens, store := newTokens(t, atNoon)
			token, secret, err := tokens.Make(t.Context(), c.wanted)
			if got := domain.ProblemsOf(err); !slices.Equal(got, c.want) {
				t.Errorf("Make: got problems %v, want %v: all mistakes are told together", got, c.want)
			}
			kept, listErr := store.ListTokens(t.Context(), 0, 2)
			switch {
			case listErr != nil:
				t.Fatal(listErr)
			case c.want == nil && (err != nil || !slices.Equal(kept, []account.APIToken{token})):
				t.Errorf("Make: got %+v and %v, and %+v in the store, want one token in both", token, err, kept)
			case c.want != nil && (domain.CodeOf(err) != domain.CodeInvalid || token != account.APIToken{} || secret.Reveal() != "" || len(kept) != 0):
				t.Errorf("Make: got %+v, %q, %v, and %+v in the store, want nothing beside code %q", token, secret.Reveal(), err, kept, domain.CodeInvalid)
			}
		})
	}
}

// problems returns problems, each told as field and code.
func problems(told ...string) (all []domain.Problem) {
	for _, one := range told {
		field, code, _ := strings.Cut(one, " ")
		all = append(all, domain.Problem{Field: field, Code: domain.ProblemCode(code)})
	}
	return all
}

func TestATokenThatCannotBeSavedHasNoSecret(t *testing.T) {
	t.Parallel()
	tokens, store := newTokens(t, nil)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	token, secret, err := tokens.Make(t.Context(), account.NewAPIToken{Name: "import", Scope: account.ScopeRead})
	if domain.CodeOf(err) != domain.CodeUnavailable || token != (account.APIToken{}) || secret.Reveal() != "" {
		t.Errorf("Make: got %+v, %q and %v, want nothing beside code %q: nobody should keep a secret that opens nothing", token, secret.Reveal(), err, domain.CodeUnavailable)
	}
}

func TestATokenEndsAtItsMomentAndNotBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, _ := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Now().Add(time.Hour))
		wantKnown(t, tokens, secret, token.ID, "an hour before its end")
		time.Sleep(time.Hour - time.Nanosecond)
		wantKnown(t, tokens, secret, token.ID, "a nanosecond before its end")
		time.Sleep(time.Nanosecond)
		wantUnknown(t, tokens, secret, "at its end")
		time.Sleep(1000 * time.Hour)
		wantUnknown(t, tokens, secret, "long after its end")
	})
}

func TestATokenWithoutAnEndGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, _ := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Time{})
		time.Sleep(50 * 365 * 24 * time.Hour)
		wantKnown(t, tokens, secret, token.ID, "fifty years later")
	})
}

func TestATokenThatIsRevokedIsOverAtOnceAndForGood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, _ := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Time{})
		other, others := makeToken(t, tokens, time.Time{})
		wantKnown(t, tokens, secret, token.ID, "it was not revoked yet")
		at := time.Now()
		for range 2 {
			got, err := tokens.Revoke(t.Context(), token.ID)
			if err != nil || got.ID != token.ID || !got.Revoked.Equal(at) {
				t.Errorf("Revoke: got %+v and %v, want token %d, revoked at %v: who was revoked stays as it is", got, err, token.ID, at)
			}
			wantUnknown(t, tokens, secret, "it was revoked")
			time.Sleep(time.Hour)
		}
		wantKnown(t, tokens, others, other.ID, "it is another one, of the same name")
		listed, err := tokens.List(t.Context(), 0, 10)
		if err != nil || len(listed) != 2 || !listed[0].Revoked.Equal(at) || listed[1].IsOver(time.Now()) {
			t.Errorf("List: got %+v and %v, want both, the first of them revoked", listed, err)
		}
	})
}

func TestATokenThereIsNotCannotBeRevoked(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t, nil)
	if got, err := tokens.Revoke(t.Context(), 1); domain.CodeOf(err) != domain.CodeNotFound || got != (account.APIToken{}) {
		t.Errorf("Revoke: got %+v and %v, want the zero token and code %q", got, err, domain.CodeNotFound)
	}
}

func TestASecretThatIsNobodysIsUnknown(t *testing.T) {
	t.Parallel()
	tokens, store := newTokens(t, nil)
	token, secret := makeToken(t, tokens, time.Time{})
	kept := secret.Key()
	for name, wrong := range map[string]account.APISecret{
		"none":                         "",
		"the start of all":             "roster_",
		"without the start":            account.APISecret(strings.TrimPrefix(secret.Reveal(), "roster_")),
		"in other letters":             account.APISecret(strings.ToLower(secret.Reveal())),
		"with a space":                 secret + " ",
		"cut":                          secret[:len(secret)-1],
		"what the store keeps":         account.APISecret(kept[:]),
		"what the store keeps, in hex": account.APISecret(fmt.Sprintf("%x", kept)),
		"what logs say":                account.APISecret(secret.String()),
	} {
		wantUnknown(t, tokens, wrong, name)
	}
	if store.uses != 0 {
		t.Errorf("UseToken: got %d calls, want none: nothing was done with the token", store.uses)
	}
	wantKnown(t, tokens, secret, token.ID, "it is the token's")
}

func TestThatATokenIsUsedIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, store := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Time{})
		for range 10 * 60 {
			wantKnown(t, tokens, secret, token.ID, "used every second")
			time.Sleep(time.Second)
		}
		if got, want := store.uses, 10; got != want {
			t.Errorf("600 calls in ten minutes: got %d writes, want %d: one at once, and one for each full minute since the one before", got, want)
		}
		found, err := store.FindToken(t.Context(), secret.Key())
		if since := time.Since(found.LastUsed); err != nil || since != time.Minute {
			t.Errorf("LastUsed: got %v ago and %v, want a minute: it says when to the minute", since, err)
		}
	})
}

func TestAUseThatCannotBeWrittenIsASecondLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, store := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Time{})
		store.fails = true
		wantKnown(t, tokens, secret, token.ID, "while nothing can be written")
		wantKnown(t, tokens, secret, token.ID, "while nothing can be written")
		store.fails = false
		time.Sleep(time.Second - time.Nanosecond)
		wantKnown(t, tokens, secret, token.ID, "less than a second after the failure")
		time.Sleep(time.Nanosecond)
		wantKnown(t, tokens, secret, token.ID, "when it can be written again")
		found, err := store.FindToken(t.Context(), secret.Key())
		if err != nil || !found.LastUsed.Equal(time.Now()) || store.uses != 2 {
			t.Errorf("LastUsed: got %v and %v after %d writes, want now after 2: nothing is tried within a second of a failure", found.LastUsed, err, store.uses)
		}
	})
}

func TestNobodyWaitsLongForAStoreWhoseWritesHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, store := newTokens(t, nil)
		token, secret := makeToken(t, tokens, time.Time{})
		store.hangs = true
		start := time.Now()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { wantKnown(t, tokens, secret, token.ID, "what was done is read all the same") })
		}
		group.Wait()
		if took := time.Since(start); took != 50*time.Millisecond || store.uses != 20 {
			t.Errorf("Check by 20 callers at once: took %s and %d writes, want 50ms and 20: they wait beside each other", took, store.uses)
		}
		start = time.Now()
		other, others := makeToken(t, tokens, time.Time{})
		for range 100 {
			wantKnown(t, tokens, secret, token.ID, "right after a write that hung")
			wantKnown(t, tokens, others, other.ID, "right after a write of another token hung")
		}
		if took := time.Since(start); took != 0 || store.uses != 20 {
			t.Errorf("Check right after a write that hung: took %s and %d writes, want no time and no write: nobody waits for the store again within a second", took, store.uses)
		}
		time.Sleep(time.Second)
		wantKnown(t, tokens, secret, token.ID, "a second later")
		if store.uses != 21 {
			t.Errorf("a second later: got %d writes, want 21: it is tried again", store.uses)
		}
	})
}

func TestACheckWhoseCtxEndsSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tokens, store := newTokens(t, nil)
		_, secret := makeToken(t, tokens, time.Time{})
		store.hangs = true
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		got, err := tokens.Check(ctx, secret)
		if domain.CodeOf(err) != domain.CodeDeadline || got != (account.APIToken{}) {
			t.Errorf("Check: got %+v and %v, want the zero token and code %q", got, err, domain.CodeDeadline)
		}
	})
}

func TestAStoreThatCannotBeReadIsNoMissingToken(t *testing.T) {
	t.Parallel()
	tokens, store := newTokens(t, nil)
	_, secret := makeToken(t, tokens, time.Time{})
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Check(t.Context(), secret); domain.CodeOf(err) != domain.CodeUnavailable {
		t.Errorf("Check: got %v, want code %q: who is told that the token is not valid would make another one", err, domain.CodeUnavailable)
	}
}

func TestWhatAScopeAllows(t *testing.T) {
	t.Parallel()
	const none account.Scope = ""
	for _, c := range []struct {
		has, needed account.Scope
		want        bool
	}{
		{account.ScopeRead, account.ScopeRead, true},
		{account.ScopeRead, account.ScopeWrite, false},
		{account.ScopeWrite, account.ScopeRead, true},
		{account.ScopeWrite, account.ScopeWrite, true},
		{account.ScopeRead, "admin", false},
		{none, account.ScopeRead, false},
		{none, none, false},
		{"READ", account.ScopeRead, false},
		{"admin", "admin", false},
	} {
		if got := c.has.Allows(c.needed); got != c.want {
			t.Errorf("Scope(%q).Allows(%q): got %t, want %t", c.has, c.needed, got, c.want)
		}
	}
}

func TestNoLogHasASecret(t *testing.T) {
	t.Parallel()
	tokens, _ := newTokens(t, nil)
	token, secret := makeToken(t, tokens, time.Time{})
	type request struct {
		Secret  account.APISecret
		Pointer *account.APISecret
		All     []account.APISecret
	}
	holder := request{secret, &secret, []account.APISecret{secret}}
	var said bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%t", "%c", "%U", "%10.3s", "%T"} {
		fmt.Fprintf(&said, verb+"\n", secret)
		fmt.Fprintf(&said, verb+"\n", holder)
		fmt.Fprintf(&said, verb+"\n", []any{secret, map[string]account.APISecret{"a": secret}})
	}
	fmt.Fprintln(&said, secret, holder, token, errors.New("refused: "+secret.String()))
	for _, handler := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
		slog.New(handler).Info("made", "secret", secret, "holder", holder, "token", token, "all", holder.All)
	}
	if err := json.NewEncoder(&said).Encode([]any{secret, holder, token}); err != nil {
		t.Fatal(err)
	}
	random := strings.TrimPrefix(secret.Reveal(), "roster_")
	for _, part := range []string{random[:8], random[len(random)-8:], fmt.Sprintf("%x", random[:8]), fmt.Sprintf("%X", random[:8]), fmt.Sprintf("% x", random[:8])} {
		if strings.Contains(said.String(), part) {
			t.Errorf("logs have %q of the secret %q, want none of it:\n%s", part, secret.Reveal(), said.String())
		}
	}
	if !strings.Contains(said.String(), "[token]") {
		t.Errorf("logs say nothing of a secret, want it told that there is one:\n%s", said.String())
	}
}

func TestTheStateOfATokenIsThatOfTheMoment(t *testing.T) {
	t.Parallel()
	end, never := noon.Add(time.Hour), time.Time{}
	for name, c := range map[string]struct {
		expires, revoked, now time.Time
		want                  account.TokenState
	}{
		"before its end":             {end, never, end.Add(-time.Nanosecond), account.TokenValid},
		"at its end":                 {end, never, end, account.TokenExpired},
		"without an end":             {never, never, end, account.TokenValid},
		"revoked":                    {never, noon, end, account.TokenRevoked},
		"revoked, and over since":    {end, noon, end, account.TokenRevoked},
		"revoked when it was over":   {noon, end, end, account.TokenRevoked},
		"revoked by a clock ahead":   {never, end, noon, account.TokenRevoked},
		"over by an end in the past": {time.Unix(0, 0), never, noon, account.TokenExpired},
	} {
		token := account.APIToken{Expires: c.expires, Revoked: c.revoked}
		if got := token.State(c.now); got != c.want || token.IsOver(c.now) != (c.want != account.TokenValid) {
			t.Errorf("%s: got %q, over %t, want %q", name, got, token.IsOver(c.now), c.want)
		}
	}
}
