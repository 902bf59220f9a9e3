// Package observed decorates ports so that observers are told of each call: when it begins, when it ends, and what
// error it ended with. Whoever measures or traces says what is done then; nobody else knows that it is.
//
// What a decorated port answers is what the port answers. A decorator has the methods of its port and no others: who asks
// a store whether it is a ports.Prober or a ports.Migrator asks the store itself.
package observed

import (
	"context"
	"iter"
)

// Call is a call of a port, or a batch of an executor.
type Call struct {
	// Layer is what is called: "store", "registry", "executor" and so on. Name tells those apart that there are several of,
	// such as CREATE_BULK; mostly it is "".
	Layer, Name string
	// Method is the method of the port, or "batch" where an executor has a batch handled. There are only so many.
	Method string
	// Items is how many items are handed over together; 0 where it is one thing.
	Items int
}

// Observer is told of a call when it begins. It returns the ctx in which the call is made, and what is told when it has
// ended, with its error; neither is nil. It is used by many at once, and each call waits for it.
type Observer func(ctx context.Context, call Call) (context.Context, func(err error))

// All returns an observer that tells each of the observers, those that come first around the others. It is nil where there
// are none but nil.
func All(observers ...Observer) Observer {
	var all Observer
	for _, next := range observers {
		all = both(all, next)
	}
	return all
}

func both(outer, inner Observer) Observer {
	if outer == nil {
		return inner
	}
	if inner == nil {
		return outer
	}
	return func(ctx context.Context, call Call) (context.Context, func(error)) {
		ctx, endOuter := outer(ctx, call)
		ctx, endInner := inner(ctx, call)
		return ctx, func(err error) {
			endInner(err)
			endOuter(err)
		}
	}
}

// walk observes a walk: it begins when somebody walks, and ends with the walk, with the error that was met. A ctx made by
// the observer is that of the walk.
func walk[T any](ctx context.Context, observer Observer, call Call, next func(ctx context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, end := observer(ctx, call)
		var met error
		defer func() { end(met) }()
		for one, err := range next(ctx) {
			if err != nil {
				met = err
			}
			if !yield(one, err) {
				return
			}
		}
	}
}
