package app

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
)

// FindingLevel says how grave a finding is.
type FindingLevel string

const (
	// FindingError must not be deployed.
	FindingError FindingLevel = "error"
	// FindingWarning should not, or somebody should know why.
	FindingWarning FindingLevel = "warning"
)

// Finding is something about a configuration that is allowed but unsafe where
// strangers can reach the server.
type Finding struct {
	Level FindingLevel `json:"level"`
	// ID never changes its meaning.
	ID string `json:"id"`
	// Setting is the variable to change.
	Setting string `json:"setting"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

const (
	secretKeyMinLength   = 50
	secretKeyMinDistinct = 5
	secretKeyHint        = "Set it to at least 50 random characters, for example those of: openssl rand -base64 48"
)

// DeployFindings returns what stands against deploying the configuration, as
// Django's "check --deploy" does: the errors first. No finding holds a secret.
func (c Config) DeployFindings() []Finding {
	findings := c.secretKeyFindings()
	if c.Debug {
		findings = append(findings, Finding{
			FindingError, "deploy.E003", "DEBUG",
			"DEBUG is on.",
			"Set DEBUG=False.",
		})
	}
	if slices.Contains(c.AllowedHosts, "*") {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W001", "ALLOWED_HOSTS",
			"ALLOWED_HOSTS holds *, so links are made from any Host header that a client sends.",
			"List the names under which the server is reached.",
		})
	}
	if len(c.AllowedHosts) == 0 {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W002", "ALLOWED_HOSTS",
			"ALLOWED_HOSTS is empty, so every request is refused.",
			"List the names under which the server is reached.",
		})
	}
	for _, origin := range c.CORSAllowedOrigins {
		if u, err := url.Parse(origin); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
			findings = append(findings, Finding{
				FindingWarning, "deploy.W003", "CORS_ALLOWED_ORIGINS",
				fmt.Sprintf("CORS_ALLOWED_ORIGINS holds %s: whoever sits on the way can put words into that page's mouth.", origin),
				"Serve the page over https and list that origin.",
			})
		}
	}
	if c.SQLiteSynchronous == sqlitestore.SynchronousNormal && c.Database.path != "" {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W004", "SQLITE_SYNCHRONOUS",
			"SQLITE_SYNCHRONOUS is NORMAL, so a power cut may lose writes that were answered.",
			"Set SQLITE_SYNCHRONOUS=FULL, unless what was written last can be written again.",
		})
	}
	if c.FetchAllowPrivate {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W005", "FETCH_ALLOW_PRIVATE",
			"FETCH_ALLOW_PRIVATE is on, so a server that documents come from can lead the fetcher to any machine that this one reaches.",
			"Set FETCH_ALLOW_PRIVATE=False, unless every document comes from servers that are trusted.",
		})
	}
	if !c.RequireAuth && !isLoopback(c.Host) {
		findings = append(findings, Finding{
			FindingWarning, "deploy.W009", "REQUIRE_AUTH",
			fmt.Sprintf("REQUIRE_AUTH is off and HOST is %s, so whoever reaches the server may read and change every person.", c.Host),
			"Set REQUIRE_AUTH=True and make tokens with roster token create, unless a proxy before the server knows who may ask.",
		})
	}
	findings = append(findings, c.rateLimitFindings()...)
	findings = append(findings, c.pprofFindings()...)
	return append(findings, c.proxyFindings()...)
}

// secretKeyFindings returns what is wrong with the secret key: one finding or none.
func (c Config) secretKeyFindings() []Finding {
	if !c.SecretKey.IsSet() {
		return []Finding{{
			FindingError, "deploy.E001", "SECRET_KEY",
			"SECRET_KEY is not set, so each start makes up another one.",
			secretKeyHint,
		}}
	}
	weakness := secretKeyWeakness(c.SecretKey.Reveal())
	if weakness == "" {
		return nil
	}
	return []Finding{{FindingError, "deploy.E002", "SECRET_KEY", "SECRET_KEY " + weakness + ".", secretKeyHint}}
}

// secretKeyWeakness says why a key can be guessed, by Django's rules and some
// words that stand in examples.
func secretKeyWeakness(key string) string {
	distinct := map[rune]bool{}
	for _, r := range key {
		distinct[r] = true
	}
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(key))
	switch {
	case strings.HasPrefix(key, "django-insecure-"):
		return "is one that Django made up for development"
	case len([]rune(key)) < secretKeyMinLength:
		return fmt.Sprintf("has fewer than %d characters", secretKeyMinLength)
	case len(distinct) < secretKeyMinDistinct:
		return fmt.Sprintf("has fewer than %d different characters", secretKeyMinDistinct)
	case slices.ContainsFunc([]string{"changeme", "changethis", "replaceme", "yoursecret", "secretkey"}, func(known string) bool {
		return strings.Contains(plain, known)
	}):
		return "looks like one from an example"
	default:
		return ""
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
