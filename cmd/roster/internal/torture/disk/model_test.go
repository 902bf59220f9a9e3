package disk_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/disk"
)

// fd is the descriptor of the file that the tests write, and dir that of its folder.
const fd, dir = 7, 8

// story is what a program did, in short.
type story []disk.Operation

func opened(name string) disk.Operation {
	return disk.Operation{Kind: disk.Open, File: fd, Data: []byte(name)}
}

func wrote(offset int64, text string) disk.Operation {
	return disk.Operation{Kind: disk.Write, File: fd, Offset: offset, Data: []byte(text)}
}

var (
	made         = disk.Operation{Kind: disk.Open, Made: true, File: fd, Data: []byte("a")}
	folderOpened = disk.Operation{Kind: disk.Open, File: dir}
	synced       = disk.Operation{Kind: disk.Sync, File: fd}
	folderSynced = disk.Operation{Kind: disk.Sync, File: dir}
	syncFailed   = disk.Operation{Kind: disk.FailedSync, File: fd}
	unlinked     = disk.Operation{Kind: disk.Unlink, Data: []byte("a")}
)

func truncated(length int64) disk.Operation {
	return disk.Operation{Kind: disk.Truncate, File: fd, Offset: length}
}

// missing is what ends show for a file that is not there.
const missing = "(none)"

// ends returns what may be in the file "a" after a power cut at the end of a story
// that begins with a file of the content, or none.
func ends(t *testing.T, before string, s story) map[string]bool {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	found := map[string]bool{}
	for range 400 {
		files := map[string][]byte{}
		if before != missing {
			files["a"] = []byte(before)
		}
		model := disk.NewModel(files)
		for _, operation := range s {
			if err := model.Apply(operation); err != nil {
				t.Fatal(err)
			}
		}
		left, there := model.Cut(random, 0.5)["a"]
		switch {
		case !there:
			found[missing] = true
		default:
			found[summary(left)] = true
		}
	}
	return found
}

// summary shows each sector by its first letter, a zero as a dot.
func summary(content []byte) string {
	var text strings.Builder
	for len(content) > 0 {
		sector := content[:min(512, len(content))]
		content = content[len(sector):]
		if sector[0] == 0 {
			text.WriteByte('.')
		} else {
			text.WriteByte(sector[0])
		}
	}
	return text.String()
}

// sectors returns a content whose sectors are each one letter again and again.
func sectors(letters string) string {
	var text bytes.Buffer
	for _, letter := range letters {
		text.WriteString(strings.Repeat(string(letter), 512))
	}
	return text.String()
}

func TestAPowerCutLeavesWhatADiskWould(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		before string
		story  story
		want   []string // all that may be left
	}{
		{"nothing was done", sectors("ab"), nil, []string{"ab"}},
		{"a write that was synced", sectors("ab"), story{opened("a"), wrote(0, sectors("c")), synced}, []string{"cb"}},
		{"a write that was not", sectors("ab"), story{opened("a"), wrote(0, sectors("c"))}, []string{"ab", "cb"}},
		{"a write of two sectors is torn", sectors("ab"), story{opened("a"), wrote(0, sectors("cd"))}, []string{"ab", "cb", "ad", "cd"}},
		{"the later of two writes is there alone", sectors("ab"), story{opened("a"), wrote(0, sectors("c")), wrote(512, sectors("d"))},
			[]string{"ab", "cb", "ad", "cd"}},
		{"two writes of a sector", sectors("a"), story{opened("a"), wrote(0, sectors("b")), wrote(0, sectors("c"))}, []string{"a", "b", "c"}},
		{"a file that grew", sectors("a"), story{opened("a"), wrote(512, sectors("b"))}, []string{"a", "a.", "ab"}},
		{"a file that was cut", sectors("ab"), story{opened("a"), truncated(512)}, []string{"a", "ab", "a."}},
		{"a file that was cut and synced", sectors("ab"), story{opened("a"), truncated(512), synced}, []string{"a"}},
		{"a write after the sync", sectors("a"), story{opened("a"), wrote(0, sectors("b")), synced, wrote(0, sectors("c"))}, []string{"b", "c"}},
		{"a sync that failed", sectors("a"), story{opened("a"), wrote(0, sectors("b")), syncFailed}, []string{"a", "b"}},
		{"a sync after one that failed saves nothing", sectors("a"), story{opened("a"), wrote(0, sectors("b")), syncFailed, synced}, []string{"a", "b"}},
		{"but what is written again", sectors("a"), story{opened("a"), wrote(0, sectors("b")), syncFailed, wrote(0, sectors("c")), synced}, []string{"c"}},
		{"a new file", missing, story{made, wrote(0, sectors("b"))}, []string{missing, "", ".", "b"}},
		{"a new file that was synced, but its folder not", missing, story{made, wrote(0, sectors("b")), synced}, []string{missing, "b"}},
		{"a new file in a synced folder", missing, story{folderOpened, made, wrote(0, sectors("b")), synced, folderSynced}, []string{"b"}},
		{"a file that was removed", sectors("a"), story{unlinked}, []string{"a", missing}},
		{"and the folder synced", sectors("a"), story{folderOpened, unlinked, folderSynced}, []string{missing}},
		{"a file that was removed and made again", sectors("a"), story{unlinked, made, wrote(0, sectors("b")), synced}, []string{"a", missing, "b"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := ends(t, test.before, test.story)
			for _, want := range test.want {
				if !found[want] {
					t.Errorf("got %v, want %q among it", found, want)
				}
				delete(found, want)
			}
			if len(found) > 0 {
				t.Errorf("got %v too, want %q only", found, test.want)
			}
		})
	}
}

func TestWhatTheModelDoesNotKnowIsAnError(t *testing.T) {
	t.Parallel()
	for name, operation := range map[string]disk.Operation{
		"another function":              {Kind: disk.Unknown, Data: []byte("mmap")},
		"a descriptor of nobody":        wrote(0, "a"),
		"a file that came from nowhere": opened("b"),
	} {
		if err := disk.NewModel(nil).Apply(operation); err == nil {
			t.Errorf("%s: got nil, want an error: the model would be wrong from then on", name)
		}
	}
}
