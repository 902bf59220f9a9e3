package observed_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/localexec"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/adapters/observed"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// told is what an observer was told, in its order.
type told struct {
	calls []ports.Call
	ends  []error
}

func (to *told) observer() ports.CallObserver {
	return func(ctx context.Context, call ports.Call) (context.Context, func(error)) {
		to.calls = append(to.calls, call)
		return context.WithValue(ctx, methodKey{}, call.Method), func(err error) { to.ends = append(to.ends, err) }
	}
}

// methodKey has the method whose call a ctx is of.
type methodKey struct{}

// silent are the methods that no call is told of: they ask nobody.
var silent = []string{"Close", "CheckCount", "Configured"}

// Every method of a decorated port is told, so that one more of a port cannot be forgotten. The ports below are nil: a
// call ends in a panic, after it was told.
func TestEveryMethodOfEveryPortIsTold(t *testing.T) {
	t.Parallel()
	var to told
	for _, decorated := range []struct {
		port  reflect.Type
		value any
	}{
		{reflect.TypeFor[ports.PersonStore](), observed.Persons(nil, to.observer())},
		{reflect.TypeFor[ports.JobStore](), observed.JobStore(nil, to.observer())},
		{reflect.TypeFor[ports.HistoryStore](), observed.History(nil, to.observer())},
		{reflect.TypeFor[ports.AccountStore](), observed.Accounts(nil, to.observer())},
		{reflect.TypeFor[ports.TokenStore](), observed.Tokens(nil, to.observer())},
		{reflect.TypeFor[ports.PersonRegistry](), observed.Registry(nil, to.observer())},
		{reflect.TypeFor[ports.BulkCreator](), observed.Bulk("B", nil, to.observer())},
		{reflect.TypeFor[ports.PersonChecker](), observed.Check(nil, to.observer())},
		{reflect.TypeFor[ports.BulkFetcher](), observed.Fetch(nil, to.observer())},
		{reflect.TypeFor[ports.JobManager](), observed.Jobs(nil, to.observer())},
		{reflect.TypeFor[ports.PersonExporter](), observed.Export(nil, to.observer())},
		{reflect.TypeFor[ports.PersonBrowser](), observed.Browser(nil, to.observer())},
		{reflect.TypeFor[ports.DocumentFetcher](), observed.Fetcher(nil, to.observer())},
		{reflect.TypeFor[ports.JobHandler](), observed.JobHandler(nil, to.observer())},
	} {
		for i := range decorated.port.NumMethod() {
			method := decorated.port.Method(i).Name
			if slices.Contains(silent, method) {
				continue
			}
			to = told{}
			callNobody(reflect.ValueOf(decorated.value).MethodByName(method))
			if len(to.calls) != 1 || to.calls[0].Method != method || to.calls[0].Layer == "" {
				t.Errorf("%s.%s: told %+v, want one call of its name", decorated.port, method, to.calls)
			}
			var crash *domain.PanicError
			if len(to.ends) != 1 || !errors.As(to.ends[0], &crash) {
				t.Errorf("%s.%s: told the ends %v, want one, by a panic", decorated.port, method, to.ends)
			}
		}
	}
}

// callNobody calls a method with a ctx and zero values, walks what it returns, and recovers.
func callNobody(method reflect.Value) {
	defer func() { _ = recover() }()
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < method.Type().NumIn() && (!method.Type().IsVariadic() || i < method.Type().NumIn()-1); i++ {
		arguments = append(arguments, reflect.Zero(method.Type().In(i)))
	}
	results := method.Call(arguments)
	if len(results) == 1 && results[0].Kind() == reflect.Func {
		results[0].Call([]reflect.Value{reflect.MakeFunc(results[0].Type().In(0), func([]reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf(false)}
		})})
	}
}

func TestACallAnswersWhatThePortAnswersInTheContextOfTheObserver(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var seen any
	store := &portmock.PersonStoreMock{FindFunc: func(ctx context.Context, id int64) (domain.Person, error) {
		seen = ctx.Value(methodKey{})
		return domain.Person{}, broken
	}}
	var to told
	_, err := observed.Persons(store, to.observer()).Find(t.Context(), 7)
	if !errors.Is(err, broken) {
		t.Errorf("Find: got %v, want the store's error", err)
	}
	if seen != "Find" {
		t.Errorf("the ctx of the call: got %v, want that of the observer", seen)
	}
	if !slices.Equal(to.ends, []error{broken}) {
		t.Errorf("the end: got %v, want the error", to.ends)
	}
}

func TestAWalkIsToldWhileSomebodyWalks(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	registry, err := domain.NewRegistry(store, 10)
	if err != nil {
		t.Fatal(err)
	}
	draft, _ := domain.NewDraft("Ada", 36)
	for range 3 {
		if _, err := store.Create(t.Context(), draft); err != nil {
			t.Fatal(err)
		}
	}
	var to told
	walk := observed.Registry(registry, to.observer()).All(t.Context())
	if len(to.calls) != 0 {
		t.Errorf("before the walk: told %v, want nothing", to.calls)
	}
	for range walk {
		if len(to.calls) != 1 || len(to.ends) != 0 {
			t.Errorf("in the walk: told %d begins and %d ends, want 1 and 0", len(to.calls), len(to.ends))
		}
		break
	}
	if len(to.ends) != 1 {
		t.Errorf("after a walk that was left early: told %d ends, want 1", len(to.ends))
	}
}

func TestAPanicEndsACallAndGoesOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	store := &portmock.PersonStoreMock{FindFunc: func(context.Context, int64) (domain.Person, error) { panic(broken) }}
	var to told
	defer func() {
		if got := recover(); got != broken { //nolint:errorlint // what was panicked with, and nothing else
			t.Errorf("recovered %v, want what the store panicked with", got)
		}
		var crash *domain.PanicError
		if len(to.ends) != 1 || !errors.As(to.ends[0], &crash) || !errors.Is(crash, broken) || !bytes.Contains(crash.Stack, []byte("TestAPanicEndsACall")) {
			t.Errorf("told the ends %v, want one by the panic, with its stack", to.ends)
		}
	}()
	_, _ = observed.Persons(store, to.observer()).Find(t.Context(), 7)
	t.Error("Find returned, want that its panic goes on")
}

func TestAPanicOfWhoWalksIsNoneOfTheWalk(t *testing.T) {
	t.Parallel()
	registry, err := domain.NewRegistry(memstore.New(), 10)
	if err != nil {
		t.Fatal(err)
	}
	draft, _ := domain.NewDraft("Ada", 36)
	if _, err := registry.Create(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	var to told
	func() {
		defer func() { _ = recover() }()
		for range observed.Registry(registry, to.observer()).All(t.Context()) {
			panic("the client has gone")
		}
	}()
	if !slices.Equal(to.ends, []error{nil}) {
		t.Errorf("told the ends %v, want one without an error", to.ends)
	}
}

func TestTheCallsOfAnExecutorAndItsBatchesAreTold(t *testing.T) {
	t.Parallel()
	failed := errors.New("the second")
	var to told
	handler := observed.Handler("NAME", func(_ context.Context, batch []int) []domain.Outcome[int] {
		return []domain.Outcome[int]{{Value: batch[0]}, {Err: failed}}
	}, to.observer())
	local, err := localexec.New(handler, localexec.Serial(0))
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	outcomes := observed.Executor("NAME", local, to.observer()).Execute(t.Context(), []int{1, 2})
	if len(outcomes) != 2 || outcomes[0].Value != 1 || !errors.Is(outcomes[1].Err, failed) {
		t.Errorf("Execute: got %v, want what the handler answered", outcomes)
	}
	want := []ports.Call{{Layer: "executor", Name: "NAME", Method: "Execute", Items: 2}, {Layer: "executor", Name: "NAME", Method: "batch", Items: 2}}
	if !slices.Equal(to.calls, want) {
		t.Errorf("told %+v, want %+v", to.calls, want)
	}
	if !slices.Equal(to.ends, []error{failed, failed}) {
		t.Errorf("the ends: got %v, want the first error of an item, twice", to.ends)
	}
}

func TestAllTellsEachObserverAndKeepsNoneThatIsNil(t *testing.T) {
	t.Parallel()
	if observed.All(nil, nil) != nil {
		t.Error("All of nobody: got an observer, want nil")
	}
	var order []string
	named := func(name string) ports.CallObserver {
		return func(ctx context.Context, _ ports.Call) (context.Context, func(error)) {
			order = append(order, "begin "+name)
			return ctx, func(error) { order = append(order, "end "+name) }
		}
	}
	_, end := observed.All(named("a"), nil, named("b"))(t.Context(), ports.Call{})
	end(nil)
	if want := []string{"begin a", "begin b", "end b", "end a"}; !slices.Equal(order, want) {
		t.Errorf("got %q, want %q", order, want)
	}
}

func TestAllQueriesTellsEachObserverAndKeepsNoneThatIsNil(t *testing.T) {
	t.Parallel()
	if observed.AllQueries() != nil || observed.AllQueries(nil, nil) != nil {
		t.Error("AllQueries of nobody: got an observer, want nil")
	}
	var told []string
	named := func(name string) ports.QueryObserver {
		return func(_ context.Context, query ports.Query) { told = append(told, name+" "+query.SQL) }
	}
	observed.AllQueries(named("a"), nil, named("b"), named("c"))(t.Context(), ports.Query{SQL: "COMMIT"})
	if want := []string{"a COMMIT", "b COMMIT", "c COMMIT"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
