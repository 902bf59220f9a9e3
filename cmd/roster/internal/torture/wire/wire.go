// Package wire speaks HTTP over one connection that it keeps, and does nothing by
// itself: no request is ever sent twice, and what has no whole answer is an error.
// net/http's client repeats some requests when a connection breaks, so it could not
// tell which of them had an effect.
package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// Client is one connection, opened with the first request and again after each
// that failed. It is for one goroutine.
type Client struct {
	address    string
	limit      time.Duration
	connection net.Conn
	reader     *bufio.Reader
	request    []byte
	body       []byte
}

// NewClient returns a client of the server at address, host:port. A request with
// its answer may take as long as limit.
func NewClient(address string, limit time.Duration) *Client {
	return &Client{address: address, limit: limit}
}

// Answer is what the server said. Its body is valid until the next request.
type Answer struct {
	Status     int
	RetryAfter string // "" where there is none, as with ETag
	ETag       string
	Body       []byte
}

// Do sends a request and returns its answer. body is JSON; "" sends none. The
// headers are whole lines without their ends. An error means that no whole answer
// came: the request may have had its effect or not, now or later.
func (c *Client) Do(method, target, body string, headers ...string) (Answer, error) {
	answer, keep, err := c.exchange(method, target, body, headers)
	if err != nil || !keep {
		c.Close()
	}
	return answer, err
}

// Close drops the connection.
func (c *Client) Close() {
	if c.connection != nil {
		_ = c.connection.Close() // what was answered was read
		c.connection = nil
	}
}

func (c *Client) exchange(method, target, body string, headers []string) (answer Answer, keep bool, err error) {
	if err := c.connect(); err != nil {
		return Answer{}, false, err
	}
	c.compose(method, target, body, headers)
	if _, err := c.connection.Write(c.request); err != nil {
		return Answer{}, false, err
	}
	return c.read(method)
}

// connect opens the connection where it is not open, and limits how long it may be
// used.
func (c *Client) connect() (err error) {
	end := time.Now().Add(c.limit)
	if c.connection == nil {
		c.connection, err = net.DialTimeout("tcp", c.address, c.limit) //nolint:noctx // the limit ends it
		if err != nil {
			return err
		}
		c.reader = bufio.NewReaderSize(c.connection, 4<<10)
	}
	return c.connection.SetDeadline(end)
}

// compose writes the request into c.request.
func (c *Client) compose(method, target, body string, headers []string) {
	text := c.request[:0]
	text = append(text, method...)
	text = append(text, ' ')
	text = append(text, target...)
	text = append(text, " HTTP/1.1\r\nHost: "...)
	text = append(text, c.address...)
	for _, line := range headers {
		text = append(text, "\r\n"...)
		text = append(text, line...)
	}
	if body != "" {
		text = append(text, "\r\nContent-Type: application/json\r\nContent-Length: "...)
		text = strconv.AppendInt(text, int64(len(body)), 10)
	}
	text = append(text, "\r\n\r\n"...)
	text = append(text, body...)
	c.request = text
}

// read reads an answer that says how long it is, as all of roster's do.
func (c *Client) read(method string) (answer Answer, keep bool, err error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return Answer{}, false, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return Answer{}, false, fmt.Errorf("%q is no status line", line)
	}
	if answer.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return Answer{}, false, err
	}
	length, keep := -1, true
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return Answer{}, false, err
		}
		name, value, found := bytes.Cut(bytes.TrimSpace(line), []byte(":"))
		if !found {
			break
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return Answer{}, false, err
			}
		case bytes.EqualFold(name, []byte("Connection")):
			keep = !bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Retry-After")):
			answer.RetryAfter = string(value)
		case bytes.EqualFold(name, []byte("ETag")):
			answer.ETag = string(value)
		}
	}
	if answer.Status == 204 || answer.Status == 304 || method == "HEAD" {
		return answer, keep, nil
	}
	if length < 0 {
		return Answer{}, false, errors.New("the answer does not say how long it is")
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	answer.Body = c.body[:length]
	_, err = io.ReadFull(c.reader, answer.Body)
	return answer, keep, err
}

// Drop sends a request and hangs up without waiting for the answer.
func (c *Client) Drop(method, target, body string, headers ...string) error {
	defer c.Close()
	if err := c.connect(); err != nil {
		return err
	}
	c.compose(method, target, body, headers)
	_, err := c.connection.Write(c.request)
	return err
}
