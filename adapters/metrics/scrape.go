package metrics

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

const (
	// scrapeRest is how many times as long as it took to gather the figures they are answered again, mostly some 20 ms: so
	// whoever asks without a pause takes a tenth of a processor for it, and not all of one.
	scrapeRest = 9
	// longestScrapeRest keeps a scrape that waited for a store from being the answer of the next one, a few seconds later.
	longestScrapeRest = time.Second
)

// formats are what a scrape may be answered in; who takes anything gets the first.
var formats = [...]expfmt.Format{expfmt.FmtText, expfmt.FmtOpenMetrics_1_0_0}

// Handler returns what answers a scrape, in the text format of Prometheus, or in OpenMetrics where Accept
// prefers that: what Metrics counts, what the sources tell, and what Go and the system
// tell of the process.
//
// One gathers at a time, within a second and little more however stuck the store is, and who comes meanwhile or soon after gets
// what was gathered. The logger is told of what could not be; it may be nil.
func (m *Metrics) Handler(sources Sources, logger *slog.Logger) http.Handler {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(counted{m}, m.rates, newRead(&sources),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(m.jobs.collectors()...)
	return &scrapes{gather: registry.Gather, logger: logger}
}

// scrapes answers scrapes.
type scrapes struct {
	gather func() ([]*dto.MetricFamily, error)
	logger *slog.Logger

	mu       sync.Mutex
	rested   time.Time // the figures are gathered no sooner than that
	families []*dto.MetricFamily
	texts    map[expfmt.Format][]byte // of the families, as far as somebody asked; there are only so many formats
}

// ServeHTTP answers GET and HEAD. Whoever stands before it lets no other method through.
func (s *scrapes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	format := expfmt.NegotiateAccept(r.Header, formats[:]...)
	text, err := s.text(format)
	if err != nil {
		s.logger.LogAttrs(r.Context(), slog.LevelError, "metrics cannot be told", slog.String("error", err.Error()))
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", string(format))
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text) // who has gone needs none
}

// text returns the figures in a format.
func (s *scrapes) text(format expfmt.Format) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if began := time.Now(); !began.Before(s.rested) {
		families, err := s.gather()
		if err != nil {
			return nil, fmt.Errorf("cannot gather them: %w", err)
		}
		now := time.Now()
		s.families, s.texts = families, map[expfmt.Format][]byte{}
		s.rested = now.Add(min(scrapeRest*now.Sub(began), longestScrapeRest))
	}
	if text, known := s.texts[format]; known {
		return text, nil
	}
	text, err := encode(s.families, format)
	if err == nil {
		s.texts[format] = text
	}
	return text, err
}

func encode(families []*dto.MetricFamily, format expfmt.Format) ([]byte, error) {
	var text bytes.Buffer
	encoder := expfmt.NewEncoder(&text, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return nil, err
		}
	}
	if closer, ok := encoder.(io.Closer); ok { // OpenMetrics ends with a mark
		if err := closer.Close(); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}
