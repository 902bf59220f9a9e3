// Package load sends requests to a server as fast as it answers, and looks at
// every answer. Its client is fasthttp's, because net/http's would take more of
// the processor than the server that it measures.
package load

import (
	"context"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/repeat"
)

// patience is how long an answer may take before it counts as none.
const patience = 30 * time.Second

// maxConnections is more than any measurement opens.
const maxConnections = 1024

// Exchange is a kind of request, and what is right as its answer. It is used by
// many callers at once.
type Exchange interface {
	// Ask writes the request of a number. The request holds what was asked
	// before, or nothing.
	Ask(request *fasthttp.Request, number int)
	// Check returns what is wrong with the answer to the request of a number.
	Check(answer *fasthttp.Response, number int) error
}

// Client sends requests to one server over connections that it keeps.
type Client struct {
	host fasthttp.HostClient
}

// NewClient returns a client for the server at an address, host:port.
func NewClient(address string) *Client {
	return &Client{host: fasthttp.HostClient{
		Addr:         address,
		MaxConns:     maxConnections,
		ReadTimeout:  patience,
		WriteTimeout: patience,
	}}
}

// Close closes the connections.
func (c *Client) Close() { c.host.CloseIdleConnections() }

// During repeats an exchange over a number of connections until the time is
// over. A wrong answer ends it and is an error.
func (c *Client) During(ctx context.Context, slice time.Duration, connections int, exchange Exchange) (repeat.Result, error) {
	return repeat.During(ctx, slice, connections, func() repeat.Step { return c.step(exchange) })
}

// Once does an exchange once and returns how long the whole of it took, to the last
// byte of the answer.
func (c *Client) Once(exchange Exchange, number int) (time.Duration, error) {
	step := c.step(exchange)
	begin := time.Now()
	err := step(number)
	return time.Since(begin), err
}

// Body returns the body of the right answer to the request of a number.
func (c *Client) Body(exchange Exchange, number int) ([]byte, error) {
	var request fasthttp.Request
	var answer fasthttp.Response
	err := c.do(exchange, number, &request, &answer)
	return answer.Body(), err
}

// step returns an exchange as a step with a request and an answer of its own,
// which it uses again and again.
func (c *Client) step(exchange Exchange) repeat.Step {
	var request fasthttp.Request
	var answer fasthttp.Response
	return func(number int) error { return c.do(exchange, number, &request, &answer) }
}

func (c *Client) do(exchange Exchange, number int, request *fasthttp.Request, answer *fasthttp.Response) error {
	exchange.Ask(request, number)
	request.Header.SetHost(c.host.Addr)
	if err := c.host.Do(request, answer); err != nil {
		return fmt.Errorf("%s %s: %w", request.Header.Method(), request.RequestURI(), err)
	}
	if err := exchange.Check(answer, number); err != nil {
		return fmt.Errorf("%s %s: %w", request.Header.Method(), request.RequestURI(), err)
	}
	return nil
}
