package httpclient

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
)

// Config is what may be left out.
type Config struct {
	// Token is sent as Authorization: Bearer, to the host of the base URL and to nobody else;
	// "" sends none.
	Token string
	// UserAgent is what the client calls itself; "" is roster-httpclient.
	UserAgent string
	// Timeout is how long one attempt may wait for an answer, and how long a stream (events, an
	// export, refusals) may be silent; 0 is 30 s. How long a call may take in all its ctx says.
	Timeout time.Duration
	// Retries is how often a call is tried again that may be; 0 is 3, and a negative number none.
	Retries int
	// MaxAnswerBytes is the greatest answer that is taken into memory; 0 is 32 MiB. A longer one is
	// domain.CodeTooLarge. Streams have no end, but each event and each row is at most 64 KiB.
	MaxAnswerBytes int64
	// BulkMax is what BulkCreate.CheckCount takes for the greatest bulk, since the API does not
	// tell it: the server's BULK_MAX; 0 is that one's default, 10,000. The server has the last word.
	BulkMax int
	// Transport sends requests; nil is one of the client's own, as http.DefaultTransport is (with the
	// proxies of the environment), which keeps up to 64 connections to the server.
	Transport http.RoundTripper
}

const (
	defaultUserAgent      = "roster-httpclient"
	defaultTimeout        = 30 * time.Second
	defaultRetries        = 3
	defaultMaxAnswerBytes = 32 << 20
	defaultBulkMax        = 10_000
	keptConnections       = 64
)

// Client is a roster server as its callers see the use cases. It is safe for concurrent use.
type Client struct {
	Registry   *Registry
	CreateBulk *BulkCreate
	// AsyncCreateBulk is CreateBulk by another strategy of the server; its Create is the same.
	AsyncCreateBulk *BulkCreate
	Check           *Check
	Fetch           *Fetch
	Jobs            *Jobs
	Export          *Export

	connection *connection
	own        *http.Transport // nil where the caller has brought one
}

// New returns the client of the server whose API stands below baseURL, such as "https://roster.example"
// or "https://example.com/behind/a/prefix". It asks nothing yet. The error is domain.CodeInvalid for what is no
// such URL, one with a password, a query or a fragment, and for a negative number in config.
func New(baseURL string, config Config) (*Client, error) {
	base, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	if config.Timeout < 0 || config.MaxAnswerBytes < 0 || config.BulkMax < 0 {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a number of the client's configuration is negative"}
	}
	if strings.ContainsAny(config.Token+config.UserAgent, "\r\n\x00") {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "a token or a user agent is one line of text"}
	}
	config.setDefaults()
	client := &Client{}
	if config.Transport == nil {
		client.own = newTransport()
		config.Transport = client.own
	}
	c := newConnection(base, config)
	client.connection = c
	client.Registry = &Registry{connection: c}
	client.CreateBulk = &BulkCreate{connection: c, path: createBulkPath, limit: config.BulkMax}
	client.AsyncCreateBulk = &BulkCreate{connection: c, path: asyncCreateBulkPath, limit: config.BulkMax}
	client.Check = &Check{connection: c}
	client.Fetch = &Fetch{connection: c}
	client.Jobs = &Jobs{connection: c}
	client.Export = &Export{connection: c}
	return client, nil
}

// Close lets go of the connections that wait for another call. Calls that are under way go on, and
// the client may be used again. It never fails.
func (c *Client) Close() error {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
	return nil
}

func (c *Config) setDefaults() {
	if c.UserAgent == "" {
		c.UserAgent = defaultUserAgent
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Retries == 0 {
		c.Retries = defaultRetries
	}
	if c.MaxAnswerBytes == 0 {
		c.MaxAnswerBytes = defaultMaxAnswerBytes
	}
	if c.BulkMax == 0 {
		c.BulkMax = defaultBulkMax
	}
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, &domain.Error{Code: domain.CodeInvalid, Message: "the base URL of a server is like https://roster.example: scheme, host, perhaps a port and a path"}
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = strings.TrimRight(base.RawPath, "/")
	return base, nil
}

func newTransport() *http.Transport {
	transport, isTransport := http.DefaultTransport.(*http.Transport)
	if !isTransport { // somebody has put another one there
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: 90 * time.Second}
	}
	transport = transport.Clone()
	transport.MaxIdleConnsPerHost = keptConnections
	return transport
}

// String returns where the server is, for logs; it holds no token.
func (c *Client) String() string { return fmt.Sprintf("roster at %s", c.connection.base) }
