package localexec_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/executortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestExecutorKeepsTheContract(t *testing.T) {
	t.Parallel()
	executortest.Run(t, func(handler domain.Handler[int, int], config executortest.Config) (ports.Executor[int, int], error) {
		return localexec.New(handler, localexec.Config(config))
	})
}

func TestNegativeNumbersAreRefused(t *testing.T) {
	t.Parallel()
	for _, config := range []localexec.Config{{BatchSize: -1}, {Workers: -1}, {Queue: -1}} {
		t.Run(fmt.Sprintf("%+v", config), func(t *testing.T) {
			t.Parallel()
			executor, err := localexec.New(shout, config)
			if executor != nil || domain.CodeOf(err) != domain.CodeInvalid {
				t.Errorf("New: got %v and the error %v, want none and code %q", executor, err, domain.CodeInvalid)
			}
		})
	}
}

func TestStrategiesAreTwoNumbers(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]struct{ got, want localexec.Config }{
		"Serial":  {localexec.Serial(7), localexec.Config{BatchSize: 0, Workers: 0, Queue: 7}},
		"Batched": {localexec.Batched(500, 7), localexec.Config{BatchSize: 500, Workers: 0, Queue: 7}},
		"Pooled":  {localexec.Pooled(4, 7), localexec.Config{BatchSize: 0, Workers: 4, Queue: 7}},
		"PerItem": {localexec.PerItem(50, 7), localexec.Config{BatchSize: 1, Workers: 50, Queue: 7}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strategy.got != strategy.want {
				t.Errorf("got %+v, want %+v: its arguments are easily swapped", strategy.got, strategy.want)
			}
		})
	}
}
