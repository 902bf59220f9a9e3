package httpapi

import (
	"bytes"
	"net/http"
)

// toll is what the client of an upload pays: a unit for each line, and no more than all that a
// client may have, as for a job of made-up persons. The nil toll is nothing.
//
// The first line is paid before anything is read, and the others together when the text has
// ended, or as soon as more of them have come than the client had left. So an upload that cannot be
// paid is refused before its rows become a job and before much of it has come, and mostly takes no more of
// the client than its first line did; and uploads at the same time, however small, are each
// paid in full. A row has a line at least: nobody gets one for nothing.
type toll struct {
	bill  *bill
	r     *http.Request
	most  int  // that is paid, all in all
	paid  int  // so far
	owed  int  // for lines that have come
	left  int  // of the client's, when it paid last
	ended bool // the last line has its end
}

// openToll has the first line paid. The error is what to answer.
func openToll(r *http.Request) (*toll, error) {
	b, found := r.Context().Value(billKey{}).(*bill)
	if !found {
		return nil, nil //nolint:nilnil // no limit is set
	}
	b.charged = true
	t := &toll{bill: b, r: r, owed: 1}
	return t, t.pay()
}

// pass counts the lines of what has come, which isEnd says is the last, and has them paid
// where it is time. The error is what to answer.
func (t *toll) pass(content []byte, isEnd bool) error {
	if t == nil {
		return nil
	}
	t.owed = min(t.owed+t.lines(content), t.most-t.paid)
	if t.owed > t.left || isEnd && t.owed > 0 {
		return t.pay()
	}
	return nil
}

// lines returns how many lines begin within content. The first of all was counted before it came.
func (t *toll) lines(content []byte) int {
	if len(content) == 0 {
		return 0
	}
	last := len(content) - 1
	lines := bytes.Count(content[:last], []byte{'\n'})
	if t.ended {
		lines++
	}
	t.ended = content[last] == '\n'
	return lines
}

// pay pays what is owed.
func (t *toll) pay() error {
	decision, err := t.bill.quota.take(t.bill.w, t.r, t.owed, t.paid)
	if err != nil {
		return err
	}
	t.paid += t.owed
	t.owed, t.left, t.most = 0, decision.Remaining, max(t.paid, decision.Rate.Count())
	return nil
}
