package cli_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

// atTerminal is a command that runs at a terminal, and somebody who reads and types there.
type atTerminal struct {
	t        *testing.T
	keyboard *os.File // and screen
	terminal *os.File
	before   *term.State
	screen   string // all that was seen
	unread   string // what was seen since something was typed
	stop     context.CancelFunc
	ended    chan int
}

// runAtTerminal begins a command at a terminal of its own.
func runAtTerminal(t *testing.T, environ []string, args ...string) *atTerminal {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminal can be opened here: %v", err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	a := &atTerminal{t: t, keyboard: keyboard, terminal: terminal, before: before, stop: stop, ended: make(chan int, 1)}
	go func() {
		a.ended <- cli.Run(ctx, cli.Process{Args: args, Environ: environ, Stdin: terminal, Stdout: terminal, Stderr: terminal})
	}()
	t.Cleanup(func() {
		stop()
		_ = terminal.Close()
		_ = keyboard.Close()
	})
	return a
}

// answer waits for a prompt, and types.
func (a *atTerminal) answer(prompt, typed string) {
	a.t.Helper()
	a.await(prompt)
	a.unread = ""
	if _, err := a.keyboard.WriteString(typed + "\r"); err != nil {
		a.t.Fatal(err)
	}
}

// await waits until a text is among what is new on the screen.
func (a *atTerminal) await(text string) {
	a.t.Helper()
	page := make([]byte, 1024)
	for !strings.Contains(a.unread, text) {
		if err := a.keyboard.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			a.t.Fatal(err)
		}
		n, err := a.keyboard.Read(page)
		if err != nil {
			a.t.Fatalf("got the screen\n%s\nthen %v, want %q in it", a.screen, err, text)
		}
		seen := strings.ReplaceAll(string(page[:n]), "\r", "")
		a.screen, a.unread = a.screen+seen, a.unread+seen
	}
}

// expectEnd waits for the end of the command.
func (a *atTerminal) expectEnd(code int) {
	a.t.Helper()
	if got := <-a.ended; got != code {
		a.t.Errorf("got exit code %d, want %d; the screen is\n%s", got, code, a.screen)
	}
}

func TestASuperuserIsAskedForAtATerminal(t *testing.T) {
	t.Parallel()
	environ := fresh(t)
	a := runAtTerminal(t, environ, "createsuperuser")
	a.answer("): ", "anna maria") // after the name of the system's user, whoever that is here
	a.answer("): ", "anna")
	a.answer("E-mail address (may be blank): ", "nowhere")
	a.answer("That is no e-mail address.\nE-mail address (may be blank): ", "anna@example.org")
	for _, typed := range [][3]string{
		{"Secret horse 1", "secret horse 2", "The two passwords are not the same."},
		{"", "", "A password is needed."},
		{"anna@example.org", "anna@example.org", "The password is too much like the user's name or e-mail address."},
		{"secret horse", "secret horse", "superuser anna was added"},
	} {
		a.answer("Password: ", typed[0])
		a.answer("Password (again): ", typed[1])
		a.await(typed[2] + "\n")
	}
	a.expectEnd(0)
	if strings.Contains(strings.ToLower(a.screen), "horse") {
		t.Errorf("got the screen\n%s\nwant nothing of what was typed as a password", a.screen)
	}
	if !strings.Contains(a.screen, "A user name has letters, digits and @ . + - _ only.\n") {
		t.Errorf("got the screen\n%s\nwant it to say what is wrong with \"anna maria\"", a.screen)
	}

	again := runAtTerminal(t, environ, "createsuperuser", "--username", "anna", "--email", "")
	again.answer("There is another user of this name already.\n"+firstPrompt(a.screen), "berta")
	again.answer("Password: ", "secret horse")
	again.answer("Password (again): ", "secret horse")
	again.await("superuser berta was added\n")
	again.expectEnd(0)
}

// firstPrompt returns what is asked first.
func firstPrompt(screen string) string {
	prompt, _, _ := strings.Cut(screen, "): ")
	return prompt + "): "
}

func TestAPasswordIsChangedAtATerminal(t *testing.T) {
	t.Parallel()
	environ := fresh(t)
	runWith(t, append(environ, "DJANGO_SUPERUSER_PASSWORD=correct horse"), "createsuperuser", "--noinput", "--username", "anna")
	a := runAtTerminal(t, environ, "changepassword", "anna")
	a.await("Another password for anna:\n")
	a.answer("Password: ", "short")
	a.answer("Password (again): ", "short")
	a.answer("The password has fewer than 8 letters.\nPassword: ", "another horse")
	a.answer("Password (again): ", "another horse")
	a.await("the password of anna was changed, and all sessions have ended\n")
	a.expectEnd(0)

	a = runAtTerminal(t, environ, "changepassword", "anna")
	for range 3 {
		a.answer("Password: ", "one horse")
		a.answer("Password (again): ", "two horses")
	}
	a.await("roster: the password of anna stays as it is, after 3 tries\n")
	a.expectEnd(1)

	a = runAtTerminal(t, environ, "changepassword", "nobody")
	a.await("roster: there is no user \"nobody\"\n")
	a.expectEnd(1)
}

func TestWhoStopsWhileAPasswordIsAskedForSeesWhatTheyType(t *testing.T) {
	t.Parallel()
	environ := fresh(t)
	a := runAtTerminal(t, environ, "createsuperuser", "--username", "anna", "--email", "")
	a.await("Password: ")
	a.stop()
	a.expectEnd(1)
	after, err := term.GetState(int(a.terminal.Fd()))
	if err != nil || *after != *a.before {
		t.Errorf("the terminal: got %+v, %v, want it as it was, %+v", after, err, a.before)
	}
}

func TestTheEndOfWhatIsTypedEndsTheCommand(t *testing.T) {
	t.Parallel()
	a := runAtTerminal(t, fresh(t), "createsuperuser", "--username", "anna")
	a.await("E-mail address (may be blank): ")
	if _, err := a.keyboard.WriteString("\x04"); err != nil { // Ctrl-D
		t.Fatal(err)
	}
	a.await("roster: nothing was done\n")
	a.expectEnd(1)
}
