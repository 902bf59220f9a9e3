package cli_test

import (
	"strings"
	"testing"

	"github.com/seed-bbcc19ba/roster/app/cli"
)

func TestProgressOfAJobWhoseRowsAreStillComing(t *testing.T) {
	t.Parallel()
	var told strings.Builder
	cli.TellProgress(&told, [2]int{0, 0}, [2]int{1, 0}, [2]int{10, 100}, [2]int{30, 200}, [2]int{150, 200}, [2]int{200, 200})
	if want := "saved 10 of 100\nsaved 150 of 200\n"; told.String() != want {
		t.Errorf("got %q, want %q: a tenth is one of the total that there is by then", told.String(), want)
	}
}
