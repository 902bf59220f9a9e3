package tokentest_test

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
	"github.com/seed-bbcc19ba/roster/ports/tokentest"
)

// brokenStore is a store with a fault.
type brokenStore struct {
	*portmock.TokenStoreMock
	store *memstore.Store
}

func (b brokenStore) Close() error { return b.store.Close() }

// plant puts a fault into a mock that answers as the store does.
type plant func(mock *portmock.TokenStoreMock, store *memstore.Store)

// planted returns the store with the fault.
func planted(store *memstore.Store, fault plant) brokenStore {
	mock := &portmock.TokenStoreMock{
		AddTokenFunc:    store.AddToken,
		FindTokenFunc:   store.FindToken,
		ListTokensFunc:  store.ListTokens,
		RevokeTokenFunc: store.RevokeToken,
		UseTokenFunc:    store.UseToken,
	}
	fault(mock, store)
	return brokenStore{mock, store}
}

func faultless(*portmock.TokenStoreMock, *memstore.Store) {}

// shared returns a harness over memory: a dir that is opened again has the same store,
// and each opening the fault.
func shared(fault plant) tokentest.Harness {
	var (
		mu     sync.Mutex
		stores = map[string]*memstore.Store{}
	)
	return tokentest.Harness{
		Durable: true,
		Shared:  true,
		Open: func(dir string) (tokentest.Store, error) {
			mu.Lock()
			defer mu.Unlock()
			if stores[dir] == nil {
				stores[dir] = memstore.New()
			}
			return opening{planted(stores[dir], fault)}, nil
		},
	}
}

// opening is one of several of a store, which outlasts it.
type opening struct{ brokenStore }

func (opening) Close() error { return nil }

// others lets others work for a moment, in which a fault shows.
func others() {
	for range 20 {
		runtime.Gosched()
	}
	time.Sleep(200 * time.Microsecond)
}

// changeAdded saves tokens other than they were.
func changeAdded(change func(token *account.APIToken)) plant {
	return func(mock *portmock.TokenStoreMock, store *memstore.Store) {
		mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
			change(&token)
			return store.AddToken(ctx, token)
		}
	}
}

// changeFound finds tokens other than they are.
func changeFound(change func(token *account.APIToken)) plant {
	return func(mock *portmock.TokenStoreMock, store *memstore.Store) {
		mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
			token, err := store.FindToken(ctx, key)
			if err == nil {
				change(&token)
			}
			return token, err
		}
	}
}

// changeUse has tokens used at another moment.
func changeUse(change func(used time.Time) time.Time) plant {
	return func(mock *portmock.TokenStoreMock, store *memstore.Store) {
		mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
			return store.UseToken(ctx, id, change(used))
		}
	}
}

func answerHanded(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		added, err := store.AddToken(ctx, token)
		token.ID = added.ID
		return token, err
	}
}

func answerLocalRevoked(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		token, err := store.RevokeToken(ctx, id, revoked)
		token.Revoked = token.Revoked.In(time.FixedZone("local", 3600))
		return token, err
	}
}

func keepList(mock *portmock.TokenStoreMock, store *memstore.Store) {
	var kept []account.APIToken
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) (tokens []account.APIToken, err error) {
		if kept == nil {
			kept, err = store.ListTokens(ctx, after, size)
		}
		return kept, err
	}
}

func keepIDs(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		added, err := store.AddToken(ctx, token)
		if token.ID != 0 {
			added.ID = token.ID
		}
		return added, err
	}
}

func startAtTwo(_ *portmock.TokenStoreMock, store *memstore.Store) {
	if _, err := store.AddToken(context.Background(), account.APIToken{Key: account.APIKey{77}}); err != nil {
		panic(err)
	}
}

func countIDs(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		tokens, err := store.ListTokens(ctx, 0, 1000)
		if err != nil {
			return account.APIToken{}, err
		}
		others()
		token, err = store.AddToken(ctx, token)
		token.ID = int64(len(tokens)) + 1
		return token, err
	}
}

func answerBesideError(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		added, err := store.AddToken(ctx, token)
		if err != nil {
			added = token
		}
		return added, err
	}
}

func revokeTaken(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		added, err := store.AddToken(ctx, token)
		if other, findErr := store.FindToken(ctx, token.Key); findErr == nil && domain.CodeOf(err) == domain.CodeConflict {
			_, _ = store.RevokeToken(ctx, other.ID, token.Created)
		}
		return added, err
	}
}

func freeRevoked(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		other, err := store.FindToken(ctx, token.Key)
		if err == nil && !other.Revoked.IsZero() {
			return other, nil
		}
		return store.AddToken(ctx, token)
	}
}

func oneOfEachName(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		tokens, err := store.ListTokens(ctx, 0, 1000)
		if err != nil {
			return account.APIToken{}, err
		}
		if slices.ContainsFunc(tokens, func(other account.APIToken) bool { return other.Name == token.Name }) {
			return account.APIToken{}, account.APIKeyTaken()
		}
		return store.AddToken(ctx, token)
	}
}

// findBy finds a token by a part of its key.
func findBy(part func(key []byte) []byte) plant {
	return func(mock *portmock.TokenStoreMock, store *memstore.Store) {
		mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
			tokens, err := store.ListTokens(ctx, 0, 1000)
			if err != nil {
				return account.APIToken{}, err
			}
			for _, token := range tokens {
				if bytes.Equal(part(token.Key[:]), part(key[:])) {
					return token, nil
				}
			}
			return account.APIToken{}, account.NoAPIToken()
		}
	}
}

func untilNUL(key []byte) []byte {
	start, _, _ := bytes.Cut(key, []byte{0})
	return start
}

func hideOver(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
		token, err := store.FindToken(ctx, key)
		if err == nil && token.IsOver(token.Created.Add(time.Hour)) {
			return account.APIToken{}, account.NoAPIToken()
		}
		return token, err
	}
}

func useLasting(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		if token, err := one(ctx, store, id); err == nil && !token.Revoked.IsZero() {
			return nil
		}
		return store.UseToken(ctx, id, used)
	}
}

// one returns the token with an id.
func one(ctx context.Context, store *memstore.Store, id int64) (account.APIToken, error) {
	tokens, err := store.ListTokens(ctx, id-1, 1)
	if err == nil && (len(tokens) == 0 || tokens[0].ID != id) {
		err = account.NoAPIToken()
	}
	if err != nil {
		return account.APIToken{}, err
	}
	return tokens[0], nil
}

func listPlaceToo(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
		return store.ListTokens(ctx, max(after, 0)-1, size)
	}
}

func listBackward(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
		tokens, err := store.ListTokens(ctx, after, size)
		slices.Reverse(tokens)
		return tokens, err
	}
}

func listAll(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
		if size <= 0 {
			size = 1000
		}
		return store.ListTokens(ctx, after, size)
	}
}

func swallowUse(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		err := store.UseToken(ctx, id, used)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil
		}
		return err
	}
}

func shortIDs(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		return store.RevokeToken(ctx, int64(int32(id)), revoked) //nolint:gosec // that is the fault
	}
}

func revokeUsed(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		if err := store.UseToken(ctx, id, used); err != nil {
			return err
		}
		_, err := store.RevokeToken(ctx, id, used)
		return err
	}
}

func useRevoked(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		if err := store.UseToken(ctx, id, revoked); err != nil {
			return account.APIToken{}, err
		}
		return store.RevokeToken(ctx, id, revoked)
	}
}

func answerBefore(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		before, err := one(ctx, store, id)
		if err != nil {
			return account.APIToken{}, err
		}
		_, err = store.RevokeToken(ctx, id, revoked)
		return before, err
	}
}

// rows are tokens that a mock shows in the place of the store's.
type rows struct {
	mu    sync.Mutex
	store *memstore.Store
	shown map[int64]account.APIToken
}

// replace has the mock use, revoke and show rows of its own, each by one step of reading and writing.
func replace(mock *portmock.TokenStoreMock, store *memstore.Store) *rows {
	r := &rows{store: store, shown: map[int64]account.APIToken{}}
	mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
		token, err := store.FindToken(ctx, key)
		return r.show(token), err
	}
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
		tokens, err := store.ListTokens(ctx, after, size)
		for i := range tokens {
			tokens[i] = r.show(tokens[i])
		}
		return tokens, err
	}
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		_, err := r.change(ctx, id, func(token *account.APIToken) {
			if used.After(token.LastUsed) {
				token.LastUsed = used
			}
		})
		return err
	}
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		return r.change(ctx, id, func(token *account.APIToken) {
			if token.Revoked.IsZero() {
				token.Revoked = revoked
			}
		})
	}
	return r
}

func (r *rows) show(token account.APIToken) account.APIToken {
	r.mu.Lock()
	defer r.mu.Unlock()
	if shown, ok := r.shown[token.ID]; ok {
		return shown
	}
	return token
}

func (r *rows) change(ctx context.Context, id int64, change func(token *account.APIToken)) (account.APIToken, error) {
	token, err := one(ctx, r.store, id)
	if err != nil {
		return account.APIToken{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if shown, ok := r.shown[id]; ok {
		token = shown
	}
	change(&token)
	r.shown[id] = token.Stored()
	return r.shown[id], nil
}

// changeLoosely is change for which others may come between reading and writing.
func (r *rows) changeLoosely(ctx context.Context, id int64, change func(token *account.APIToken)) (account.APIToken, error) {
	token, err := one(ctx, r.store, id)
	if err != nil {
		return account.APIToken{}, err
	}
	token = r.show(token)
	change(&token)
	others()
	return r.change(ctx, id, func(now *account.APIToken) { *now = token })
}

func replaceAll(mock *portmock.TokenStoreMock, store *memstore.Store) { replace(mock, store) }

func useEarlier(mock *portmock.TokenStoreMock, store *memstore.Store) {
	r := replace(mock, store)
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		_, err := r.change(ctx, id, func(token *account.APIToken) { token.LastUsed = used })
		return err
	}
}

func revokeAgain(mock *portmock.TokenStoreMock, store *memstore.Store) {
	r := replace(mock, store)
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		return r.change(ctx, id, func(token *account.APIToken) { token.Revoked = revoked })
	}
}

func looseUses(mock *portmock.TokenStoreMock, store *memstore.Store) {
	r := replace(mock, store)
	mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
		_, err := r.changeLoosely(ctx, id, func(token *account.APIToken) {
			if used.After(token.LastUsed) {
				token.LastUsed = used
			}
		})
		return err
	}
}

func looseRevocations(mock *portmock.TokenStoreMock, store *memstore.Store) {
	r := replace(mock, store)
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		return r.changeLoosely(ctx, id, func(token *account.APIToken) {
			if token.Revoked.IsZero() {
				token.Revoked = revoked
			}
		})
	}
}

func looseKeys(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		if _, err := store.FindToken(ctx, token.Key); domain.CodeOf(err) != domain.CodeNotFound {
			return account.APIToken{}, account.APIKeyTaken()
		}
		others()
		added, err := store.AddToken(ctx, token)
		if domain.CodeOf(err) == domain.CodeConflict {
			return token, nil
		}
		return added, err
	}
}

func useMostly() plant {
	return func(mock *portmock.TokenStoreMock, store *memstore.Store) {
		var count atomic.Int64
		mock.UseTokenFunc = func(ctx context.Context, id int64, used time.Time) error {
			if count.Add(1)%10 == 0 {
				return nil
			}
			return store.UseToken(ctx, id, used)
		}
	}
}

func addHalf(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		select {
		case <-ctx.Done():
			token.Expires = time.Time{} // is to follow
			if _, err := store.AddToken(context.WithoutCancel(ctx), token); err != nil {
				return account.APIToken{}, err
			}
			return account.APIToken{}, domain.ContextError(ctx)
		case <-time.After(3 * time.Millisecond):
			return store.AddToken(ctx, token)
		}
	}
}

func ignoreContexts(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.RevokeTokenFunc = func(ctx context.Context, id int64, revoked time.Time) (account.APIToken, error) {
		return store.RevokeToken(context.WithoutCancel(ctx), id, revoked)
	}
}

func everyEndIsCancel(mock *portmock.TokenStoreMock, store *memstore.Store) {
	mock.ListTokensFunc = func(ctx context.Context, after int64, size int) ([]account.APIToken, error) {
		if ctx.Err() != nil {
			return nil, &domain.Error{Code: domain.CodeCanceled, Message: "canceled"}
		}
		return store.ListTokens(ctx, after, size)
	}
}

// rememberTokens answers a token as an opening first found it.
func rememberTokens(mock *portmock.TokenStoreMock, store *memstore.Store) {
	var known sync.Map
	mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
		if found, ok := known.Load(key); ok {
			token, _ := found.(account.APIToken)
			return token, nil
		}
		token, err := store.FindToken(ctx, key)
		if err == nil {
			known.Store(key, token)
		}
		return token, err
	}
}

func findAfterClose(mock *portmock.TokenStoreMock, store *memstore.Store) {
	var kept sync.Map
	mock.AddTokenFunc = func(ctx context.Context, token account.APIToken) (account.APIToken, error) {
		token, err := store.AddToken(ctx, token)
		kept.Store(token.Key, token)
		return token, err
	}
	mock.FindTokenFunc = func(ctx context.Context, key account.APIKey) (account.APIToken, error) {
		token, err := store.FindToken(ctx, key)
		if found, ok := kept.Load(key); ok && domain.CodeOf(err) == domain.CodeUnavailable {
			token, _ = found.(account.APIToken)
			return token, nil
		}
		return token, err
	}
}
