package main

import "testing"

func TestTheHeapGrowsByNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	const mebi = 1 << 20
	for _, test := range []struct {
		inUse uint64
		want  int
	}{
		{0, 200}, {5 * mebi, 200}, {8 * mebi, 200}, {16 * mebi, 100}, {20 * mebi, 80}, {32 * mebi, 50}, {64 * mebi, 33}, {4096 * mebi, 33},
	} {
		if got := percentFor(test.inUse); got != test.want {
			t.Errorf("%d MiB in use: got %d %%, want %d", test.inUse/mebi, got, test.want)
		}
	}
}
