package executortest_test

import (
	"testing"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/executortest"
	"github.com/seed-bbcc19ba/roster/ports/internal/called"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// The executor of the example is held to the contract as yours would be.
func TestTheExampleKeepsTheContract(t *testing.T) {
	t.Parallel()
	executortest.Run(t, func(handler domain.Handler[int, int], config executortest.Config) (ports.Executor[int, int], error) {
		return NewCrew(handler, config.BatchSize, config.Workers, config.Queue)
	})
}

func TestEveryMethodIsCalledByACase(t *testing.T) {
	t.Parallel()
	methods := called.Want[ports.Executor[int, int]](t)
	executortest.Run(t, func(handler domain.Handler[int, int], config executortest.Config) (ports.Executor[int, int], error) {
		crew, err := NewCrew(handler, config.BatchSize, config.Workers, config.Queue)
		mock := &portmock.ExecutorMock[int, int]{}
		methods.Forward(mock, crew)
		return mock, err
	})
}
