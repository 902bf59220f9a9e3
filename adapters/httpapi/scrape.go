package httpapi

import (
	"context"
	"net/http"
	"time"
)

// metricsPath is where figures are told. It has no slash at its end, as the probes have none and as whoever scrapes expects.
const metricsPath = "/metrics"

// scrapeAdmission is how long it may take to find out who scrapes: that a store is stuck is what figures are there to tell.
const scrapeAdmission = time.Second

// answerScrapes lets metrics answer metricsPath, and hands everything else on.
//
// A scrape is one of whoever watches the server, like a probe: it comes every few seconds, is only logged at DEBUG, and costs a
// client nothing, since who watches may share an address with those who ask too much, and is needed most just then. That who asks without a
// pause cannot keep the server busy is up to metrics. Other than a probe, which names an address and has no token, it passes the
// check of the host, since figures are nothing for a page whose name was made to lead here, and the admission. Who
// is not admitted pays as for any other request.
func answerScrapes(next http.Handler, a *api, metrics http.Handler) http.Handler {
	if metrics == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != metricsPath {
			next.ServeHTTP(w, r)
			return
		}
		if e, isExchange := w.(*exchange); isExchange {
			e.route, e.probe = metricsPath, true
		}
		setHeader(w, "Cache-Control", "no-store")
		if err := a.admitScrape(w, r); err != nil {
			replyTo(err).write(w, 0)
			return
		}
		if served(r) != http.MethodGet {
			setHeader(w, "Allow", "GET, HEAD")
			replyTo(methodNotAllowed(r)).write(w, 0)
			return
		}
		metrics.ServeHTTP(w, r)
	})
}

// scraped is what the table of access knows of scrapes.
var scraped = &view{route: metricsPath, actions: map[string]action{http.MethodGet: nil}}

// admitScrape returns why a scrape is not admitted, and nil where it is.
func (a *api) admitScrape(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), scrapeAdmission)
	defer cancel()
	if _, err := a.admission.admit(w, r.WithContext(ctx), scraped); err != nil {
		if throttled := a.quota.charge(w, r, 1); throttled != nil {
			return throttled
		}
		return err
	}
	return nil
}
