package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"roster": main})
}

// The scripts in testdata run the program itself, signals included.
//
//   - freeport NAME sets a variable to a port that nobody listens on.
//   - get URL waits until a server answers there with 200, and prints the body.
//   - terminate sends SIGTERM to the programs in the background.
//   - kill-stopping sends them more of it until they have ended.
//   - hold PATH sends the server at PORT a request, and returns once the server waits
//     for the document at HELD, which never comes.
//   - listening waits until somebody listens at PORT.
//   - certificate CERT KEY writes a certificate and its key into files.
//   - hangup sends SIGHUP to the programs in the background.
//   - refused waits until nobody listens at PORT any more.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command ends a second late under the race detector
			held, arrived := newHeld(env)
			env.Setenv("HELD", held)
			env.Values["arrived"] = arrived
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"freeport":      freePort,
			"get":           get,
			"terminate":     terminate,
			"kill-stopping": killStopping,
			"hold":          hold,
			"refused":       refused,
			"listening":     listening,
			"certificate":   writeCertificate,
			"hangup":        hangUp,
		},
	})
}

const (
	soon  = 20 * time.Second // far longer than anything takes that a script waits for
	pause = 10 * time.Millisecond
)

func freePort(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}

func get(ts *testscript.TestScript, _ bool, args []string) {
	var last error
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(pause) {
		body, err := fetch(args[0])
		if err == nil {
			_, err = io.WriteString(ts.Stdout(), body)
			ts.Check(err)
			return
		}
		last = err
	}
	ts.Fatalf("%s: %v", args[0], last)
}

func fetch(url string) (string, error) {
	response, err := http.Get(url)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %s", response.Status)
	}
	return string(body), err
}

func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(syscall.SIGTERM))
	}
}

func killStopping(ts *testscript.TestScript, _ bool, _ []string) {
	for _, command := range ts.BackgroundCmds() {
		for end := time.Now().Add(soon); command.Process.Signal(syscall.SIGTERM) == nil; time.Sleep(pause) {
			if time.Now().After(end) {
				ts.Fatalf("%s has not ended", command)
			}
		}
	}
}

// newHeld returns the URL of a document that never comes, and where each request
// for it is told.
func newHeld(env *testscript.Env) (url string, arrived chan struct{}) {
	arrived = make(chan struct{}, 10)
	upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	env.Defer(upstream.Close)
	return upstream.URL, arrived
}

func hold(ts *testscript.TestScript, _ bool, args []string) {
	url := "http://127.0.0.1:" + ts.Getenv("PORT") + args[0]
	answered := make(chan error, 1)
	go func() {
		_, err := fetch(url)
		answered <- err
	}()
	select {
	case <-ts.Value("arrived").(chan struct{}):
	case err := <-answered:
		ts.Fatalf("%s was answered (error %v), want it held", url, err)
	case <-time.After(soon):
		ts.Fatalf("%s asks for no document", url)
	}
}

func refused(ts *testscript.TestScript, _ bool, _ []string) {
	address := "127.0.0.1:" + ts.Getenv("PORT")
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(pause) {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		ts.Check(connection.Close())
	}
	ts.Fatalf("%s still accepts connections", address)
}

func listening(ts *testscript.TestScript, _ bool, _ []string) {
	for end := time.Now().Add(soon); time.Now().Before(end); time.Sleep(pause) {
		if connection, err := net.Dial("tcp", "127.0.0.1:"+ts.Getenv("PORT")); err == nil {
			ts.Check(connection.Close())
			return
		}
	}
	ts.Fatalf("nobody listens at %s", ts.Getenv("PORT"))
}

func writeCertificate(ts *testscript.TestScript, _ bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for i, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: certificate}, {Type: "PRIVATE KEY", Bytes: secret}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[i]), pem.EncodeToMemory(block), 0o600))
	}
}

func hangUp(ts *testscript.TestScript, _ bool, _ []string) {
	for _, command := range ts.BackgroundCmds() {
		ts.Check(command.Process.Signal(syscall.SIGHUP))
	}
}
