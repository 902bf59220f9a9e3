package account

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Store is what Accounts needs. Package ports states the contract (ports.AccountStore).
type Store interface {
	// AddUser saves a user, and returns it with its id.
	AddUser(ctx context.Context, user User) (User, error)
	// FindUser and FindUserByName find one user.
	FindUser(ctx context.Context, id int64) (User, error)
	FindUserByName(ctx context.Context, name string) (User, error)
	// ListUsers returns the users after an id.
	ListUsers(ctx context.Context, after int64, size int) ([]User, error)
	// SetPassword gives a user another password in the place of from, or of whatever there is, and ends all sessions.
	SetPassword(ctx context.Context, id int64, from, to Hash) error
	// SetActive lets a user sign in, or not any more, and then ends all sessions.
	SetActive(ctx context.Context, id int64, active bool) error

	// BeginSession saves a session, and when its user signed in, where Session.MayBegin.
	BeginSession(ctx context.Context, session Session) error
	// FindSession finds a session and its user.
	FindSession(ctx context.Context, key SessionKey) (Session, User, error)
	// TouchSession writes down that something happened.
	TouchSession(ctx context.Context, key SessionKey, seen time.Time) error
	// EndSession removes a session.
	EndSession(ctx context.Context, key SessionKey) error
	// TidySessions removes sessions that are over.
	TidySessions(ctx context.Context, now time.Time) error
}

// Config is what Accounts has from outside.
type Config struct {
	Throttles       Throttles
	CommonPasswords CommonPasswords
	// Checks is how many passwords are checked at once: 1 or 2; 0 is 2, or 1 where there are no more than two
	// processors, so that there is always one for the rest.
	Checks int
	// Now tells the time; nil is time.Now.
	Now func() time.Time
}

// maxChecks is how many passwords are checked at once, and maxWaiting how many may wait for that.
const (
	maxChecks  = 2
	maxWaiting = 64
)

// Accounts is the use case of users and sessions. It is safe for concurrent use when its store is. Its errors carry the
// codes of the store's contract, plus those named at each method. What makes or checks a password takes what Iterations
// say for each: Config.Checks go on at once, 64 more wait, and one beyond that is domain.CodeUnavailable.
type Accounts struct {
	store   Store
	config  Config
	derive  deriver
	checks  chan struct{} // one place for each password that is being checked
	waiting chan struct{} // one for each that is or waits to be
	seen    inPassing
	dearest atomic.Int64 // the most iterations of a hash that was checked, see padding
}

// NewAccounts returns the use case. The error is domain.CodeInvalid where something is missing.
func NewAccounts(store Store, config Config) (*Accounts, error) {
	if store == nil || config.CommonPasswords == nil || config.Throttles.Pair == nil || config.Throttles.Address == nil ||
		config.Throttles.User == nil || config.Checks < 0 || config.Checks > maxChecks {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "accounts need a store, throttles, common passwords, and one or two checks at once"}
	}
	if config.Checks == 0 {
		config.Checks = min(maxChecks, max(1, runtime.GOMAXPROCS(0)-1))
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Accounts{
		store: store, config: config, derive: pbkdf2Key,
		checks:  make(chan struct{}, config.Checks),
		waiting: make(chan struct{}, config.Checks+maxWaiting),
	}, nil
}

// NewSuperuser is what a user is made of.
type NewSuperuser struct {
	Name, Email, Password string
}

// Add adds a superuser. The error is domain.CodeInvalid with all Problems of the name, the address and the password, and
// domain.CodeConflict for a name that is taken.
func (a *Accounts) Add(ctx context.Context, wanted NewSuperuser) (User, error) {
	user, err := NewUser(wanted.Name, wanted.Email, "", a.config.Now())
	described := User{Name: wanted.Name, Email: wanted.Email} // also where it cannot be a user's
	if err := join(err, CheckPassword(wanted.Password, described, a.config.CommonPasswords)); err != nil {
		return User{}, err
	}
	if user.Password, err = a.hashed(ctx, wanted.Password); err != nil {
		return User{}, err
	}
	return a.store.AddUser(ctx, user)
}

// join puts the problems of two errors together, each of which is nil or domain.CodeInvalid.
func join(first, second error) error {
	problems := append(domain.ProblemsOf(first), domain.ProblemsOf(second)...)
	if len(problems) == 0 {
		return nil
	}
	return &domain.Error{Code: domain.CodeInvalid, Message: "invalid input", Problems: problems}
}

// Find returns a user, or domain.CodeNotFound.
func (a *Accounts) Find(ctx context.Context, id int64) (User, error) {
	return a.store.FindUser(ctx, id)
}

// FindByName returns the user of a name, or domain.CodeNotFound.
func (a *Accounts) FindByName(ctx context.Context, name string) (User, error) {
	return a.store.FindUserByName(ctx, name)
}

// List returns users in the order of their ids, those after an id, at most size of them.
func (a *Accounts) List(ctx context.Context, after int64, size int) ([]User, error) {
	return a.store.ListUsers(ctx, after, size)
}

// SetPassword gives a user another password, whatever the one before is by then, and ends all sessions. The error is
// domain.CodeInvalid for a password that breaks a rule, and domain.CodeNotFound.
func (a *Accounts) SetPassword(ctx context.Context, id int64, password string) error {
	user, err := a.store.FindUser(ctx, id)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, user, a.config.CommonPasswords); err != nil {
		return err
	}
	_, err = a.replacePassword(ctx, id, "", password)
	return err
}

// replacePassword gives a user another password in the place of from, as Store.SetPassword does, and returns its hash.
func (a *Accounts) replacePassword(ctx context.Context, id int64, from Hash, password string) (Hash, error) {
	hash, err := a.hashed(ctx, password)
	if err != nil {
		return "", err
	}
	return hash, a.store.SetPassword(ctx, id, from, hash)
}

// ProblemWrong means that the password given is not the user's.
const ProblemWrong domain.ProblemCode = "wrong"

// FieldOldPassword is the field of the password of before.
const FieldOldPassword = "old_password"

// ChangePassword gives the user of a session another password, ends all sessions and begins a new one, whose token it
// returns. The error is domain.CodeInvalid where the old password is wrong or the new one breaks a rule,
// domain.CodePrecondition where somebody else gave the user another password meanwhile, which stays,
// domain.CodeUnauthenticated where there is no session, and a *ThrottledError as in SignIn: the old password is a try,
// unless the new one breaks a rule, which is looked at before.
func (a *Accounts) ChangePassword(ctx context.Context, token Token, address, old, password string) (Token, error) {
	user, err := a.SignedIn(ctx, token)
	if err != nil {
		return "", err
	}
	if err := CheckPassword(password, user, a.config.CommonPasswords); err != nil {
		return "", err
	}
	if err := a.throttle(ctx, Attempt{Name: user.Name, Address: address}); err != nil {
		return "", err
	}
	matches, err := a.matches(ctx, user.Password, old)
	if err != nil {
		return "", err
	}
	if !matches {
		return "", &domain.Error{Code: domain.CodeInvalid, Message: "invalid input", Problems: []domain.Problem{{Field: FieldOldPassword, Code: ProblemWrong}}}
	}
	if user.Password, err = a.replacePassword(ctx, user.ID, user.Password, password); err != nil {
		return "", err
	}
	token, _, err = a.begin(ctx, user, errNoSession)
	return token, err
}

// SetActive lets a user sign in, or not any more, and then ends all sessions of the user. The error is
// domain.CodeConflict for who disables themselves, and domain.CodeNotFound. So whoever disables others may sign in
// afterwards. But two who disable one another at the same moment leave nobody: Add (roster createsuperuser) is the way back in.
func (a *Accounts) SetActive(ctx context.Context, by User, id int64, active bool) error {
	if by.ID == id && !active {
		return &domain.Error{Code: domain.CodeConflict, Message: "nobody disables themselves"}
	}
	return a.store.SetActive(ctx, id, active)
}

// Tidy removes sessions that are over.
func (a *Accounts) Tidy(ctx context.Context) error { return a.store.TidySessions(ctx, a.config.Now()) }
