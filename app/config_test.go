package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/app"
	"github.com/seed-bbcc19ba/roster/domain"
)

// compareConfigs looks into what it compares.
var compareConfigs = cmp.AllowUnexported(app.Database{}, app.Secret{}, domain.Rate{})

func TestLoad(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		change    func(config *app.Config) // from the defaults
	}{
		{name: "no variables give the defaults", change: func(*app.Config) {}},
		{name: "an empty variable has its default", variables: map[string]string{"PORT": "", "LOG_LEVEL": "", "FETCH_TIMEOUT": " "[:0]}, change: func(*app.Config) {}},
		{
			name: "an empty list is an empty list", variables: map[string]string{"FETCH_URLS": "", "ALLOWED_HOSTS": " ", "CORS_ALLOWED_ORIGINS": ","},
			change: func(c *app.Config) {
				c.FetchURLs, c.AllowedHosts, c.CORSAllowedOrigins = []string{}, []string{}, []string{}
			},
		},
		{
			name: "elements of a list are trimmed and empty ones dropped", variables: map[string]string{"ALLOWED_HOSTS": " a.example ,, .b.example,\t[::1],*,"},
			change: func(c *app.Config) { c.AllowedHosts = []string{"a.example", ".b.example", "[::1]", "*"} },
		},
		{
			name: "white space around a value does not count", variables: map[string]string{"PORT": " 0 ", "HOST": " ::1\n", "DEBUG": " yes "},
			change: func(c *app.Config) { c.Port, c.Host, c.Debug = 0, "::1", true },
		},
		{
			name: "names are read in any case", variables: map[string]string{"LOG_LEVEL": "warning", "LOG_FORMAT": "JSON", "CHECK_STRATEGY": "Pooled"},
			change: func(c *app.Config) { c.LogLevel, c.LogFormat = app.LogLevelWarning, app.LogFormatJSON },
		},
		{name: "WARN is WARNING", variables: map[string]string{"LOG_LEVEL": "WARN"}, change: func(c *app.Config) { c.LogLevel = app.LogLevelWarning }},
		{name: "a size may have a unit", variables: map[string]string{"FETCH_MAX_BYTES": "512KiB"}, change: func(c *app.Config) { c.FetchMaxBytes = 512 << 10 }},
		{
			name: "NORMAL may be chosen, in any case", variables: map[string]string{"SQLITE_SYNCHRONOUS": "normal", "SQLITE_QUEUE": "1", "FETCH_HOST_CONNECTIONS": "10000"},
			change: func(c *app.Config) {
				c.SQLiteSynchronous, c.SQLiteQueue, c.FetchHostConnections = sqlitestore.SynchronousNormal, 1, 10000
			},
		},
		{
			name: "retries and the breaker may be off", variables: map[string]string{"FETCH_RETRIES": "0", "FETCH_BREAKER_FAILURES": "0", "FETCH_ALLOW_PRIVATE": "yes"},
			change: func(c *app.Config) { c.FetchRetries, c.FetchBreakerFailures, c.FetchAllowPrivate = 0, 0, true },
		},
		{name: "a size may have no unit", variables: map[string]string{"FETCH_MAX_BYTES": "1048576"}, change: func(*app.Config) {}},
		{name: "a duration has a unit", variables: map[string]string{"FETCH_TIMEOUT": "1m30s"}, change: func(c *app.Config) { c.FetchTimeout = 90 * time.Second }},
		{
			name: "a strategy has its own numbers", variables: map[string]string{"CHECK_STRATEGY": "serial", "CREATE_BULK_STRATEGY": "batched", "ASYNC_CREATE_BULK_STRATEGY": "pooled", "FETCH_STRATEGY": "pooled"},
			change: func(c *app.Config) {
				c.Check = app.Strategy{Name: app.Serial, Workers: 1, Queue: 2048}
				c.CreateBulk = app.Strategy{Name: app.Batched, Workers: 1, Queue: 64}
				c.AsyncCreateBulk = app.Strategy{Name: app.Pooled, Workers: 1, Queue: 64}
				c.Fetch = app.Strategy{Name: app.Pooled, Workers: 64, Queue: 64}
			},
		},
		{
			name: "numbers may be given with a strategy", variables: map[string]string{
				"CHECK_STRATEGY": "per-item", "CHECK_STRATEGY_WORKERS": "9", "CHECK_STRATEGY_BATCH": "1", "CHECK_STRATEGY_QUEUE": "0",
				"CREATE_BULK_STRATEGY": "batched", "CREATE_BULK_STRATEGY_BATCH": "20000", "CREATE_BULK_STRATEGY_WORKERS": "1",
			},
			change: func(c *app.Config) {
				c.Check = app.Strategy{Name: app.PerItem, Workers: 9, Batch: 1}
				c.CreateBulk = app.Strategy{Name: app.Batched, Workers: 1, Batch: 20000, Queue: 64}
			},
		},
		{
			name: "the batch of a bulk grows with the bulk", variables: map[string]string{"BULK_MAX": "30000"},
			change: func(c *app.Config) { c.BulkMax, c.AsyncCreateBulk.Batch = 30000, 30000 },
		},
		{
			name: "clients may be limited", variables: map[string]string{"RATE_LIMIT": " 600 / 1m ", "RATE_LIMIT_STORE": "Database", "TRUSTED_PROXIES": "10.0.0.0/8, ::1"},
			change: func(c *app.Config) {
				c.RateLimit, _ = domain.NewRate(600, time.Minute)
				c.RateLimitStore, c.TrustedProxies = app.RateLimitDatabase, []string{"10.0.0.0/8", "::1"}
			},
		},
		{name: "other variables do not matter", variables: map[string]string{"PATH": "/bin", "STRATEGY": "x", "": "y"}, change: func(*app.Config) {}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, err := app.Load(test.variables)
			if err != nil {
				t.Fatalf("%v: %v", test.variables, err)
			}
			want := app.Defaults()
			test.change(&want)
			if diff := cmp.Diff(want, config, compareConfigs); diff != "" {
				t.Errorf("%v (-want +got):\n%s", test.variables, diff)
			}
		})
	}
}

func TestBooleansAreThoseOfPython(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"True": true, "true": true, "1": true, "yes": true, "YES": true, "y": true, "on": true, "t": true,
		"False": false, "false": false, "0": false, "no": false, "n": false, "off": false, "OFF": false, "f": false,
	} {
		config, err := app.Load(map[string]string{"AUTO_MIGRATE": text, "DEBUG": text})
		if err != nil || config.AutoMigrate != want || config.Debug != want {
			t.Errorf("%q: got %v, %v, %v; want %v", text, config.AutoMigrate, config.Debug, err, want)
		}
	}
}

func TestSettingsOfAConfigLoadAgain(t *testing.T) {
	t.Parallel()
	config, err := app.Load(map[string]string{
		"DATABASE_URL": "sqlite:////var/lib/a%20b%3Fc%25.db", "DEBUG": "1", "ALLOWED_HOSTS": "*", "FETCH_MAX_BYTES": "1025", "FETCH_TIMEOUT": "1500ms",
		"LOG_LEVEL": "critical", "CHECK_STRATEGY": "serial", "ASYNC_CREATE_BULK_STRATEGY": "serial", "BULK_MAX": "7", "FETCH_URLS": "",
		"RATE_LIMIT": "7/90s", "RATE_LIMIT_STORE": "database", "TRUSTED_PROXIES": "192.0.2.7,fd00::/8",
		"SQLITE_SYNCHRONOUS": "NORMAL", "SQLITE_QUEUE": "7", "POSTGRES_CONNECTIONS": "7", "FETCH_HOST_CONNECTIONS": "7",
	})
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{}
	for _, setting := range config.Settings() {
		variables[setting.Name] = setting.Value
	}
	again, err := app.Load(variables)
	if err != nil {
		t.Fatalf("the settings %v: %v", variables, err)
	}
	if diff := cmp.Diff(config, again, compareConfigs); diff != "" {
		t.Errorf("what the settings %v give differs (-config +again):\n%s", variables, diff)
	}
}

func TestAllMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	variables := map[string]string{
		"HOST": "http://localhost", "PORT": "80x", "DATABASE_URL": "mysql://roster:canary@db/roster", "SECRET_KEY": "canary",
		"SQLITE_SYNCHRONOUS": "OFF", "SQLITE_QUEUE": "0", "POSTGRES_CONNECTIONS": "0", "FETCH_HOST_CONNECTIONS": "0",
		"TRUSTED_PROXIES": "proxy", "RATE_LIMIT": "fast", "RATE_LIMIT_STORE": "disk",
		"DEBUG": "maybe", "ALLOWED_HOSTS": "localhost:8000", "CORS_ALLOWED_ORIGINS": "http://localhost:3000/,*",
		"LOG_LEVEL": "loud", "LOG_FORMAT": "xml", "PAGE_SIZE": "0", "BULK_MAX": "0",
		"FETCH_URLS": "https://example.com,ftp://u:canary@example.com", "FETCH_TIMEOUT": "10", "FETCH_MAX_BYTES": "1MB",
		"CHECK_STRATEGY": "threads", "CHECK_STRATEGY_WORKERS": "0", "CREATE_BULK_STRATEGY": "per-item",
		"ASYNC_CREATE_BULK_STRATEGY_QUEUE": "-1", "FETCH_STRATEGY_BATCH": "2", "AUTO_MIGRATE": "2",
	}
	_, err := app.Load(variables)
	want := []string{
		`HOST: "http://localhost" is not the name of a host; allowed: a host name or an IP address, without scheme and port`,
		`PORT: "80x" is not a whole number in range; allowed: 0 to 65535, where 0 is any free port`,
		`DATABASE_URL: it names no database that this program can use; allowed: sqlite:///relative/path, sqlite:////absolute/path, sqlite://:memory:, memory: or postgresql://user@host/name`,
		`SQLITE_SYNCHRONOUS: "OFF" is not a way to wait for the disk; allowed: FULL or NORMAL`,
		`SQLITE_QUEUE: 0 is out of range; allowed: 1 to 1000000`,
		`POSTGRES_CONNECTIONS: 0 is out of range; allowed: 1 to 1000`,
		`DEBUG: "maybe" is neither true nor false; allowed: True or False`,
		`ALLOWED_HOSTS: "localhost:8000" matches no host; allowed: names such as example.com, .example.com, [::1] or *, without scheme and port`,
		`CORS_ALLOWED_ORIGINS: "http://localhost:3000/" is not an origin, "*" is not an origin; allowed: origins such as https://example.com or http://localhost:3000, in lower case, without a path`,
		`TRUSTED_PROXIES: "proxy" is no address; allowed: addresses and ranges such as 10.0.0.0/8, 192.0.2.7 or ::1`,
		`RATE_LIMIT: "fast" is not a number of requests in a time; allowed: a number of requests in a time, such as 600/1m: 1 to 1000000000 in whole seconds up to 24h`,
		`RATE_LIMIT_STORE: "disk" is no place to count; allowed: memory or database`,
		`LOG_LEVEL: "loud" is not a level; allowed: DEBUG, INFO, WARNING, ERROR or CRITICAL`,
		`LOG_FORMAT: "xml" is not a format; allowed: auto, text or json`,
		`PAGE_SIZE: 0 is out of range; allowed: 1 to 10000`,
		`BULK_MAX: 0 is out of range; allowed: 1 to 1000000`,
		`FETCH_URLS: URL 2 of 2 is not one that can be fetched; allowed: absolute http and https URLs without user and password`,
		`FETCH_TIMEOUT: "10" is not a duration; allowed: a duration with its unit, such as 10s or 500ms, greater than 0`,
		`FETCH_MAX_BYTES: "1MB" is not a number of bytes in range; allowed: a number of bytes such as 1048576, 512KiB or 1MiB, from 1 to 1GiB`,
		`FETCH_HOST_CONNECTIONS: 0 is out of range; allowed: 1 to 10000`,
		`CHECK_STRATEGY: "threads" is not a strategy; allowed: serial, batched, pooled or per-item`,
		`CHECK_STRATEGY_WORKERS: 0 is out of range; allowed: 1 to 10000`,
		`CREATE_BULK_STRATEGY: per-item saves each person by itself, but a bulk is all or nothing; allowed: serial, batched or pooled`,
		`ASYNC_CREATE_BULK_STRATEGY_QUEUE: -1 is out of range; allowed: 0 to 1000000`,
		`FETCH_STRATEGY_BATCH: batches of 2, but with per-item a batch is 1 item; allowed: 1, or FETCH_STRATEGY=batched`,
		`AUTO_MIGRATE: "2" is neither true nor false; allowed: True or False`,
	}
	var mistakes *app.ConfigError
	if !errors.As(err, &mistakes) {
		t.Fatalf("got %v, want a *ConfigError", err)
	}
	var got []string
	for _, mistake := range mistakes.Mistakes {
		got = append(got, mistake.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the mistakes (-want +got):\n%s", diff)
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the error holds a secret:\n%v", err)
	}
}

func TestSingleMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		variables map[string]string
		mistaken  string // the variable
		text      string // within the mistake
	}{
		{"the greatest port is 65535", map[string]string{"PORT": "65536"}, "PORT", "65536 is out of range"},
		{"a port is not negative", map[string]string{"PORT": "-1"}, "PORT", "out of range"},
		{"profiles need a port", map[string]string{"PPROF_ADDR": "127.0.0.1"}, "PPROF_ADDR", "no address to listen on"},
		{"the port of profiles is a number", map[string]string{"PPROF_ADDR": "127.0.0.1:http"}, "PPROF_ADDR", "no address to listen on"},
		{"that is not too great", map[string]string{"PPROF_ADDR": "127.0.0.1:65536"}, "PPROF_ADDR", "no address to listen on"},
		{"and the host of profiles a host", map[string]string{"PPROF_ADDR": "http://x:6060"}, "PPROF_ADDR", "no address to listen on"},
		{"a number fits an int", map[string]string{"PAGE_SIZE": "99999999999999999999"}, "PAGE_SIZE", "in range"},
		{"a host has no brackets", map[string]string{"HOST": "[::1]"}, "HOST", "not the name of a host"},
		{"an IPv6 host that is served has brackets", map[string]string{"ALLOWED_HOSTS": "::1"}, "ALLOWED_HOSTS", `"::1" matches no host`},
		{"an allowed host has no scheme", map[string]string{"ALLOWED_HOSTS": "https://example.com"}, "ALLOWED_HOSTS", "matches no host"},
		{"an origin has a scheme", map[string]string{"CORS_ALLOWED_ORIGINS": "example.com"}, "CORS_ALLOWED_ORIGINS", "not an origin"},
		{"an origin is one", map[string]string{"CORS_ALLOWED_ORIGINS": "*"}, "CORS_ALLOWED_ORIGINS", "not an origin"},
		{"null is no origin", map[string]string{"CORS_ALLOWED_ORIGINS": "null"}, "CORS_ALLOWED_ORIGINS", "not an origin"},
		{"an origin is in lower case", map[string]string{"CORS_ALLOWED_ORIGINS": "https://Example.com"}, "CORS_ALLOWED_ORIGINS", "not an origin"},
		{"a URL to fetch has no password", map[string]string{"FETCH_URLS": "https://u:canary@example.com/"}, "FETCH_URLS", "clients would see"},
		{"an origin has no password", map[string]string{"CORS_ALLOWED_ORIGINS": "https://u:canary@example.com"}, "CORS_ALLOWED_ORIGINS", "\"example.com\" is not an origin"},
		{"a URL to fetch has a host", map[string]string{"FETCH_URLS": "https:///x"}, "FETCH_URLS", "URL 1 of 1"},
		{"a fetch takes time", map[string]string{"FETCH_TIMEOUT": "0s"}, "FETCH_TIMEOUT", "0s is no time at all"},
		{"a rate has a time", map[string]string{"RATE_LIMIT": "600"}, "RATE_LIMIT", `"600" is not a number of requests in a time`},
		{"a time has a unit", map[string]string{"RATE_LIMIT": "600/60"}, "RATE_LIMIT", `"60" is not a duration`},
		{"a rate is a number", map[string]string{"RATE_LIMIT": "x/1m"}, "RATE_LIMIT", `"x/1m" is not a number`},
		{"no rate is written as nothing", map[string]string{"RATE_LIMIT": "0/1m"}, "RATE_LIMIT", "at least one unit"},
		{"a rate is in whole seconds", map[string]string{"RATE_LIMIT": "1/1500ms"}, "RATE_LIMIT", "1/1.5s is out of range; allowed: a number of requests in a time, such as 600/1m"},
		{"a rate is of a day at most", map[string]string{"RATE_LIMIT": "1/24h1s"}, "RATE_LIMIT", "out of range"},
		{"a rate has an end", map[string]string{"RATE_LIMIT": "1000000001/1s"}, "RATE_LIMIT", "out of range"},
		{
			"limits are not counted in a database that nobody shares", map[string]string{"RATE_LIMIT": "1/1s", "RATE_LIMIT_STORE": "database", "DATABASE_URL": "memory:"},
			"RATE_LIMIT_STORE", "no database that servers share; allowed: memory, or a DATABASE_URL with a file or a PostgreSQL",
		},
		{"a proxy is an address", map[string]string{"TRUSTED_PROXIES": "10.0.0.1,proxy.example"}, "TRUSTED_PROXIES", `"proxy.example" is no address; allowed:`},
		{"a range has an end", map[string]string{"TRUSTED_PROXIES": "10.0.0.0/33"}, "TRUSTED_PROXIES", `"10.0.0.0/33" is no range of addresses`},
		{"a range is written by its first address", map[string]string{"TRUSTED_PROXIES": "10.1.2.3/8"}, "TRUSTED_PROXIES", "within its range, which is 10.0.0.0/8"},
		{"a range of IPv4 is not in IPv6's clothes", map[string]string{"TRUSTED_PROXIES": "::ffff:10.0.0.0/104"}, "TRUSTED_PROXIES", "no range of addresses"},
		{"a proxy has no zone", map[string]string{"TRUSTED_PROXIES": "fe80::1%eth0"}, "TRUSTED_PROXIES", "is no address"},
		{"EXTRA is not a choice, it buys nothing in WAL mode", map[string]string{"SQLITE_SYNCHRONOUS": "EXTRA"}, "SQLITE_SYNCHRONOUS", `"EXTRA" is not`},
		{"SQLite's numbers are not its words", map[string]string{"SQLITE_SYNCHRONOUS": "1"}, "SQLITE_SYNCHRONOUS", `"1" is not`},
		{"a queue of writes is bounded", map[string]string{"SQLITE_QUEUE": "1000001"}, "SQLITE_QUEUE", "1000001 is out of range"},
		{"the connections of a host are bounded", map[string]string{"FETCH_HOST_CONNECTIONS": "10001"}, "FETCH_HOST_CONNECTIONS", "10001 is out of range"},
		{"retries are few", map[string]string{"FETCH_RETRIES": "11"}, "FETCH_RETRIES", "11 is out of range"},
		{"retries are not negative", map[string]string{"FETCH_RETRIES": "-1"}, "FETCH_RETRIES", "-1 is out of range"},
		{"two failures leave no upstream alone", map[string]string{"FETCH_BREAKER_FAILURES": "2"}, "FETCH_BREAKER_FAILURES", "2 is out of range; allowed: 3 to 1000, or 0"},
		{"failures are bounded", map[string]string{"FETCH_BREAKER_FAILURES": "1001"}, "FETCH_BREAKER_FAILURES", "1001 is out of range"},
		{"failures are not negative", map[string]string{"FETCH_BREAKER_FAILURES": "-1"}, "FETCH_BREAKER_FAILURES", "-1 is out of range"},
		{"a pause takes time", map[string]string{"FETCH_BREAKER_PAUSE": "0s"}, "FETCH_BREAKER_PAUSE", "0s is no time at all"},
		{"a document has a byte", map[string]string{"FETCH_MAX_BYTES": "0"}, "FETCH_MAX_BYTES", "0 is out of range"},
		{"a document fits the memory", map[string]string{"FETCH_MAX_BYTES": "2GiB"}, "FETCH_MAX_BYTES", "2GiB is out of range"},
		{"serial has one worker", map[string]string{"CHECK_STRATEGY": "serial", "CHECK_STRATEGY_WORKERS": "8"}, "CHECK_STRATEGY_WORKERS", "8 workers, but serial has one; allowed: 1, or CHECK_STRATEGY=pooled or per-item"},
		{"pooled has whole calls", map[string]string{"CHECK_STRATEGY_BATCH": "8"}, "CHECK_STRATEGY_BATCH", "with pooled a batch is a whole call; allowed: 0, or CHECK_STRATEGY=batched"},
		{
			"a batch is not smaller than a bulk", map[string]string{"ASYNC_CREATE_BULK_STRATEGY_BATCH": "500"}, "ASYNC_CREATE_BULK_STRATEGY_BATCH",
			"batches of 500 would cut a bulk of up to BULK_MAX=10000 into pieces, but a bulk is all or nothing; allowed: 0, where a bulk is one batch, or at least 10000",
		},
		{
			"no batch is blamed for a BULK_MAX that is a mistake itself",
			map[string]string{"BULK_MAX": "2000000", "CREATE_BULK_STRATEGY": "batched", "CREATE_BULK_STRATEGY_BATCH": "20000"},
			"BULK_MAX", "2000000 is out of range",
		},
		{"a bulk is not saved per item", map[string]string{"ASYNC_CREATE_BULK_STRATEGY": "per-item"}, "ASYNC_CREATE_BULK_STRATEGY", "all or nothing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := app.Load(test.variables)
			var mistakes *app.ConfigError
			if !errors.As(err, &mistakes) || len(mistakes.Mistakes) != 1 {
				t.Fatalf("%v: got %v, want one mistake", test.variables, err)
			}
			if mistake := mistakes.Mistakes[0]; mistake.Name != test.mistaken || !strings.Contains(mistake.Text, test.text) {
				t.Errorf("%v: got %q, want a mistake in %s that says %q", test.variables, mistake, test.mistaken, test.text)
			}
		})
	}
}

func TestEveryFieldCanBeMistaken(t *testing.T) {
	t.Parallel()
	free := []string{"SECRET_KEY", "OTEL_SERVICE_NAME"} // any text will do
	for _, setting := range app.Defaults().Settings() {
		if slices.Contains(free, setting.Name) {
			continue
		}
		_, err := app.Load(map[string]string{setting.Name: "<nonsense>"})
		if err == nil || !strings.HasPrefix(err.Error(), setting.Name+": ") || !strings.Contains(err.Error(), "; allowed: ") {
			t.Errorf("%s=<nonsense>: got %v, want a mistake that says what is allowed", setting.Name, err)
		}
	}
}
