package machine_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/cmd/bench/internal/machine"
)

func TestCPUModelIsTheFirstProcessors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ cpuinfo, want string }{
		"two processors":   {"processor\t: 0\nmodel\t\t: 2\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: other\n", "AMD EPYC"},
		"none is named":    {"processor\t: 0\nBogoMIPS\t: 50\n", "not known"},
		"there is no file": {"", "not known"},
	} {
		if got := machine.CPUModel(test.cpuinfo); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestMemoryIsInGiB(t *testing.T) {
	t.Parallel()
	if got, want := machine.TotalMemory("MemTotal:       25165824 kB\nMemFree: 1 kB\n"), "24.0 GiB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := machine.TotalMemory("MemTotal: many"), "not known"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadIsThreeNumbers(t *testing.T) {
	t.Parallel()
	if got, want := machine.LoadAverage("0.10 0.20 0.30 1/234 5678\n"), "0.10, 0.20, 0.30"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := machine.LoadAverage(""), "not known"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFilesystemIsThatOfTheNearestMount(t *testing.T) {
	t.Parallel()
	const mounts = `/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
tmpfs /mnt tmpfs rw 0 0
/dev/vdb /mnt/disk xfs rw 0 0
/dev/vdc /mnt/with\040space btrfs rw 0 0
/dev/vdd /mnt/disk2 ext3 rw 0 0
first /hidden ext2 rw 0 0
second /hidden f2fs rw 0 0
`
	for folder, want := range map[string]string{
		"/no-such-folder":   "ext4",
		"/mnt/x":            "tmpfs",
		"/mnt/disk":         "xfs",
		"/mnt/disk/a/b":     "xfs",
		"/mnt/disk2/a":      "ext3",
		"/mnt/with space/a": "btrfs",
		"/hidden/a":         "f2fs",
	} {
		if got := machine.FilesystemOf(mounts, folder); got != want {
			t.Errorf("%s: got %q, want %q", folder, got, want)
		}
	}
	if got := machine.FilesystemOf("", "/mnt"); got != "not known" {
		t.Errorf("without mounts: got %q, want %q", got, "not known")
	}
}

func TestMemoryIsNoDisk(t *testing.T) {
	t.Parallel()
	if !machine.InMemory("tmpfs") || machine.InMemory("ext4") || machine.InMemory("not known") {
		t.Error("want tmpfs in memory, ext4 and the unknown not")
	}
}

func TestRevisionOfNoRepositoryIsNotKnown(t *testing.T) {
	t.Parallel()
	if got := machine.Revision(t.Context(), t.TempDir()); got != "not known" {
		t.Errorf("got %q, want %q", got, "not known")
	}
}

func TestThisMachineIsDescribed(t *testing.T) {
	t.Parallel()
	got := machine.Describe(t.TempDir())
	if got.Cores < 1 || got.CPU == "" || got.System == "" || got.Filesystem == "" || got.Load == "" || got.Memory == "" {
		t.Errorf("got %+v, want words for everything", got)
	}
}
