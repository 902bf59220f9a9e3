// Package observed decorates ports so that observers are told of each call: when it begins, when it ends, and what
// error it ended with; a panic ends a call with a *domain.PanicError, and goes on. Whoever measures or traces says what is done then; nobody else knows that it is.
//
// What a decorated port answers is what the port answers. A decorator has the methods of its port and no others: who asks
// a store whether it is a ports.Prober or a ports.Migrator asks the store itself.
package observed

import (
	"context"
	"iter"
	"runtime/debug"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// All returns an observer that tells each of the observers, those that come first around the others. It is nil where there
// are none but nil.
func All(observers ...ports.CallObserver) ports.CallObserver {
	var all ports.CallObserver
	for _, next := range observers {
		all = both(all, next)
	}
	return all
}

func both(outer, inner ports.CallObserver) ports.CallObserver {
	if outer == nil {
		return inner
	}
	if inner == nil {
		return outer
	}
	return func(ctx context.Context, call ports.Call) (context.Context, func(error)) {
		ctx, endOuter := outer(ctx, call)
		ctx, endInner := inner(ctx, call)
		return ctx, func(err error) {
			endInner(err)
			endOuter(err)
		}
	}
}

// AllQueries returns an observer that tells each of the observers in their order. It is nil where there are none but nil.
func AllQueries(observers ...ports.QueryObserver) ports.QueryObserver {
	var all ports.QueryObserver
	for _, next := range observers {
		all = bothQueries(all, next)
	}
	return all
}

func bothQueries(first, second ports.QueryObserver) ports.QueryObserver {
	if first == nil {
		return second
	}
	if second == nil {
		return first
	}
	return func(ctx context.Context, query ports.Query) {
		first(ctx, query)
		second(ctx, query)
	}
}

// walk observes a walk: it begins when somebody walks, and ends with the walk, with the error that was met. A ctx made by
// the observer is that of the walk.
func walk[T any](ctx context.Context, observer ports.CallObserver, call ports.Call, next func(ctx context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, end := observer(ctx, call)
		var met error
		outside := false // with whoever walks, whose panic is none of the walk's
		defer func() {
			if outside {
				end(met)
				return
			}
			finish(end, recover(), met)
		}()
		for one, err := range next(ctx) {
			if err != nil {
				met = err
			}
			outside = true
			more := yield(one, err)
			outside = false
			if !more {
				return
			}
		}
	}
}

// finish tells the end of a call: with its error or, where it panics, with a *domain.PanicError, and the panic goes on.
func finish(end func(error), panicked any, err error) {
	if panicked == nil {
		end(err)
		return
	}
	end(&domain.PanicError{Value: panicked, Stack: debug.Stack()})
	panic(panicked)
}
