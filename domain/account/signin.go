package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Attempt is what somebody signs in with.
type Attempt struct {
	Name, Password string
	// Address is the client's, as clients are counted.
	Address string
}

// Throttle counts what clients try, each known by a key (ports.RateLimiter).
type Throttle interface {
	Take(ctx context.Context, key string, cost int) (domain.Decision, error)
}

// Throttles bound how often somebody may try to sign in. All are counted, also those that go
// well, because nobody knows before the check.
type Throttles struct {
	// Pair counts the tries of one address for one user, Address those of one address, and
	// User those for one user, of all addresses: it must be wide, because anybody can lock a user out by it.
	Pair, Address, User Throttle
}

// ThrottledError tells that somebody has tried too often.
type ThrottledError struct {
	// RetryAfter is how long it takes until one more try is allowed.
	RetryAfter time.Duration
}

// Error returns the sentence for logs.
func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many tries to sign in: the next one in %s", e.RetryAfter.Round(time.Second))
}

// Unwrap returns a *domain.Error with domain.CodeUnavailable.
func (e *ThrottledError) Unwrap() error {
	return &domain.Error{Code: domain.CodeUnavailable, Message: "too many tries to sign in"}
}

// errWrong is the answer to a wrong name, a wrong password, and somebody who may not sign in.
var errWrong = &domain.Error{Code: domain.CodeUnauthenticated, Message: "the user name or the password is wrong"}

// SignIn begins a session and returns its token. The error is a *ThrottledError for one try too many, before anything is
// looked up; and domain.CodeUnauthenticated, after the same time and in the same words, for a user there is not, one who
// may not sign in, and a wrong password. A hash that another program made with more than Iterations takes longer, and so does
// every check after it, up to four times Iterations: only the first one, and a hash beyond that, show by their time.
func (a *Accounts) SignIn(ctx context.Context, attempt Attempt) (Token, User, error) {
	if err := a.throttle(ctx, attempt); err != nil {
		return "", User{}, err
	}
	user, err := a.store.FindUserByName(ctx, attempt.Name) // the zero User's hash matches nothing
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		return "", User{}, err
	}
	matches, err := a.matches(ctx, user.Password, attempt.Password)
	if err != nil {
		return "", User{}, err
	}
	if !matches || !user.MaySignIn() {
		return "", User{}, errWrong
	}
	return a.begin(ctx, user, errWrong)
}

// throttle takes one try. The address comes first: one that is refused writes no key for each name it thinks of. What cannot be counted is let through: a limit that is out of order must not lock everybody out.
func (a *Accounts) throttle(ctx context.Context, attempt Attempt) error {
	for _, counted := range []struct {
		throttle Throttle
		key      string
	}{
		{a.config.Throttles.Address, throttleKey("address", attempt.Address)},
		{a.config.Throttles.Pair, throttleKey("pair", attempt.Address, attempt.Name)},
		{a.config.Throttles.User, throttleKey("user", attempt.Name)},
	} {
		decision, err := counted.throttle.Take(ctx, counted.key, 1)
		if ended := domain.ContextError(ctx); ended != nil {
			return ended
		}
		if err == nil && !decision.Allowed {
			return &ThrottledError{RetryAfter: decision.RetryAfter}
		}
	}
	return nil
}

// throttleKey returns by what tries are counted: never the same for other texts, short however long they are, and nothing
// to be read, because now and then somebody types a password in the place of a name.
func throttleKey(kind string, texts ...string) string {
	return fmt.Sprintf("%s %x", kind, sha256.Sum256(fmt.Appendf(nil, "%q", texts)))
}

// begin begins a session of a user. The error is refused where the user was removed or disabled, or got another password,
// after it was read.
func (a *Accounts) begin(ctx context.Context, user User, refused error) (Token, User, error) {
	session, token := newSession(user, a.config.Now())
	err := a.store.BeginSession(ctx, session)
	switch code := domain.CodeOf(err); {
	case code == domain.CodeNotFound || code == domain.CodePrecondition:
		return "", User{}, refused
	case err != nil:
		return "", User{}, err
	}
	user.LastLogin = session.Began
	return token, user, nil
}

// matches checks a password when it is its turn.
func (a *Accounts) matches(ctx context.Context, hash Hash, password string) (matches bool, err error) {
	atLeast := a.padding(hash)
	err = a.alone(ctx, func() { matches = hash.matches(a.derive, password, atLeast) })
	return matches, err
}

// padding returns how many iterations the check of a hash, which comes from the store, costs at least: as many as that of the
// dearest one so far. Nobody but who writes the store can raise it.
func (a *Accounts) padding(hash Hash) int {
	_, _, iterations, ok := hash.parts()
	if !ok || iterations > maxPadding {
		iterations = Iterations
	}
	for {
		dearest := a.dearest.Load()
		most := max(dearest, int64(iterations), Iterations)
		if most == dearest || a.dearest.CompareAndSwap(dearest, most) {
			return int(most)
		}
	}
}

// hashed returns the hash of a password when it is its turn.
func (a *Accounts) hashed(ctx context.Context, password string) (hash Hash, err error) {
	err = a.alone(ctx, func() { hash = newHash(a.derive, password, rand.Text(), Iterations) })
	return hash, err
}

// alone does work of a processor when it is its turn.
func (a *Accounts) alone(ctx context.Context, work func()) error {
	select {
	case a.waiting <- struct{}{}:
		defer func() { <-a.waiting }()
	default:
		return &domain.Error{Code: domain.CodeUnavailable, Message: "too many passwords are being checked already"}
	}
	select {
	case a.checks <- struct{}{}:
		defer func() { <-a.checks }()
	case <-ctx.Done():
		return domain.ContextError(ctx)
	}
	if err := domain.ContextError(ctx); err != nil {
		return err
	}
	work()
	return nil
}

// SignedIn returns the user of a session that goes on, and writes down, once a minute, that something happened; where that
// cannot be written within 50 ms, it is at the first call a second later, and none waits until then. The error is domain.CodeUnauthenticated where there is no such session,
// its time is over, or the user may not sign in any more. It costs one read.
func (a *Accounts) SignedIn(ctx context.Context, token Token) (User, error) {
	session, user, err := a.store.FindSession(ctx, token.Key())
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return User{}, errNoSession
	case err != nil:
		return User{}, err
	}
	now := a.config.Now()
	if session.IsOver(now) || !session.belongsTo(user) {
		return User{}, errNoSession
	}
	if now.Sub(session.Seen) >= seenEvery {
		a.seen.write(ctx, now, func(ctx context.Context) error { return a.store.TouchSession(ctx, session.Key, now) })
	}
	if err := domain.ContextError(ctx); err != nil {
		return User{}, err
	}
	return user, nil
}

var errNoSession = &domain.Error{Code: domain.CodeUnauthenticated, Message: "nobody is signed in"}

// SignOut ends a session. One that there is not is none.
func (a *Accounts) SignOut(ctx context.Context, token Token) error {
	return a.store.EndSession(ctx, token.Key())
}
