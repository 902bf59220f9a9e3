package riverjobs_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/riverjobs"
	"github.com/seed-bbcc19ba/roster/domain"
)

// sharedQueue is the environment variable that tells a child process which queue to serve.
const sharedQueue = "ROSTER_SHARED_QUEUE"

// openAt opens the queue at a URL of PostgreSQL or in a file.
func openAt(tb testing.TB, where string, config riverjobs.Config) *riverjobs.Queue {
	tb.Helper()
	open := riverjobs.OpenSQLite
	if strings.HasPrefix(where, "postgresql:") {
		open = riverjobs.OpenPostgres
	}
	queue, err := open(tb.Context(), where, config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := queue.Close(); err != nil {
			tb.Error(err)
		}
	})
	return queue
}

func TestProcessesServeOneFileAndOneOfThemIsKilled(t *testing.T) {
	t.Parallel()
	where := os.Getenv(sharedQueue)
	if where != "" {
		serveAsChild(t, where)
		return
	}
	killOneOfThree(t, filepath.Join(t.TempDir(), "jobs"))
}

func TestProcessesServeOneDatabaseAndOneOfThemIsKilled(t *testing.T) {
	t.Parallel()
	where := os.Getenv(sharedQueue)
	if where != "" {
		serveAsChild(t, where)
		return
	}
	killOneOfThree(t, server.EmptyURL(t))
}

// workOfChild is how long a child has each task in hand.
const workOfChild = 5 * time.Millisecond

// serveAsChild serves the queue until nobody writes to it any more, and says what it does.
func serveAsChild(t *testing.T, where string) {
	t.Helper()
	queue := openAt(t, where, migrating)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	fmt.Println("ready")
	if err := queue.Serve(ctx, 2, announcer{}); err != nil {
		t.Errorf("Serve: got %v, want nil", err)
	}
}

// announcer says which tasks it has done.
type announcer struct{}

func (announcer) Work(_ context.Context, task domain.JobTask) error {
	time.Sleep(workOfChild)
	fmt.Println("done", task.Chunk)
	return nil
}

func (announcer) GiveUp(context.Context, domain.JobTask, error) error { return nil }

// killOneOfThree starts three processes at once, which make the queue, and kills the
// first when it has begun to work.
func killOneOfThree(t *testing.T, where string) {
	t.Helper()
	const processes, number = 3, 400
	log := &doneLog{done: map[int]int{}}
	var children []*child
	for range processes {
		children = append(children, startChild(t, where, log))
	}
	waitFor(t, "all processes to be ready", func() bool { return log.readyCount() == processes })
	queue := openAt(t, where, riverjobs.Config{})
	tasks := make([]domain.JobTask, number)
	for i := range tasks {
		tasks[i] = domain.JobTask{Job: "01890a5d-ac96-774b-bcce-b302099a8057", Chunk: i}
	}
	if err := queue.Enqueue(t.Context(), tasks); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the first process to work", func() bool { return children[0].said() > 10 })
	if err := children[0].command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = children[0].wait()
	// It had two tasks in hand at most.
	waitFor(t, "the others to go on", func() bool { return log.doneCount() >= number-2 })
	again := log.missing(tasks)
	if err := queue.Enqueue(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "what was lost to be done when it is enqueued again", func() bool { return log.doneCount() == number })
	for _, child := range children[1:] {
		_ = child.stdin.Close()
		if err := child.wait(); err != nil {
			t.Errorf("a process that is told to end: got %v, want it to end well", err)
		}
	}
	for _, task := range tasks {
		if times := log.done[task.Chunk]; times != 1 && !slices.Contains(again, task) {
			t.Errorf("task %d: got it done %d times, want once", task.Chunk, times)
		}
	}
}

// doneLog is what the processes said together.
type doneLog struct {
	mu    sync.Mutex
	ready int
	done  map[int]int
}

func (l *doneLog) readyCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ready
}

func (l *doneLog) doneCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.done)
}

func (l *doneLog) missing(tasks []domain.JobTask) (missing []domain.JobTask) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, task := range tasks {
		if l.done[task.Chunk] == 0 {
			missing = append(missing, task)
		}
	}
	return missing
}

// child is a process that serves.
type child struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	allRead chan struct{}

	mu    sync.Mutex
	lines int
}

func (c *child) said() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines
}

// wait waits for the child's end when all it said has been read, which exec.Cmd.Wait would
// throw away.
func (c *child) wait() error {
	<-c.allRead
	return c.command.Wait()
}

func startChild(t *testing.T, where string, log *doneLog) *child {
	t.Helper()
	c := &child{command: exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$"), allRead: make(chan struct{})}
	c.command.Env = append(os.Environ(), sharedQueue+"="+where)
	c.command.Stderr = os.Stderr
	var err error
	if c.stdin, err = c.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := c.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(output, log)
	return c
}

func (c *child) read(output io.Reader, log *doneLog) {
	defer close(c.allRead)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		word, number, _ := strings.Cut(lines.Text(), " ")
		log.mu.Lock()
		switch word {
		case "ready":
			log.ready++
		case "done":
			chunk, _ := strconv.Atoi(number)
			log.done[chunk]++
		}
		log.mu.Unlock()
		c.mu.Lock()
		c.lines++
		c.mu.Unlock()
	}
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s, which did not come", what)
		}
	}
}
