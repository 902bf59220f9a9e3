package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/commonpasswords"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// How often somebody may try to sign in: so often at once, and all of it comes back, little by little, in signInPeriod. These
// are no settings: nobody who serves persons has a reason to let passwords be guessed faster, and who has forgotten one is
// not helped by more tries.
const (
	signInPeriod = 5 * time.Minute
	// signInsOfPair is for one address and one user: as many passwords as somebody may have to choose from, and one more
	// each 30 s.
	signInsOfPair = 10
	// signInsOfAddress is for one address, behind which there may be an office.
	signInsOfAddress = 30
	// signInsOfUser is for one user and all addresses. It is wide, because anybody can use it up and so lock the user out; and
	// 28,800 tries a day still find none of the passwords that the rules let through.
	signInsOfUser = 100
)

// bindAccounts makes the use case of users and sessions.
func (a *App) bindAccounts(store ports.AccountStore) error {
	pair, err := a.newThrottle(signInsOfPair)
	if err != nil {
		return err
	}
	address, err := a.newThrottle(signInsOfAddress)
	if err != nil {
		return err
	}
	user, err := a.newThrottle(signInsOfUser)
	if err != nil {
		return err
	}
	accounts, err := account.NewAccounts(store, account.Config{
		Throttles:       account.Throttles{Pair: pair, Address: address, User: user},
		CommonPasswords: commonpasswords.List{},
	})
	if err != nil {
		return err
	}
	a.Accounts, a.tidiers = accounts, append(a.tidiers, func(ctx context.Context) error {
		if err := accounts.Tidy(ctx); err != nil {
			return fmt.Errorf("sessions that are over: %w", err)
		}
		return nil
	})
	return nil
}

// newThrottle returns what counts tries to sign in, where RATE_LIMIT_STORE says. It closes with the App, and uses the
// file or the database only when somebody signs in. Limiters of other rates may share either: a key stands for one rate,
// since the keys of account.Accounts tell what they count, and no client's address begins like them.
func (a *App) newThrottle(tries int) (account.Throttle, error) {
	rate, err := domain.NewRate(tries, signInPeriod)
	if err != nil {
		return nil, err
	}
	limiter, err := a.config.newLimiter(rate)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, limiter.Close)
	return loggedThrottle{a.metrics.RateLimiter("sign_in", limiter), a.logger}, nil
}

// loggedThrottle tells the log of tries that cannot be counted, since nobody is refused for that.
type loggedThrottle struct {
	account.Throttle
	logger *slog.Logger
}

// Take implements account.Throttle.
func (l loggedThrottle) Take(ctx context.Context, key string, cost int) (domain.Decision, error) {
	decision, err := l.Throttle.Take(ctx, key, cost)
	if err != nil && ctx.Err() == nil {
		l.logger.LogAttrs(ctx, slog.LevelError, "a try to sign in is not counted", slog.String("error", err.Error()))
	}
	return decision, err
}

// tidyEvery is how often what nobody needs any more is removed while the App serves.
const tidyEvery = 10 * time.Minute

// tidy removes what nobody needs any more, every tidyEvery until ctx ends. The log hears of an error when it begins, not
// at each try.
func (a *App) tidy(ctx context.Context) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	told := ""
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		var errs []error
		for _, tidy := range a.tidiers {
			errs = append(errs, tidy(ctx))
		}
		problem := ""
		if err := errors.Join(errs...); err != nil && ctx.Err() == nil {
			problem = err.Error()
		}
		if problem != "" && problem != told {
			a.logger.LogAttrs(ctx, slog.LevelWarn, "cannot tidy up", slog.String("error", problem))
		}
		told = problem
	}
}

// tidyHistory forgets old changes, some of them at a time.
func tidyHistory(history domain.HistoryTidier) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for more := true; more; {
			var err error
			if more, err = history.TidyHistory(ctx, time.Now()); err != nil {
				return fmt.Errorf("old changes: %w", err)
			}
		}
		return nil
	}
}
