package sqlitestore_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// failingCalls is the environment variable with what a child process is to do: the
// way in which the disk fails, and the file.
const failingCalls = "ROSTER_FAILING_CALLS"

// ways are in which a disk fails, and the system calls that then answer EIO.
var ways = map[string][]uintptr{
	"fsync":  {syscall.SYS_FSYNC, syscall.SYS_FDATASYNC},
	"pwrite": {syscall.SYS_PWRITE64},
}

// A failed sync leaves pages that the system takes for written, so a second try would
// succeed and mean nothing. The kernel makes the calls of a child process fail, so
// what is tested is what the driver really does.
func TestAfterAWriteThatWasLostNothingIsSaved(t *testing.T) {
	t.Parallel()
	if told := os.Getenv(failingCalls); told != "" {
		way, path, _ := strings.Cut(told, " ")
		writeOnAFailingDisk(t, path, ways[way])
		return
	}
	for way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			path := newFile(t)
			migrate(t, open(t, path))
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAfterAWriteThatWasLostNothingIsSaved$", "-test.v")
			child.Env = append(os.Environ(), failingCalls+"="+way+" "+path)
			output, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("the process on a failing disk: got %v\n%s", err, output)
			}
			if strings.Contains(string(output), "SKIP") {
				t.Skipf("%s", output)
			}
			store := open(t, path)
			if got := names(all(t, store)); !slices.Contains(got, "before") || slices.Contains(got, "afterwards") {
				t.Errorf("Seek by another process: got %q, want who was answered and nobody who came after the failure", got)
			}
			create(t, store, "the disk is sound again")
		})
	}
}

// writeOnAFailingDisk saves somebody, lets the disk fail and tries again.
func writeOnAFailingDisk(t *testing.T, path string, calls []uintptr) {
	t.Helper()
	var log logged
	store, err := openMigrated(sqlitestore.Config{Path: path, Logger: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	before := create(t, store, "before")
	count(t, store)
	if err := failFromNow(calls); err != nil {
		t.Skipf("system calls cannot be made to fail here: %v", err)
	}
	var done sync.WaitGroup
	first, drafts := newDraft(t, "the first to fail", 1), newDrafts(t, 10_000)
	for i := range 64 {
		done.Go(func() {
			var err error
			if i == 0 {
				_, err = store.CreateBatch(t.Context(), drafts)
			} else {
				_, err = store.Create(t.Context(), first)
			}
			wantCode(t, "a write while the disk fails", err, domain.CodeUnavailable, "until restart")
		})
	}
	done.Wait()
	for range 3 {
		_, err = store.Create(t.Context(), newDraft(t, "afterwards", 1))
		wantCode(t, "Create afterwards", err, domain.CodeUnavailable, "until restart")
	}
	wantReadOnly(t, store, "until restart")
	if got, err := store.Find(t.Context(), before.ID()); err != nil || got != before {
		t.Errorf("Find: got %v and %v, want %v: reads go on", got, err, before)
	}
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	if err != nil || page.Total != 1 || !slices.Equal(page.Persons, []domain.Person{before}) {
		t.Errorf("Page: got %v of %d and %v, want %v alone: nobody else was saved", page.Persons, page.Total, err, before)
	}
	if got := strings.Count(log.String(), "\n"); got != 1 {
		t.Errorf("the log: got\n%s\nwant one line", log.String())
	}
	_ = store.Close() // it cannot tidy up
	file := newFile(t)
	_, err = sqlitestore.NewArchivist(path).Backup(t.Context(), file)
	wantCode(t, "Backup while the disk fails", err, domain.CodeUnavailable, "not made")
	wantFiles(t, file)
}

// failFromNow has the kernel answer system calls of this process with EIO, for the rest of its life.
func failFromNow(calls []uintptr) error {
	const (
		setNoNewPrivileges = 38 // prctl
		setModeFilter      = 1  // seccomp
		allThreads         = 1
		load               = 0x20 // the number of the call
		jumpIfEqual        = 0x15
		answer             = 0x06
		withErrno          = 0x0005_0000
		allow              = 0x7fff_0000
	)
	type instruction struct {
		code        uint16
		ifSo, ifNot uint8
		value       uint32
	}
	filter := []instruction{{load, 0, 0, 0}}
	for _, call := range calls {
		filter = append(filter, instruction{jumpIfEqual, 0, 1, uint32(call)}, instruction{answer, 0, 0, withErrno | uint32(syscall.EIO)})
	}
	filter = append(filter, instruction{answer, 0, 0, allow})
	program := struct {
		length uint16
		first  *instruction
	}{uint16(len(filter)), &filter[0]}
	seccomp := map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]
	if seccomp == 0 {
		return fmt.Errorf("the number of seccomp on %s is not known", runtime.GOARCH)
	}
	if _, _, failed := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); failed != 0 {
		return failed
	}
	if _, _, failed := syscall.RawSyscall(seccomp, setModeFilter, allThreads, uintptr(unsafe.Pointer(&program))); failed != 0 {
		return failed
	}
	return nil
}

// smallFilesystem returns a folder for 2 MiB, where the test may make one.
func smallFilesystem(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no filesystem can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	return dir
}

func TestABackupOntoAFullDiskLeavesNothing(t *testing.T) {
	t.Parallel()
	path, file := fileOf(t, 100_000), filepath.Join(smallFilesystem(t), "copy")
	_, err := sqlitestore.NewArchivist(path).Backup(t.Context(), file)
	wantCode(t, "Backup", err, domain.CodeUnavailable, "the disk is full")
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("Backup: got %q, want one line", err)
	}
	wantFiles(t, file)
}

func TestARestoreOntoAFullDiskLeavesTheDatabase(t *testing.T) {
	t.Parallel()
	file, path := fileOf(t, 100_000), filepath.Join(smallFilesystem(t), "roster.sqlite3")
	createIn(t, path)
	_, err := sqlitestore.NewArchivist(path).Restore(t.Context(), file)
	wantCode(t, "Restore", err, domain.CodeUnavailable, "the disk is full")
	wantFiles(t, path, filepath.Base(path))
	if got := names(all(t, open(t, path))); !slices.Equal(got, []string{"Ann"}) {
		t.Errorf("Seek: got %q, want who was there", got)
	}
}

// A real full disk.
func TestAFullFilesystemIsOverWhenThereIsRoom(t *testing.T) {
	t.Parallel()
	dir := smallFilesystem(t)
	filler := filepath.Join(dir, "filler")
	var log logged
	store, err := openMigrated(sqlitestore.Config{Path: filepath.Join(dir, "roster.sqlite3"), Logger: log.logger()})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ann := create(t, store, "Ann")
	count(t, store)
	for round := range 3 {
		if err := os.WriteFile(filler, make([]byte, 4<<20), 0o600); err == nil {
			t.Fatal("4 MiB on a filesystem of 2: got no error, want it full")
		}
		before := all(t, store)
		_, err := store.CreateBatch(t.Context(), newDrafts(t, 10_000))
		wantCode(t, "CreateBatch", err, domain.CodeUnavailable, "full")
		for range 200 { // the WAL may have room for some
			if _, err = store.Create(t.Context(), newDraft(t, strings.Repeat("x", 255), 1)); err != nil {
				break
			}
		}
		wantCode(t, "Create", err, domain.CodeUnavailable, "full")
		if got, err := store.Find(t.Context(), ann.ID()); err != nil || got != ann {
			t.Errorf("round %d: Find: got %v and %v, want %v", round, got, err, ann)
		}
		wantCode(t, "Ready", store.Ready(t.Context()), "")
		if err := os.Truncate(filler, 0); err != nil {
			t.Fatal(err)
		}
		saved := create(t, store, "there is room again")
		if after := all(t, store); len(after) < len(before)+1 || after[len(after)-1] != saved || !slices.Equal(after[:len(before)], before) {
			t.Errorf("round %d: Seek: got %d persons, want the %d of before and %v", round, len(after), len(before), saved)
		}
		count(t, store)
	}
	page, err := store.Page(t.Context(), domain.PageQuery{Number: 1, Size: 10})
	if want := int64(len(all(t, store))); err != nil || page.Total != want {
		t.Errorf("Page: got total %d and %v, want %d", page.Total, err, want)
	}
	if log.String() != "" {
		t.Errorf("the log: got\n%s\nwant nothing: a full disk passes", log.String())
	}
}
