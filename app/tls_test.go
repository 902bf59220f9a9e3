package app_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/app"
)

// identity is a certificate in files, with its key.
type identity struct{ certFile, keyFile string }

// newIdentity makes the files of a certificate for 127.0.0.1, by a name of its own.
func newIdentity(t *testing.T, name string) identity {
	t.Helper()
	folder := t.TempDir()
	i := identity{filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")}
	i.replace(t, name)
	return i
}

// replace puts another certificate in the place of the one in the files.
func (i identity) replace(t *testing.T, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(10, 0, 0), // also at the time of a bubble
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, i.certFile, "CERTIFICATE", certificate)
	writePEM(t, i.keyFile, "PRIVATE KEY", secret)
}

func writePEM(t *testing.T, file, kind string, content []byte) {
	t.Helper()
	writeFile(t, file, string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})))
}

func writeFile(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// variables are those by which a server has the identity.
func (i identity) variables() map[string]string {
	return map[string]string{"TLS_CERT_FILE": i.certFile, "TLS_KEY_FILE": i.keyFile}
}

// trusting is what a client of tests speaks TLS by: it looks at the certificate itself.
func trusting() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true} //nolint:gosec // see above
}

// secureClient returns a client of its own, for HTTP/2 or only HTTP/1.1.
func secureClient(t *testing.T, http2 bool) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: trusting(), ForceAttemptHTTP2: http2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// nameOf returns the name in the certificate that a new connection gets.
func nameOf(t *testing.T, url string) string {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.Split(url, "/")[2], trusting())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestServerSpeaksTLS(t *testing.T) {
	t.Parallel()
	server := start(t, newIdentity(t, "one").variables())
	if !strings.HasPrefix(server.url, "https://") {
		t.Errorf("got %s in the log, want https", server.url)
	}
	for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		response := getWith(t, secureClient(t, http2), server.url+"persons/")
		if response.StatusCode != http.StatusOK || response.Proto != protocol {
			t.Errorf("got %s over %s, want 200 over %s", response.Status, response.Proto, protocol)
		}
		if response.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("over %s: got %v, want a word of transport security", protocol, response.Header)
		}
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	server := start(t, newIdentity(t, "one").variables())
	for version, served := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		config := trusting()
		config.MinVersion, config.MaxVersion = version, version
		conn, err := tls.Dial("tcp", strings.Split(server.url, "/")[2], config)
		if err == nil {
			_ = conn.Close()
		}
		if (err == nil) != served {
			t.Errorf("%s: got %v, want served %v", tls.VersionName(version), err, served)
		}
	}
}

func TestCertificateThatCannotBeUsedEndsTheStart(t *testing.T) {
	t.Parallel()
	good, other := newIdentity(t, "one"), newIdentity(t, "other")
	for name, broken := range map[string]identity{
		"files that are missing": {"missing.pem", "missing.pem"},
		"the key of another one": {good.certFile, other.keyFile},
		"no PEM":                 {"tls_test.go", "tls_test.go"},
	} {
		a, err := app.New(t.Context(), load(t, broken.variables()), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "cannot use the certificate: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line that says so", name, err)
		}
	}
}

func TestCertificateIsReadAgainWhenItsFilesChange(t *testing.T) {
	t.Parallel()
	files := newIdentity(t, "one")
	server := start(t, files.variables())
	clients := []*http.Client{secureClient(t, false), secureClient(t, true)}
	check := func(want string) {
		t.Helper()
		waitUntil(t, "the certificate of "+want, func() bool { return nameOf(t, server.url) == want })
		for _, client := range clients {
			response := getWith(t, client, server.url+"persons/")
			if name := response.TLS.PeerCertificates[0].Subject.CommonName; response.StatusCode != http.StatusOK || name != "one" {
				t.Errorf("got %s over a connection to %q, want 200 over the one that was opened at first", response.Status, name)
			}
		}
	}
	check("one")
	files.replace(t, "two")
	check("two")
	server.readLog(t, "new certificate")

	// A certificate whose key has not come yet is told once, and not used.
	two, err := os.ReadFile(files.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	files.replace(t, "three")
	writeFile(t, files.keyFile, string(two))
	server.ReloadCertificate(t.Context())
	server.ReloadCertificate(t.Context())
	line, _ := server.readLog(t, "the new certificate cannot be used, the one before stays")
	if text := line["error"]; text == "" || strings.Contains(text.(string), string(two)) {
		t.Errorf("got the error %q, want what is wrong with the files", text)
	}
	check("two")

	files.replace(t, "four")
	server.ReloadCertificate(t.Context())
	if _, before := server.readLog(t, "new certificate"); strings.Contains(before, "cannot be used") {
		t.Errorf("the same files are told twice: %s", before)
	}
	check("four")
	if err := os.Remove(files.certFile); err != nil {
		t.Fatal(err)
	}
	check("four")
}

func TestAHandshakeThatStallsLosesItsConnection(t *testing.T) {
	t.Parallel()
	files := newIdentity(t, "one")
	for name, hello := range map[string]string{"never begins": "", "stops": "\x16\x03\x01\x02"} {
		t.Run("it "+name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, files.variables(), withCertificate, func(server *bubbled) {
				conn, began := server.dial(), time.Now()
				_, _ = io.WriteString(conn, hello)
				<-conn.closed
				if after := time.Since(began); after != 5*time.Second {
					server.Errorf("the connection was closed after %s, want 5s", after)
				}
			})
		})
	}
}

// withCertificate does what Run does before it serves.
func withCertificate(a *app.App) {
	if err := a.ReadCertificate(); err != nil {
		panic(err)
	}
}

// overHTTP2 returns a client that speaks HTTP/2 to a server in a bubble, and takes so
// many bytes of an answer before it is read.
func (b *bubbled) overHTTP2(window int) *http.Client {
	transport := &http.Transport{
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			config := trusting()
			config.NextProtos, config.ServerName = []string{"h2"}, "localhost"
			conn := tls.Client(b.dial(), config)
			return conn, conn.HandshakeContext(ctx)
		},
		ForceAttemptHTTP2: true,
		HTTP2:             &http.HTTP2Config{MaxReceiveBufferPerStream: window},
	}
	b.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestAStreamThatStallsIsEndedAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	files := newIdentity(t, "one")
	variables["TLS_CERT_FILE"], variables["TLS_KEY_FILE"] = files.certFile, files.keyFile
	inBubble(t, variables, func(a *app.App) { prepare(a); withCertificate(a) }, func(server *bubbled) {
		client, began := server.overHTTP2(16<<10), time.Now()

		// Of this answer the client takes 16 KiB, and then nothing for longer than it may.
		stalled, err := client.Get("https://localhost/api/v1/persons/")
		if err != nil {
			server.Fatal(err)
		}
		body, writer := io.Pipe()
		go func() { _, _ = io.WriteString(writer, `{"name":`) }() // and no more
		response, err := client.Post("https://localhost/api/v1/persons/", "application/json", body)
		if err != nil {
			server.Fatal(err)
		}
		_ = response.Body.Close()
		if after := time.Since(began); response.StatusCode != http.StatusRequestTimeout || after != 10*time.Second {
			server.Errorf("a body that stalls: got %s after %s, want 408 after 10s", response.Status, after)
		}
		time.Sleep(25 * time.Second)
		if _, err := io.Copy(io.Discard, stalled.Body); err == nil {
			server.Error("got all of an answer that nobody took for 35 s, want its stream ended")
		}
		_ = stalled.Body.Close()
		if response, err := client.Get("https://localhost/api/v1/persons/1/"); err != nil || response.StatusCode != http.StatusOK {
			server.Errorf("got %v and the error %v, want the other requests served", response, err)
		} else {
			_ = response.Body.Close()
		}
	})
}

// A connection may bring a hundred requests, but all together no more than there may be
// connections.
func TestARequestTooManyOverHTTP2IsAnsweredWith503(t *testing.T) {
	t.Parallel()
	variables := newIdentity(t, "one").variables()
	variables["MAX_CONNECTIONS"] = "2"
	inBubble(t, variables, withCertificate, func(server *bubbled) {
		client := server.overHTTP2(16 << 10)
		var held [2]*io.PipeWriter
		for i := range held {
			body, rest := io.Pipe()
			held[i] = rest
			server.clients.Go(func() {
				response, err := client.Post("https://localhost/api/v1/persons/", "application/json", body)
				if err != nil || response.StatusCode != http.StatusCreated {
					server.Errorf("a request of before: got %v and the error %v, want 201", response, err)
					return
				}
				_ = response.Body.Close()
			})
			_, _ = io.WriteString(rest, annBody[:5])
		}
		time.Sleep(time.Second)
		response, err := client.Get("https://localhost/api/v1/persons/")
		if err != nil {
			server.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") != "1" ||
			response.Header.Get("X-Content-Type-Options") != "nosniff" || response.Header.Get("X-Request-Id") == "" || !strings.HasSuffix(string(body), "}") {
			server.Errorf("got %s, %v and %s, want 503 in JSON with Retry-After and the headers of every answer", response.Status, response.Header, body)
		}
		for _, rest := range held {
			_, _ = io.WriteString(rest, annBody[5:])
			_ = rest.Close()
		}
		server.clients.Wait()
		if response, err = client.Get("https://localhost/api/v1/persons/"); err != nil || response.StatusCode != http.StatusOK {
			server.Fatalf("when they are gone: got %v and the error %v, want 200", response, err)
		}
		_ = response.Body.Close()
	})
}

func TestAStreamThatIsTakenSlowlyIsServed(t *testing.T) {
	t.Parallel()
	variables, prepare := manyPersons(t)
	files := newIdentity(t, "one")
	variables["TLS_CERT_FILE"], variables["TLS_KEY_FILE"] = files.certFile, files.keyFile
	inBubble(t, variables, func(a *app.App) { prepare(a); withCertificate(a) }, func(server *bubbled) {
		response, err := server.overHTTP2(16 << 10).Get("https://localhost/api/v1/persons/")
		if err != nil {
			server.Fatal(err)
		}
		defer response.Body.Close()
		var length int64
		for err == nil {
			var n int64
			time.Sleep(20 * time.Second)
			n, err = io.CopyN(io.Discard, response.Body, 12<<10)
			length += n
		}
		if !errors.Is(err, io.EOF) || length < 60<<10 {
			server.Errorf("got %d bytes and the error %v, want all of the page", length, err)
		}
	})
}
