//go:build linux

package torture_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/program"
	"github.com/seed-bbcc19ba/roster/cmd/roster/internal/torture/wire"
)

// Two servers start on a file that is not there yet, and one of them is killed
// meanwhile.
func TestAStartThatIsKilledLeavesNoHalfSchema(t *testing.T) {
	t.Parallel()
	random := chance(t)
	rounds, early := size(3, 60), 0
	for range rounds {
		database := newDatabase(t)
		config := program.Config{Binary: binary(t), Database: database}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(60))*time.Millisecond)
		var other *program.Program
		var killed, err error
		together(
			func() {
				var victim *program.Program
				if victim, killed = program.Start(ctx, config); killed == nil {
					victim.Kill()
				}
			},
			func() { other, err = program.Start(t.Context(), config) },
		)
		cancel()
		if err != nil {
			t.Fatalf("a start beside another that is killed: got %v, want it to serve", err)
		}
		if killed != nil {
			early++
		}
		client := wire.NewClient(other.Address, patience)
		var person wire.Person
		answer, err := client.Do(http.MethodPost, wire.Persons, wire.Draft("the first", 1))
		if err == nil {
			err = answer.Into(http.StatusCreated, &person)
		}
		client.Close()
		if err != nil || person.ID != 1 {
			t.Errorf("the first person: got id %d and %v, want 1", person.ID, err)
		}
		if err := other.Stop(); err != nil {
			t.Errorf("a stop: got %v, want exit 0\n%s", err, other.Log())
		}
		if err := checkFile(t.Context(), database); err != nil {
			t.Error(err)
		}
	}
	figure(t, "%d times two servers started on a new file, and one was killed, %d times before it served: the other served each time", rounds, early)
}
