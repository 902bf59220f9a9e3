package commonpasswords_test

import (
	"bufio"
	"compress/gzip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/commonpasswords"
)

func TestEveryPasswordOfTheListIsFoundAndTheirNeighboursAreNot(t *testing.T) {
	t.Parallel()
	passwords := read(t)
	if got, want := len(passwords), 19_727; got != want {
		t.Errorf("the list: got %d passwords, want %d", got, want)
	}
	if !slices.IsSorted(passwords) {
		t.Error("the list is not sorted, want it so: a search ends where the password would stand")
	}
	var list commonpasswords.List
	for i := 0; i < len(passwords); i += 500 {
		if common := passwords[i]; !list.Contains(common) {
			t.Errorf("Contains(%q): got false, want true: it is in the list", common)
		}
	}
	for _, common := range []string{passwords[0], passwords[len(passwords)-1], "password", "12345678"} {
		if !list.Contains(common) {
			t.Errorf("Contains(%q): got false, want true: it is in the list", common)
		}
	}
	for _, other := range []string{"", "\x00", "passwor\x00", "password\n", "password\n1", "correct horse battery staple", "zzzzzzzzzzzzzz~", "\U0010ffff", "Password", " password", strings.Repeat("a", 1<<20)} {
		if list.Contains(other) {
			t.Errorf("Contains(%.20q): got true, want false: it is not in the list", other)
		}
	}
}

func TestAPasswordOfTheListIsInLowerCaseWithoutSpaceAround(t *testing.T) {
	t.Parallel()
	for _, password := range read(t) {
		if password != strings.ToLower(strings.TrimSpace(password)) {
			t.Errorf("%q: nobody ever asks for it, because Contains is given lower case without white space around", password)
		}
	}
}

func read(t *testing.T) []string {
	t.Helper()
	file, err := os.Open("passwords.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var passwords []string
	lines := bufio.NewScanner(unpacked)
	for lines.Scan() {
		passwords = append(passwords, lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return passwords
}

// What a check costs where the password stands at the end of the list, or beyond it.
func BenchmarkContains(b *testing.B) {
	b.ReportAllocs()
	var list commonpasswords.List
	for b.Loop() {
		if list.Contains("zzzzzzzzzzzzzzzzzz") {
			b.Fatal("it is not in the list")
		}
	}
}
