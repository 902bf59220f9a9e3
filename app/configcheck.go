package app

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/resilientfetcher"
)

// check reports what can be read but must not be.
func (m *mistakes) check(config *Config) {
	m.checkHost(config.Host)
	m.checkRange("PORT", config.Port, 0, 65535)
	m.checkPprof(config.PprofAddr)
	m.checkRange("SQLITE_QUEUE", config.SQLiteQueue, 1, maxQueue)
	m.checkRange("POSTGRES_CONNECTIONS", config.PostgresConnections, 1, 1000)
	m.checkAllowedHosts(config.AllowedHosts)
	m.checkOrigins(config.CORSAllowedOrigins)
	m.checkProxies(config.TrustedProxies)
	m.checkRateLimit(config)
	m.checkTLS(config)
	m.checkConnections(config)
	m.checkRange("PAGE_SIZE", config.PageSize, 1, maxPageSize)
	m.checkRange("BULK_MAX", config.BulkMax, 1, maxBulk)
	m.checkURLs(config.FetchURLs)
	m.checkTime("FETCH_TIMEOUT", config.FetchTimeout)
	m.checkSize("FETCH_MAX_BYTES", config.FetchMaxBytes, 1, maxFetchBytes)
	m.checkRange("FETCH_HOST_CONNECTIONS", config.FetchHostConnections, 1, maxHostConnections)
	m.checkRange("FETCH_RETRIES", config.FetchRetries, 0, resilientfetcher.MaxRetries)
	if config.FetchBreakerFailures != 0 {
		m.checkRange("FETCH_BREAKER_FAILURES", config.FetchBreakerFailures, resilientfetcher.MinBreakerFailures, resilientfetcher.MaxBreakerFailures)
	}
	m.checkTime("FETCH_BREAKER_PAUSE", config.FetchBreakerPause)

	if config.SlowQuery < 0 {
		m.add("SLOW_QUERY", "it is negative")
	}
	m.checkTracing(config.Tracing)
	m.checkRange("JOB_WORKERS", config.JobWorkers, 0, maxJobWorkers)
	m.checkLane("WORK", config.Work)
	m.checkLane("BULK", config.Bulk)

	defaults := Defaults()
	m.checkStrategy("CHECK_STRATEGY", config.Check, defaults.Check)
	m.checkBulkStrategy("CREATE_BULK_STRATEGY", config.CreateBulk, defaults.CreateBulk, config.BulkMax)
	m.checkBulkStrategy("ASYNC_CREATE_BULK_STRATEGY", config.AsyncCreateBulk, defaults.AsyncCreateBulk, config.BulkMax)
	m.checkStrategy("FETCH_STRATEGY", config.Fetch, defaults.Fetch)
}

// settle sets the numbers that follow from others: a batch of bulk creation grows
// with the bulks that are allowed, and a strategy's unused numbers say what holds.
func (c *Config) settle() {
	for _, strategy := range []*Strategy{&c.CreateBulk, &c.AsyncCreateBulk} {
		if strategy.Batch > 0 {
			strategy.Batch = max(strategy.Batch, c.BulkMax)
		}
	}
	for _, strategy := range []*Strategy{&c.Check, &c.CreateBulk, &c.AsyncCreateBulk, &c.Fetch} {
		strategy.settle()
	}
}

// checkTLS reports a certificate without a key and the other way round.
func (m *mistakes) checkTLS(config *Config) {
	switch {
	case config.TLSCertFile != "" && config.TLSKeyFile == "":
		m.add("TLS_CERT_FILE", "it is set without its key")
	case config.TLSCertFile == "" && config.TLSKeyFile != "":
		m.add("TLS_KEY_FILE", "it is set without its certificate")
	}
}

// checkConnections reports what the server could not hold a client to.
func (m *mistakes) checkConnections(config *Config) {
	m.checkRange("MAX_CONNECTIONS", config.MaxConnections, 1, maxConnections)
	m.checkSize("MAX_HEADER_BYTES", config.MaxHeaderBytes, leastHeaderBytes, maxHeaderBytes)
	m.checkSize("MAX_TARGET_BYTES", config.MaxTargetBytes, leastTargetBytes, maxHeaderBytes)
	m.checkSize("MAX_BODY_BYTES", config.MaxBodyBytes, leastBodyBytes, maxBodyBytes)
	m.checkSize("MAX_UPLOAD_BYTES", config.MaxUploadBytes, leastBodyBytes, maxUploadBytes)
	m.checkRange("MAX_JSON_DEPTH", config.MaxJSONDepth, leastJSONDepth, maxJSONDepth)
	m.checkTime("HEADER_TIMEOUT", config.HeaderTimeout)
	m.checkTime("BODY_STALL_TIMEOUT", config.BodyStallTimeout)
	m.checkTime("BODY_TIMEOUT", config.BodyTimeout)
	m.checkTime("ANSWER_TIMEOUT", config.AnswerTimeout)
	m.checkTime("WRITE_TIMEOUT", config.WriteTimeout)
	m.checkTime("IDLE_TIMEOUT", config.IdleTimeout)
	m.checkTime("SHUTDOWN_TIMEOUT", config.ShutdownTimeout)
	if delay := config.DrainDelay; delay < 0 || delay >= config.ShutdownTimeout && !m.has("SHUTDOWN_TIMEOUT") {
		m.add("DRAIN_DELAY", fmt.Sprintf("%s leaves no time for the rest of a stop", delay))
	}
}

func (m *mistakes) checkTime(name string, duration time.Duration) {
	if duration <= 0 {
		m.add(name, fmt.Sprintf("%s is no time at all", duration))
	}
}

func (m *mistakes) checkSize(name string, size, least, greatest ByteSize) {
	if size < least || size > greatest {
		m.add(name, fmt.Sprintf("%s is out of range", size))
	}
}

func (m *mistakes) checkRange(name string, number, least, greatest int) {
	if number < least || number > greatest {
		m.add(name, fmt.Sprintf("%d is out of range", number))
	}
}

func (m *mistakes) checkLane(name string, lane Lane) {
	m.checkRange(name+"_LIMIT", lane.Limit, 1, maxWorkers)
	m.checkRange(name+"_QUEUE", lane.Queue, 0, maxQueue)
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func (m *mistakes) checkHost(host string) {
	if net.ParseIP(host) == nil && !hostName.MatchString(host) {
		m.add("HOST", fmt.Sprintf("%q is not the name of a host", host))
	}
}

// allowedHost is what ALLOWED_HOSTS may hold and Django would ever match.
var allowedHost = regexp.MustCompile(`(?i)^(\*|[a-z0-9.-]+|\[[a-f0-9:.]+\])$`)

func (m *mistakes) checkAllowedHosts(hosts []string) {
	var problems []string
	for _, host := range hosts {
		if !allowedHost.MatchString(host) {
			problems = append(problems, fmt.Sprintf("%q matches no host", host))
		}
	}
	m.addAll("ALLOWED_HOSTS", problems)
}

func (m *mistakes) checkOrigins(origins []string) {
	var problems []string
	for _, origin := range origins {
		// A browser sends the origin in exactly this form, or it is not allowed.
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin || strings.ToLower(origin) != origin ||
			u.Scheme != "http" && u.Scheme != "https" {
			problems = append(problems, fmt.Sprintf("%q is not an origin", withoutUser(origin)))
		}
	}
	m.addAll("CORS_ALLOWED_ORIGINS", problems)
}

// withoutUser returns the text without what may be a user and a password: all up
// to an at sign.
func withoutUser(text string) string {
	return text[strings.LastIndexByte(text, '@')+1:]
}

// checkURLs names no URL: one may hold a password. One that does is refused,
// because fetch_data shows the URL of a failure to every client.
func (m *mistakes) checkURLs(urls []string) {
	var problems []string
	for i, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			problems = append(problems, fmt.Sprintf("URL %d of %d is not one that can be fetched", i+1, len(urls)))
		} else if u.User != nil {
			problems = append(problems, fmt.Sprintf("URL %d of %d has a user or password, which clients would see", i+1, len(urls)))
		}
	}
	m.addAll("FETCH_URLS", problems)
}

// checkStrategy reports numbers out of range, and numbers that somebody chose
// for a strategy that does not use them.
func (m *mistakes) checkStrategy(name string, strategy, defaults Strategy) {
	m.checkRange(name+"_WORKERS", strategy.Workers, 1, maxWorkers)
	m.checkRange(name+"_BATCH", strategy.Batch, 0, maxBulk)
	m.checkRange(name+"_QUEUE", strategy.Queue, 0, maxQueue)
	if m.has(name) {
		return
	}

	effective := strategy
	effective.settle()
	if strategy.Workers != effective.Workers && strategy.Workers != defaults.Workers {
		m.addAllowed(name+"_WORKERS", fmt.Sprintf("%d workers, but %s has one", strategy.Workers, strategy.Name),
			"1, or "+name+"=pooled or per-item")
	}
	if strategy.Batch != effective.Batch && strategy.Batch != defaults.Batch {
		m.addAllowed(name+"_BATCH", fmt.Sprintf("batches of %d, but with %s a batch is %s", strategy.Batch, strategy.Name, batchText(effective.Batch)),
			fmt.Sprintf("%d, or %s=batched", effective.Batch, name))
	}
}

func batchText(batch int) string {
	if batch == 0 {
		return "a whole call"
	}
	return fmt.Sprintf("%d item", batch)
}

// checkBulkStrategy also reports a strategy that would cut a bulk into several
// batches. A batch is what is saved as a whole, and a bulk is all or nothing.
func (m *mistakes) checkBulkStrategy(name string, strategy, defaults Strategy, bulkMax int) {
	if strategy.Name == PerItem {
		m.addAllowed(name, "per-item saves each person by itself, but a bulk is all or nothing", "serial, batched or pooled")
	}
	if strategy.Name == Batched && strategy.Batch != 0 && strategy.Batch != defaults.Batch && strategy.Batch < bulkMax && !m.has("BULK_MAX") {
		m.addAllowed(name+"_BATCH",
			fmt.Sprintf("batches of %d would cut a bulk of up to BULK_MAX=%d into pieces, but a bulk is all or nothing", strategy.Batch, bulkMax),
			fmt.Sprintf("0, where a bulk is one batch, or at least %d", bulkMax))
	}
	m.checkStrategy(name, strategy, defaults)
}
