package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/memlimiter"
	"github.com/seed-bbcc19ba/roster/adapters/pglimiter"
	"github.com/seed-bbcc19ba/roster/adapters/sqlitelimiter"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// RateLimitStore says where it is counted what clients have taken.
type RateLimitStore string

const (
	// RateLimitMemory counts in the process: another one counts for itself.
	RateLimitMemory RateLimitStore = "memory"
	// RateLimitDatabase counts for all processes that use the database: in a file beside
	// SQLite's, or in a table of PostgreSQL.
	RateLimitDatabase RateLimitStore = "database"
)

// rateLimitsSuffix is what follows the name of the database's file in that of the
// limits' file.
const rateLimitsSuffix = "-ratelimits"

func parseRateLimitStore(text string) (RateLimitStore, error) {
	switch store := RateLimitStore(strings.ToLower(text)); store {
	case RateLimitMemory, RateLimitDatabase:
		return store, nil
	default:
		return "", fmt.Errorf("%q is no place to count", text)
	}
}

// parseRate reads a rate such as 600/1m.
func parseRate(text string) (domain.Rate, error) {
	count, period, found := strings.Cut(text, "/")
	units, err := strconv.Atoi(strings.TrimSpace(count))
	if !found || err != nil {
		return domain.Rate{}, fmt.Errorf("%q is not a number of requests in a time", text)
	}
	duration, err := parseDuration(strings.TrimSpace(period))
	if err != nil {
		return domain.Rate{}, err
	}
	rate, err := domain.NewRate(units, duration)
	if err != nil {
		return domain.Rate{}, errors.New(domain.MessageOf(err))
	}
	return rate, nil
}

// The bounds of RATE_LIMIT. Headers tell the period in whole seconds.
const (
	maxRateCount  = 1_000_000_000
	maxRatePeriod = 24 * time.Hour
)

func (m *mistakes) checkRateLimit(config *Config) {
	rate := config.RateLimit
	if !rate.IsZero() && (rate.Count() > maxRateCount || rate.Period() > maxRatePeriod || rate.Period()%time.Second != 0) {
		m.add("RATE_LIMIT", rate.String()+" is out of range")
	}
	if config.RateLimitStore == RateLimitDatabase && config.Database.IsInMemory() {
		m.addAllowed("RATE_LIMIT_STORE", "there is no database that servers share", "memory, or a DATABASE_URL with a file or a PostgreSQL")
	}
}

// rateLimitFindings returns what stands against the limit where strangers can reach
// the server.
func (c Config) rateLimitFindings() []Finding {
	if c.RateLimit.IsZero() {
		return []Finding{{
			FindingWarning, "deploy.W006", "RATE_LIMIT",
			"RATE_LIMIT is not set, so one client may take all that the server can do.",
			"Set what one client may ask, such as RATE_LIMIT=600/1m, unless a proxy before the server limits clients.",
		}}
	}
	var findings []Finding
	if limit := c.RateLimit.Count(); c.BulkMax > limit {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W007", "RATE_LIMIT",
			fmt.Sprintf("A bulk costs as many as it has persons, so RATE_LIMIT=%s refuses those of more than %d, which BULK_MAX=%d allows.", c.RateLimit, limit, c.BulkMax),
			fmt.Sprintf("Set BULK_MAX to at most %d, or a higher RATE_LIMIT.", limit),
		})
	}
	if limit, urls := c.RateLimit.Count(), len(c.FetchURLs); urls > limit {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W007", "RATE_LIMIT",
			fmt.Sprintf("fetch_data costs as many as there are FETCH_URLS, which are %d, so RATE_LIMIT=%s always refuses it.", urls, c.RateLimit),
			"Set fewer FETCH_URLS, or a higher RATE_LIMIT.",
		})
	}
	return findings
}

// newLimiter returns what counts what clients take, or nil where no limit is set. It
// closes with the App.
//
// A database that cannot be used now keeps nobody from starting: requests are let through
// until it can.
func (a *App) newLimiter(ctx context.Context) (ports.RateLimiter, error) {
	if a.config.RateLimit.IsZero() {
		return nil, nil //nolint:nilnil // no limit is no limiter, as in httpapi.Config
	}
	for _, finding := range a.config.rateLimitFindings() {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "unfit setting", slog.String("problem", finding.Message), slog.String("hint", finding.Hint))
	}
	limiter, err := a.config.newLimiter(a.config.RateLimit)
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, limiter.Close)
	if shared, ok := limiter.(interface{ Open(context.Context) error }); ok {
		if err := shared.Open(ctx); err != nil {
			a.logger.LogAttrs(ctx, slog.LevelError, "rate limits cannot be counted yet", slog.String("error", err.Error()))
		}
	}
	return a.metrics.RateLimiter("requests", limiter), nil
}

// newLimiter returns what counts against a rate where RATE_LIMIT_STORE says.
func (c Config) newLimiter(rate domain.Rate) (ports.RateLimiter, error) {
	switch {
	case c.RateLimitStore == RateLimitMemory:
		return memlimiter.New(rate)
	case c.Database.postgres != "":
		return pglimiter.New(pglimiter.Config{URL: c.Database.postgres, Rate: rate})
	default:
		return sqlitelimiter.New(sqlitelimiter.Config{Path: c.Database.path + rateLimitsSuffix, Database: c.Database.path, Rate: rate})
	}
}
