package server_test

import (
	"math"
	"testing"

	"github.com/seed-bbcc19ba/roster/app/server"
)

func TestConnectionsLeaveRoomForOtherDescriptors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ max, descriptors, want int }{
		{4096, math.MaxInt32, 4096},
		{4096, 20_000, 4096},
		{4096, 1024, 1024 - 256}, // 64 of the rest are for refusals
		{100, 1024, 100},
		{4096, 256, 128},
	} {
		config := server.Config{MaxConnections: test.max, OtherFiles: 192}
		if got := server.ConnectionLimit(config, test.descriptors); got != test.want {
			t.Errorf("%d connections and %d descriptors: got %d, want %d", test.max, test.descriptors, got, test.want)
		}
	}
}
