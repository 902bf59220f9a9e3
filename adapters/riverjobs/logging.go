package riverjobs

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// sayPause is how long nothing more is said of a kind of trouble: while a database is away,
// River says the same many times a second.
const sayPause = 10 * time.Second

// warnings returns a logger that passes on warnings, and River's errors as warnings: what
// River cannot do it tries again, and nothing is in its tables alone. Of messages that are equal it
// passes on the first at once, and then the latest of each sayPause, with the number of those that were
// left out. flush passes on what still waits.
func warnings(logger *slog.Logger) (quiet *slog.Logger, flush func()) {
	if logger == nil {
		return slog.New(slog.DiscardHandler), func() {}
	}
	said := &said{kinds: map[string]*kind{}}
	return slog.New(fromWarnings{logger.Handler(), said}), said.flush
}

type fromWarnings struct {
	slog.Handler
	said *said
}

func (h fromWarnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, slog.LevelWarn)
}

func (h fromWarnings) Handle(ctx context.Context, record slog.Record) error {
	record.Level = slog.LevelWarn
	l := line{context.WithoutCancel(ctx), h.Handler, record.Clone()}
	if h.said.wait(l) {
		return nil
	}
	return h.Handler.Handle(ctx, record)
}

func (h fromWarnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return fromWarnings{h.Handler.WithAttrs(attrs), h.said}
}

func (h fromWarnings) WithGroup(name string) slog.Handler {
	return fromWarnings{h.Handler.WithGroup(name), h.said}
}

// line is what there is to say.
type line struct {
	ctx     context.Context //nolint:containedctx // a handler may find things in it that a line should have
	handler slog.Handler
	record  slog.Record
}

// kind is what waits to be said with a message.
type kind struct {
	latest  line
	waiting int // how many lines wait, of which only the latest will be said
}

// said knows what was said in the last sayPause. There are as many kinds as River has
// messages: some dozens.
type said struct {
	mu    sync.Mutex
	kinds map[string]*kind // by their message
}

// wait returns false where a line is to be said now, and otherwise keeps it for later.
func (s *said) wait(l line) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	message := l.record.Message
	if k := s.kinds[message]; k != nil {
		k.latest = l
		k.waiting++
		return true
	}
	s.kinds[message] = &kind{}
	time.AfterFunc(sayPause, func() { s.goOn(message) })
	return false
}

// goOn says what has waited with a message, or forgets the message.
func (s *said) goOn(message string) {
	s.mu.Lock()
	k := s.kinds[message]
	l, ok := k.take()
	if ok {
		time.AfterFunc(sayPause, func() { s.goOn(message) })
	} else {
		delete(s.kinds, message)
	}
	s.mu.Unlock()
	if ok {
		l.say()
	}
}

// flush says all that waits, in the order in which it happened.
func (s *said) flush() {
	s.mu.Lock()
	var lines []line
	for _, k := range s.kinds {
		if l, ok := k.take(); ok {
			lines = append(lines, l)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(a.record.Time.Compare(b.record.Time), cmp.Compare(a.record.Message, b.record.Message))
	})
	for _, l := range lines {
		l.say()
	}
}

// take returns what waits, with the number of what is left out; ok is false where nothing does.
func (k *kind) take() (l line, ok bool) {
	if k.waiting == 0 {
		return line{}, false
	}
	l = k.latest
	if k.waiting > 1 {
		l.record.AddAttrs(slog.Int("left_out", k.waiting-1))
	}
	*k = kind{}
	return l, true
}

func (l line) say() { _ = l.handler.Handle(l.ctx, l.record) } // as slog does, which has nobody to tell
