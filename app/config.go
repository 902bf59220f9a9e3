package app

import (
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// Config is everything that can be set, checked. It comes from Load; Defaults
// says what holds where nothing is given.
//
// The tags: env is the name of the variable (envPrefix comes before the names
// within), allowed says what it may be, for whoever made a mistake.
type Config struct {
	// Host is the address to listen on, without the port.
	Host string `env:"HOST" allowed:"a host name or an IP address, without scheme and port"`
	// Port is the TCP port to listen on; 0 takes any free one.
	Port int `env:"PORT" allowed:"0 to 65535, where 0 is any free port"`
	// Database is where persons are kept.
	Database Database `env:"DATABASE_URL" allowed:"sqlite:///relative/path, sqlite:////absolute/path, sqlite://:memory:, memory: or postgresql://user@host/name"`
	// SQLiteSynchronous says whether a commit of SQLite waits for the disk.
	SQLiteSynchronous sqlitestore.Synchronous `env:"SQLITE_SYNCHRONOUS" allowed:"FULL or NORMAL"`
	// SQLiteQueue is how many writes may wait for SQLite; one more is refused.
	SQLiteQueue int `env:"SQLITE_QUEUE" allowed:"1 to 1000000"`
	// PostgresConnections is how many connections to PostgreSQL are open at once.
	PostgresConnections int `env:"POSTGRES_CONNECTIONS" allowed:"1 to 1000"`
	// SecretKey signs the messages that a page of the admin leaves for the next one. Not
	// set, New makes up another one at each start.
	SecretKey Secret `env:"SECRET_KEY"`
	// Debug is for development only.
	Debug bool `env:"DEBUG" allowed:"True or False"`
	// AllowedHosts are the values of the Host header that are served, by the rules
	// of Django's ALLOWED_HOSTS. None serves no host at all.
	AllowedHosts []string `env:"ALLOWED_HOSTS" allowed:"names such as example.com, .example.com, [::1] or *, without scheme and port"`
	// CORSAllowedOrigins are the origins whose pages may read answers.
	CORSAllowedOrigins []string `env:"CORS_ALLOWED_ORIGINS" allowed:"origins such as https://example.com or http://localhost:3000, in lower case, without a path"`
	// TrustedProxies are the proxies whose X-Forwarded headers are believed.
	TrustedProxies []string `env:"TRUSTED_PROXIES" allowed:"addresses and ranges such as 10.0.0.0/8, 192.0.2.7 or ::1"`

	// RequireAuth has the API ask for tokens.
	RequireAuth bool `env:"REQUIRE_AUTH" allowed:"True or False"`

	// RateLimit is what one client may take; the zero Rate is no limit.
	RateLimit domain.Rate `env:"RATE_LIMIT" allowed:"a number of requests in a time, such as 600/1m: 1 to 1000000000 in whole seconds up to 24h"`
	// RateLimitStore is where it is counted.
	RateLimitStore RateLimitStore `env:"RATE_LIMIT_STORE" allowed:"memory or database"`

	// TLSCertFile and TLSKeyFile hold the certificate with its chain and its key, as
	// PEM. With both the server speaks TLS; changed files are read anew.
	TLSCertFile string `env:"TLS_CERT_FILE" allowed:"a file with a certificate in PEM, together with TLS_KEY_FILE"`
	TLSKeyFile  string `env:"TLS_KEY_FILE" allowed:"a file with a key in PEM, together with TLS_CERT_FILE"`

	// MaxConnections is how many connections are open at once, and how many requests are
	// being served over HTTP/2; one more is refused.
	MaxConnections int `env:"MAX_CONNECTIONS" allowed:"1 to 1000000"`
	// MaxHeaderBytes is the greatest size of a request's headers.
	MaxHeaderBytes ByteSize `env:"MAX_HEADER_BYTES" allowed:"a number of bytes such as 16384 or 16KiB, from 8KiB to 1MiB"`
	// MaxTargetBytes is how long the path and query of a request may be.
	MaxTargetBytes ByteSize `env:"MAX_TARGET_BYTES" allowed:"a number of bytes such as 8192 or 8KiB, from 1KiB to 1MiB"`
	// MaxBodyBytes is the greatest size of a request's body.
	MaxBodyBytes ByteSize `env:"MAX_BODY_BYTES" allowed:"a number of bytes such as 1048576 or 1MiB, from 1KiB to 1GiB"`
	// MaxUploadBytes is the greatest size of a text that becomes a job, unpacked.
	MaxUploadBytes ByteSize `env:"MAX_UPLOAD_BYTES" allowed:"a number of bytes such as 1048576, 512MiB or 1GiB, from 1KiB to 1024GiB"`
	// MaxJSONDepth is how deep the arrays and objects of a body may nest.
	MaxJSONDepth int `env:"MAX_JSON_DEPTH" allowed:"2 to 10000"`

	// HeaderTimeout is how long the headers of a request may take.
	HeaderTimeout time.Duration `env:"HEADER_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// BodyStallTimeout is how long nothing of a body may come, BodyTimeout how long
	// all of it may take, or each 64 KiB of one that becomes a job.
	BodyStallTimeout time.Duration `env:"BODY_STALL_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	BodyTimeout      time.Duration `env:"BODY_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// AnswerTimeout is how long a request may take roster itself, with what it waits for,
	// where it does not take long by its nature.
	AnswerTimeout time.Duration `env:"ANSWER_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// WriteTimeout is how long a client may take nothing of an answer.
	WriteTimeout time.Duration `env:"WRITE_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// IdleTimeout is how long a connection is kept that brings no request.
	IdleTimeout time.Duration `env:"IDLE_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// ShutdownTimeout is how long a stop may take. DrainDelay is how long, from its
	// beginning, new connections are still accepted.
	ShutdownTimeout time.Duration `env:"SHUTDOWN_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	DrainDelay      time.Duration `env:"DRAIN_DELAY" allowed:"a duration with its unit, such as 1s or 500ms, shorter than SHUTDOWN_TIMEOUT"`

	// PprofAddr is the address on which profiles are served; "" serves none.
	PprofAddr string `env:"PPROF_ADDR" allowed:"an address such as 127.0.0.1:6060, or empty for none"`

	// LogLevel is the least level that is logged.
	LogLevel LogLevel `env:"LOG_LEVEL" allowed:"DEBUG, INFO, WARNING, ERROR or CRITICAL"`
	// LogFormat is how a line of the log looks.
	LogFormat LogFormat `env:"LOG_FORMAT" allowed:"auto, text or json"`

	// PageSize is how many persons a full page of the list holds.
	PageSize int `env:"PAGE_SIZE" allowed:"1 to 10000"`
	// BulkMax is how many persons one bulk may create.
	BulkMax int `env:"BULK_MAX" allowed:"1 to 1000000"`

	// FetchURLs are the documents that fetch_data gets.
	FetchURLs []string `env:"FETCH_URLS" allowed:"absolute http and https URLs without user and password"`
	// FetchTimeout is how long one document may take, all in all.
	FetchTimeout time.Duration `env:"FETCH_TIMEOUT" allowed:"a duration with its unit, such as 10s or 500ms, greater than 0"`
	// FetchMaxBytes is how large one document may be.
	FetchMaxBytes ByteSize `env:"FETCH_MAX_BYTES" allowed:"a number of bytes such as 1048576, 512KiB or 1MiB, from 1 to 1GiB"`
	// FetchHostConnections is how many connections one host gets at once.
	FetchHostConnections int `env:"FETCH_HOST_CONNECTIONS" allowed:"1 to 10000"`
	// FetchAllowPrivate lets documents come from addresses that are no part of the
	// public internet.
	FetchAllowPrivate bool `env:"FETCH_ALLOW_PRIVATE" allowed:"True or False"`
	// FetchRetries is how often a fetch is tried again that may go well then.
	FetchRetries int `env:"FETCH_RETRIES" allowed:"0 to 10"`
	// FetchBreakerFailures is how many fetches in a row must fail before their
	// upstream is left alone for FetchBreakerPause; 0 is never.
	FetchBreakerFailures int           `env:"FETCH_BREAKER_FAILURES" allowed:"3 to 1000, or 0 for never"`
	FetchBreakerPause    time.Duration `env:"FETCH_BREAKER_PAUSE" allowed:"a duration with its unit, such as 5s, greater than 0"`

	// JobWorkers is how many chunks of jobs a server works at at once; 0 leaves them
	// to others.
	JobWorkers int `env:"JOB_WORKERS" allowed:"0 to 100"`

	// Work bounds the calls about single persons and pages, Bulk those that create
	// many, over all strategies and clients.
	Work Lane `envPrefix:"WORK_"`
	Bulk Lane `envPrefix:"BULK_"`

	// How the use cases are run that hand their work to an executor.
	Check           Strategy `envPrefix:"CHECK_"`
	CreateBulk      Strategy `envPrefix:"CREATE_BULK_"`
	AsyncCreateBulk Strategy `envPrefix:"ASYNC_CREATE_BULK_"`
	Fetch           Strategy `envPrefix:"FETCH_"`

	// SlowQuery is how long a query takes that the log warns of; 0 is none.
	SlowQuery time.Duration `env:"SLOW_QUERY" allowed:"a duration with its unit, such as 1s or 200ms, or 0 for none"`
	// Tracing says whether requests are traced by OpenTelemetry, and where to.
	Tracing Tracing `envPrefix:"OTEL_"`

	// AutoMigrate brings the schema up to date at start. Where it is off, New
	// refuses a schema that is not.
	AutoMigrate bool `env:"AUTO_MIGRATE" allowed:"True or False"`
}

// Bounds that keep one mistyped digit from taking all memory.
const (
	maxPageSize        = 10_000
	maxBulk            = 1_000_000
	maxFetchBytes      = 1 << 30
	maxHostConnections = 10_000
	maxWorkers         = 10_000
	maxQueue           = 1_000_000
	maxJobWorkers      = 100
	maxConnections     = 1_000_000
	leastHeaderBytes   = 8 << 10
	leastTargetBytes   = 1 << 10
	maxHeaderBytes     = 1 << 20 // and of the path and query, which are among them
	leastBodyBytes     = 1 << 10
	maxBodyBytes       = 1 << 30
	maxUploadBytes     = 1 << 40
	leastJSONDepth     = 2
	maxJSONDepth       = 10_000 // encoding/json goes no deeper
)

const defaultBulkMax = 10_000

// Defaults returns the configuration that holds where nothing is given.
func Defaults() Config {
	return Config{
		Host:                "127.0.0.1",
		Port:                8000,
		Database:            Database{sqlite: true, path: "db.sqlite3"},
		SQLiteSynchronous:   sqlitestore.SynchronousFull,
		SQLiteQueue:         1024,
		PostgresConnections: 16,
		AllowedHosts:        []string{"localhost", "127.0.0.1", "[::1]"},
		CORSAllowedOrigins:  []string{"http://localhost:3000", "http://localhost:8000"},
		TrustedProxies:      []string{},
		RateLimitStore:      RateLimitMemory,

		MaxConnections:   4096,
		MaxHeaderBytes:   16 << 10,
		MaxTargetBytes:   8 << 10,
		MaxBodyBytes:     1 << 20,
		MaxUploadBytes:   1 << 30,
		MaxJSONDepth:     32,
		HeaderTimeout:    5 * time.Second,
		BodyStallTimeout: 10 * time.Second,
		BodyTimeout:      30 * time.Second,
		AnswerTimeout:    30 * time.Second,
		WriteTimeout:     30 * time.Second,
		IdleTimeout:      time.Minute,
		// Less than the 30 s after which an orchestrator kills.
		ShutdownTimeout: 25 * time.Second,
		// As long as a balancer needs to see that /readyz says no.
		DrainDelay: time.Second,

		LogLevel:  LogLevelInfo,
		LogFormat: LogFormatAuto,
		PageSize:  100,
		BulkMax:   defaultBulkMax,
		FetchURLs: []string{
			"https://jsonplaceholder.typicode.com/todos/1",
			"https://jsonplaceholder.typicode.com/todos/2",
			"https://jsonplaceholder.typicode.com/todos/3",
			"https://jsonplaceholder.typicode.com/todos/4",
			"https://jsonplaceholder.typicode.com/todos/5",
		},
		FetchTimeout:  10 * time.Second,
		FetchMaxBytes: 1 << 20,
		// As many as Fetch has workers, so that they never wait for one another.
		FetchHostConnections: 64,
		FetchRetries:         2,
		FetchBreakerFailures: 5,
		FetchBreakerPause:    5 * time.Second,

		// SQLite has one writer: a second worker reads its rows meanwhile.
		JobWorkers: 2,

		// Writes that wait together share a commit, so that many may go on; bulks hold
		// their persons while they do.
		Work: Lane{Limit: 512, Queue: 2048},
		Bulk: Lane{Limit: 4, Queue: 64},

		// As many as Work lets in. Each waits its turn for a connection that reads among
		// all who read: with fewer, a crowd of others would leave this one few turns.
		Check: Strategy{Name: Pooled, Workers: 512, Queue: 2048},
		// SQLite has one writer: a second worker prepares its rows meanwhile, a third
		// would only wait.
		CreateBulk: Strategy{Name: Pooled, Workers: 2, Queue: 64},
		// One bulk after the other, like a writer thread. A batch is what is saved
		// together, so it is no smaller than a bulk may be.
		AsyncCreateBulk: Strategy{Name: Batched, Workers: 1, Batch: defaultBulkMax, Queue: 64},
		// Waiting for other servers costs no processor: many at once.
		Fetch: Strategy{Name: PerItem, Workers: 64, Batch: 1, Queue: 64},

		// No query is watched: to do so takes two looks at the clock, which the smallest requests notice.
		Tracing: Tracing{Protocol: protocolOTLP, Sampler: defaultSampler},

		AutoMigrate: true,
	}
}
