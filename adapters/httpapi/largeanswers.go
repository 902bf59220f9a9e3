package httpapi

import (
	"net/http"
	"sync/atomic"

	"github.com/seed-bbcc19ba/roster/adapters/internal/drf"
)

// An answer stays in memory until its client has taken it, which clients decide. What
// is at most smallAnswer mostly fits into the buffers on the way. Of larger ones so
// many bytes are in memory at once; one more is refused, so that clients that take
// nothing cannot fill the memory.
const (
	smallAnswer  = 16 << 10
	largeAnswers = 32 << 20
)

// largeAnswersUnderWay counts the bytes of large answers that are being sent. The zero
// value counts none.
type largeAnswersUnderWay struct{ bytes atomic.Int64 }

// begin tells whether there is room for an answer of so many bytes, and counts it. One
// that is alone always has room.
func (l *largeAnswersUnderWay) begin(bytes int) bool {
	if sum := l.bytes.Add(int64(bytes)); sum > largeAnswers && sum > int64(bytes) {
		l.bytes.Add(-int64(bytes))
		return false
	}
	return true
}

func (l *largeAnswersUnderWay) end(bytes int) { l.bytes.Add(-int64(bytes)) }

// countAnswer makes room for an answer in w. Where there is none it answers 503 in
// its place, and the answer is not to be sent.
func countAnswer(w http.ResponseWriter, bytes int) (end func(), counted bool) {
	e, isExchange := w.(*exchange)
	if !isExchange || bytes <= smallAnswer {
		return func() {}, true
	}
	if !e.largeAnswers.begin(bytes) {
		w.Header().Del("Etag") // it is that of the answer
		reply{status: http.StatusServiceUnavailable, body: detail{drf.Unavailable}, retryAfter: 1}.write(w, 0)
		return nil, false
	}
	return func() { e.largeAnswers.end(bytes) }, true
}
