package app

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/ports"
)

// tally counts the queries of one request, which may be made by several goroutines.
type tally struct{ count, nanoseconds atomic.Int64 }

type tallyKey struct{}

// tallyQuery is a ports.QueryObserver: it counts a query for the request that it was put for. One that several writes
// shared counts for each of them in full, since each waited for all of it.
func tallyQuery(ctx context.Context, query ports.Query) {
	if counted, ok := ctx.Value(tallyKey{}).(*tally); ok {
		counted.count.Add(1)
		counted.nanoseconds.Add(int64(query.Took))
	}
}

// watchQueries has the queries of a request counted, and told in the header Server-Timing
// (https://www.w3.org/TR/server-timing/): their number and their time, all added up, and how long the request took until its answer began.
func watchQueries(ctx context.Context, _ *http.Request, _ string, watcher *httpapi.Watcher) context.Context {
	began, counted := time.Now(), &tally{}
	watcher.Sending = func(header http.Header) {
		count := counted.count.Load()
		described := strconv.FormatInt(count, 10) + " queries"
		if count == 1 {
			described = "1 query"
		}
		header.Set("Server-Timing", `db;desc="`+described+`";dur=`+milliseconds(time.Duration(counted.nanoseconds.Load()))+
			", total;dur="+milliseconds(time.Since(began)))
	}
	return context.WithValue(ctx, tallyKey{}, counted)
}

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', -1, 64)
}
