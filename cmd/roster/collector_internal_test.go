package main

import "testing"

func TestTheHeapGrowsByNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	const mebi = 1 << 20
	for _, test := range []struct {
		heap, stacks uint64 // MiB
		want         int
	}{
		{0, 0, 200}, {5, 1, 200}, {20, 10, 200}, {20, 16, 200}, {20, 30, 130}, {38, 0, 100}, {40, 16, 50},
		{64, 4, 25}, {40, 36, 25}, {76, 0, 25}, {40, 4096, 25}, {4096, 40, 25},
	} {
		if got := percentFor(test.heap*mebi, test.stacks*mebi); got != test.want {
			t.Errorf("%d MiB of heap and %d of stacks: got %d %%, want %d", test.heap, test.stacks, got, test.want)
		}
	}
}
