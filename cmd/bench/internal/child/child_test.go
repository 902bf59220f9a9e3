package child_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/child"
)

// The test's program is a child of itself, as bench is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case child.BareCommand:
			end(child.ServeBare(context.Background(), os.Args[2], os.Stdin, os.Stdout))
		case "echo":
			_, err := io.Copy(os.Stdout, os.Stdin)
			end(err)
		case "fail":
			end(errors.New("as asked"))
		case "parent": // starts a server and is killed
			server, err := child.StartServer(context.Background(), child.ServerConfig{
				Binary: os.Args[0], Folder: os.Args[2], Database: "db.sqlite3", Log: filepath.Join(os.Args[2], "log"), Env: []string{"SERVES=1"},
			})
			if err != nil {
				end(err)
			}
			fmt.Println(server.Address)
			select {}
		case "serve": // what a roster does that does not start, or one that does
			if os.Getenv("SERVES") != "" {
				in, _ := io.Pipe() // never ends
				end(child.ServeBare(context.Background(), "", in, servingLog{}))
			}
			fmt.Fprintln(os.Stderr, "cannot listen")
			end(errors.New("as asked"))
		}
	}
	os.Exit(m.Run())
}

// servingLog writes an address to the output as a roster logs it.
type servingLog struct{}

func (servingLog) Write(address []byte) (int, error) {
	fmt.Printf(`{"msg":"serving","url":"http://%s/"}`+"\n", bytes.TrimSpace(address))
	return len(address), nil
}

func end(err error) {
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBareServerAnswersWithTheBodyUntilItIsStopped(t *testing.T) {
	t.Parallel()
	bare, err := child.StartBare(t.Context(), `{"id":1}`)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get("http://" + bare.Address + "/any/path")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != `{"id":1}` || response.StatusCode != http.StatusOK {
		t.Errorf("got %s with %s and the error %v, want the body", body, response.Status, err)
	}
	if got := response.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("got the type %q, want application/json", got)
	}
	if err := bare.Stop(); err != nil {
		t.Errorf("Stop: got %v, want no error", err)
	}
	if response, err := http.Get("http://" + bare.Address); err == nil {
		t.Errorf("got %s after Stop, want no answer", response.Status)
	}
}

func TestProgramEndsWithItsInput(t *testing.T) {
	t.Parallel()
	program, err := child.StartProgram(t.Context(), self(t), "echo")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(program.In, "hello")
	got := make([]byte, 5)
	if _, err := io.ReadFull(program.Out, got); err != nil || string(got) != "hello" {
		t.Errorf("got %s and the error %v, want what was written", got, err)
	}
	if err := program.Stop(); err != nil {
		t.Errorf("Stop: got %v, want no error", err)
	}
}

func TestProgramEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	program, err := child.StartProgram(ctx, self(t), "echo")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if rest, err := io.ReadAll(program.Out); err != nil || len(rest) > 0 {
		t.Errorf("got %s and the error %v, want the end of the output", rest, err)
	}
	_ = program.Stop() // that it was interrupted may count as its error
}

func TestProgramThatEndedByItselfIsAnError(t *testing.T) {
	t.Parallel()
	program, err := child.StartProgram(t.Context(), self(t), "fail")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(program.Out) // until it has ended
	if err := program.Stop(); err == nil {
		t.Error("Stop: got no error, want one: nobody asked it to end")
	}
}

func TestProgramThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := child.StartProgram(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("got no error, want one")
	}
}

func TestServerThatDoesNotStartShowsItsLog(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := child.StartServer(t.Context(), child.ServerConfig{
		Binary: self(t), Folder: folder, Database: "db.sqlite3", Log: filepath.Join(folder, "log"),
	})
	if err == nil || !strings.Contains(err.Error(), "cannot listen") {
		t.Errorf("got the error %v, want one with the log", err)
	}
}

func TestServerDoesNotOutliveAKilledParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child that its parent was killed")
	}
	parent := exec.CommandContext(t.Context(), self(t), "parent", t.TempDir())
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	address := strings.TrimSpace(line)
	if err != nil || !answers(t, address) {
		t.Errorf("got the address %q and the error %v, want that of a server", address, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	for deadline := time.Now().Add(10 * time.Second); answers(t, address); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server still answers, want one that ended")
		}
	}
}

// answers tells whether somebody listens.
func answers(t *testing.T, address string) bool {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

func TestAddressIsReadFromTheLog(t *testing.T) {
	t.Parallel()
	const before = `{"level":"INFO","msg":"migrated","version":1}` + "\n"
	const serving = `{"level":"INFO","msg":"serving","url":"http://127.0.0.1:34567/api/v1/","database":"sqlite:///x"}` + "\n"
	for name, test := range map[string]struct {
		log, want string
	}{
		"nothing is said yet":            {"", ""},
		"it is not said yet":             {before, ""},
		"it is said":                     {before + serving, "127.0.0.1:34567"},
		"more is said":                   {before + serving + before, "127.0.0.1:34567"},
		"half of the line is there":      {before + serving[:60], ""},
		"a line is no JSON":              {"panic: oh\n" + serving, "127.0.0.1:34567"},
		"somebody else has an url":       {`{"msg":"fetched","url":"http://127.0.0.1:1/"}` + "\n", ""},
		"the url has no host and no end": {`{"msg":"serving","url":"::"}`, ""},
	} {
		if got, ok := child.ServingAddress([]byte(test.log)); got != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %q and %v, want %q", name, got, ok, test.want)
		}
	}
}

func TestMemoryIsReadFromTheStatus(t *testing.T) {
	t.Parallel()
	const status = "Name:\troster\nVmPeak:\t  999999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\nRssAnon:\t    1 kB\n"
	got, err := child.ParseStatus(status)
	if want := (child.Memory{Resident: 10 << 20, Peak: 20 << 20}); got != want || err != nil {
		t.Errorf("got %+v and the error %v, want %+v", got, err, want)
	}
	for name, broken := range map[string]string{
		"it lacks a line":         "VmRSS:\t1 kB\n",
		"a line has no number":    "VmRSS:\tmany kB\nVmHWM:\t1 kB\n",
		"a line has another unit": "VmRSS:\t1 MB\nVmHWM:\t1 kB\n",
		"it is empty":             "",
	} {
		if got, err := child.ParseStatus(broken); err == nil {
			t.Errorf("%s: got %+v, want an error: 0 would look like a measurement", name, got)
		}
	}
}

func TestMemoryIsMeasuredOrSaidNotToBe(t *testing.T) {
	t.Parallel()
	program, err := child.StartProgram(t.Context(), self(t), "echo")
	if err != nil {
		t.Fatal(err)
	}
	defer program.Stop()
	time.Sleep(50 * time.Millisecond) // so that it is more than a fork
	got, err := program.Memory()
	if runtime.GOOS != "linux" {
		if !errors.Is(err, child.ErrNotMeasured) {
			t.Errorf("got %+v and the error %v, want %v", got, err, child.ErrNotMeasured)
		}
		return
	}
	if err != nil || got.Resident < 1<<20 || got.Peak < got.Resident {
		t.Errorf("got %+v and the error %v, want more than a MiB and a peak above", got, err)
	}
}
