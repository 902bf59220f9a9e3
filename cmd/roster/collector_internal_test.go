package main

import "testing"

func TestTheHeapGrowsByNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	const mebi = 1 << 20
	for _, test := range []struct {
		heap, stacks, scanned uint64 // MiB
		want                  int
	}{
		{0, 0, 0, 200}, {5, 1, 1, 200}, {20, 16, 0, 200}, {20, 30, 0, 130}, {20, 30, 6, 100}, {38, 0, 0, 100}, {40, 16, 0, 50},
		{64, 4, 4, 25}, {40, 36, 4, 25}, {76, 0, 0, 25}, {40, 4096, 4096, 25}, {4096, 40, 4, 25},
	} {
		if got := percentFor(test.heap*mebi, test.stacks*mebi, test.scanned*mebi); got != test.want {
			t.Errorf("%d MiB of heap and %d of stacks, %d scanned: got %d %%, want %d", test.heap, test.stacks, test.scanned, got, test.want)
		}
	}
}
