package tracing_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	collector "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/seed-bbcc19ba/roster/adapters/tracing"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// kept is a collector that keeps the spans it got.
type kept struct {
	mu    sync.Mutex
	spans []*collector.Span
}

// RoundTrip implements http.RoundTripper.
func (k *kept) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	data := &collector.TracesData{} // field for field an ExportTraceServiceRequest
	if err := proto.Unmarshal(body, data); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spans = append(k.spans, data.GetResourceSpans()[0].GetScopeSpans()[0].GetSpans()...)
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// keeping returns a config whose spans k keeps.
func (k *kept) keeping(config tracing.Config) tracing.Config {
	config.Endpoint, config.Transport = "http://collector/v1/traces", k
	return config
}

// record traces what do does, and returns the spans by name.
func record(t *testing.T, config tracing.Config, do func(traced *tracing.Tracing)) map[string]*collector.Span {
	t.Helper()
	k := &kept{}
	traced, err := tracing.New(k.keeping(config))
	if err != nil {
		t.Fatal(err)
	}
	do(traced)
	if err := traced.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	byName := map[string]*collector.Span{}
	for _, span := range k.spans {
		byName[span.GetName()] = span
	}
	return byName
}

// attributes returns those of a span as text.
func attributes(span *collector.Span) map[string]string {
	all := map[string]string{}
	for _, one := range span.GetAttributes() {
		switch value := one.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			all[one.GetKey()] = value.StringValue
		case *common.AnyValue_IntValue:
			all[one.GetKey()] = strconv.FormatInt(value.IntValue, 10)
		case *common.AnyValue_DoubleValue:
			all[one.GetKey()] = strconv.FormatFloat(value.DoubleValue, 'g', -1, 64)
		}
	}
	return all
}

const clientsTrace = "4bf92f3577b34da6a3ce929d0e0e4736"

func clientsHeader(flags string) http.Header {
	return http.Header{"Traceparent": {"00-" + clientsTrace + "-00f067aa0ba902b7-" + flags}}
}

func TestTheSpansOfARequestHangTogetherAndGoOnWithTheClientsTrace(t *testing.T) {
	t.Parallel()
	spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, answered := traced.Request(t.Context(), clientsHeader("01"), "the-id")
		inner, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "CreateBatch", Items: 7})
		traced.Query(inner, ports.Query{SQL: "INSERT INTO t VALUES (?)", Began: time.Now(), Took: time.Millisecond, Rows: 7, Shared: 3})
		ended(&domain.Error{Code: domain.CodeUnavailable, Message: "Ada cannot be saved"})
		answered(http.MethodPost, "/api/v1/persons/", http.StatusServiceUnavailable)
	})
	request, call, query := spans["POST /api/v1/persons/"], spans["store CreateBatch"], spans["INSERT"]
	if request == nil || call == nil || query == nil {
		t.Fatalf("got the spans %v, want one of the request, the call and the query", spans)
	}
	if hex.EncodeToString(request.GetParentSpanId()) != "00f067aa0ba902b7" || hex.EncodeToString(request.GetTraceId()) != clientsTrace {
		t.Errorf("the request: got the parent %v, want that of the client", request.GetParentSpanId())
	}
	if !bytes.Equal(call.GetParentSpanId(), request.GetSpanId()) || !bytes.Equal(query.GetParentSpanId(), call.GetSpanId()) {
		t.Error("the call is not within the request, or the query not within the call")
	}
	if took := time.Duration(query.GetEndTimeUnixNano() - query.GetStartTimeUnixNano()); took != time.Millisecond {
		t.Errorf("the query took %v, want what it was said to take", took)
	}
	if got := attributes(request); got["http.route"] != "/api/v1/persons/" || got["http.response.status_code"] != "503" || got["roster.request_id"] != "the-id" {
		t.Errorf("the request says %v, want its route, status and id", got)
	}
	if got := attributes(query); got["db.query.text"] != "INSERT INTO t VALUES (?)" || got["roster.writes"] != "3" || got["db.response.returned_rows"] != "7" {
		t.Errorf("the query says %v, want its statement, its rows and how many shared it", got)
	}
	for _, span := range spans {
		if waited, told := attributes(span)["roster.waited_ms"]; told {
			t.Errorf("%s says that it waited %s ms, want nothing of what waited for nobody", span.GetName(), waited)
		}
	}
	if got := attributes(call); got["error.type"] != "unavailable" || got["roster.items"] != "7" {
		t.Errorf("the call says %v, want the error's code and how many items", got)
	}
	if call.GetStatus().GetMessage() != "" {
		t.Errorf("the call says %q, want no message, since that may name a person", call.GetStatus().GetMessage())
	}
}

func TestWhatIsNotSampledMakesNoSpans(t *testing.T) {
	t.Parallel()
	never, err := tracing.NewSampler("always_off", 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]tracing.Config{"by the client": {}, "by the sampler": {Sampler: never}} {
		flags := "01"
		if name == "by the client" {
			flags = "00"
		}
		spans := record(t, config, func(traced *tracing.Tracing) {
			ctx, answered := traced.Request(t.Context(), clientsHeader(flags), "id")
			inner, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "Find"})
			if inner != ctx {
				t.Errorf("%s: the call has a ctx of its own, which costs", name)
			}
			traced.Query(inner, ports.Query{SQL: "SELECT 1"})
			ended(nil)
			if answered != nil {
				t.Errorf("%s: somebody is told of the end, which costs", name)
			}
			_, ended = traced.Call(t.Context(), ports.Call{Layer: "store", Method: "OfNobody"})
			ended(nil)
		})
		if len(spans) > 0 {
			t.Errorf("%s: got %v, want no spans", name, spans)
		}
	}
}

func TestARequestHasOnlySoManySpans(t *testing.T) {
	t.Parallel()
	k := &kept{}
	traced, err := tracing.New(k.keeping(tracing.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, answered := traced.Request(t.Context(), http.Header{}, "id")
	for range 1_200 {
		_, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "Seek"})
		ended(nil)
	}
	answered("GET", "/", 200)
	if err := traced.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(k.spans) != 1_001 || attributes(k.spans[0])["roster.spans_left_out"] != "200" {
		t.Errorf("got %d spans, and of the request %v, want 1,000 within it, and 200 left out", len(k.spans), attributes(k.spans[0]))
	}
}

func TestABatchTellsHowLongItWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
			ctx, answered := traced.Request(t.Context(), http.Header{}, "id")
			ctx, ended := traced.Call(ctx, ports.Call{Layer: "bulk", Method: "Create"})
			time.Sleep(300 * time.Millisecond)
			traced.LetIn(ctx, ports.Call{})
			ctx, executed := traced.Call(ctx, ports.Call{Layer: "executor", Name: "BULK", Method: "Execute"})
			time.Sleep(200 * time.Millisecond)
			_, ran := traced.Call(ctx, ports.Call{Layer: "executor", Name: "BULK", Method: "batch", Items: 2})
			ran(nil)
			executed(nil)
			ended(nil)
			answered("POST", "/", 201)
		})
		if got := attributes(spans["executor BULK batch"])["roster.waited_ms"]; got != "200" {
			t.Errorf("the batch waited %q, want 200 ms for its turn", got)
		}
		if got := attributes(spans["bulk Create"])["roster.waited_ms"]; got != "300" {
			t.Errorf("the use case waited %q, want 300 ms for its lane", got)
		}
	})
}

func TestAnUpstreamIsToldTheTraceOfEachTry(t *testing.T) {
	t.Parallel()
	var header http.Header
	spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, answered := traced.Request(t.Context(), clientsHeader("01"), "id")
		_, err := traced.Fetcher(&portmock.DocumentFetcherMock{FetchDocumentFunc: func(ctx context.Context, _ string) (domain.Document, error) {
			header = http.Header{}
			traced.Inject(ctx, header)
			return nil, &domain.Error{Code: domain.CodeUnavailable}
		}}).FetchDocument(ctx, "https://user:secret@example.com:8443/path?token=secret")
		if err == nil {
			t.Error("FetchDocument: got no error, want the fetcher's")
		}
		answered("GET", "/", 200)
	})
	span := spans["GET"]
	if span == nil {
		t.Fatalf("got %v, want a span of the fetch", spans)
	}
	if got, want := header.Get("Traceparent"), "00-"+clientsTrace+"-"+hex.EncodeToString(span.GetSpanId())+"-01"; got != want {
		t.Errorf("traceparent: got %q, want %q", got, want)
	}
	if got := attributes(span); got["server.address"] != "example.com:8443" || strings.Contains(strings.Join(slices.Collect(values(got)), " "), "secret") {
		t.Errorf("the span says %v, want the host and nothing else of the URL", got)
	}
}

func values(of map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, value := range of {
			if !yield(value) {
				return
			}
		}
	}
}

func TestAPanicEndsItsSpansAndGoesOn(t *testing.T) {
	t.Parallel()
	spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		fetcher := traced.Fetcher(&portmock.DocumentFetcherMock{FetchDocumentFunc: func(context.Context, string) (domain.Document, error) { panic("broken") }})
		handler := traced.JobHandler(&portmock.JobHandlerMock{WorkFunc: func(ctx context.Context, _ domain.JobTask) error {
			_, err := fetcher.FetchDocument(ctx, "https://example.com/")
			return err
		}})
		defer func() {
			if got := recover(); got != "broken" {
				t.Errorf("recovered %v, want the panic", got)
			}
		}()
		_ = handler.Work(t.Context(), domain.JobTask{Job: "the-job"})
	})
	for _, name := range []string{"GET", "job Work"} {
		if span := spans[name]; span == nil || attributes(span)["error.type"] != "internal" {
			t.Errorf("%s: got %v, want a span that says that it failed", name, span)
		}
	}
}

func TestTheWorkOfAJobIsLinkedToWhoGaveIt(t *testing.T) {
	t.Parallel()
	spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, answered := traced.Request(t.Context(), http.Header{}, "id")
		manager := traced.Jobs(&portmock.JobManagerMock{GenerateFunc: func(context.Context, domain.JobOrder, int64) (domain.Job, error) {
			return domain.Job{ID: "the-job"}, nil
		}})
		if _, err := manager.Generate(ctx, domain.JobOrder{}, 5); err != nil {
			t.Error(err)
		}
		answered("POST", "/jobs/", 202)
		handler := traced.JobHandler(&portmock.JobHandlerMock{WorkFunc: func(ctx context.Context, _ domain.JobTask) error {
			_, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "EndChunks"})
			ended(nil)
			return errors.New("broken")
		}})
		_ = handler.Work(t.Context(), domain.JobTask{Job: "the-job", Chunk: 3})
	})
	request, work := spans["POST /jobs/"], spans["job Work"]
	if request == nil || work == nil {
		t.Fatalf("got %v, want the request and the work", spans)
	}
	if links := work.GetLinks(); len(links) != 1 || !bytes.Equal(links[0].GetSpanId(), request.GetSpanId()) {
		t.Errorf("the work: got the links %v, want one to the request", links)
	}
	if attributes(request)["roster.job"] != "the-job" || attributes(work)["roster.job"] != "the-job" || attributes(work)["roster.chunk"] != "3" {
		t.Errorf("got %v and %v, want the job in both", attributes(request), attributes(work))
	}
	if inner := spans["store EndChunks"]; inner == nil || !bytes.Equal(inner.GetParentSpanId(), work.GetSpanId()) {
		t.Error("the call of the store is not within the work")
	}
}

func TestALineOfATracedRequestTellsTheTrace(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	logger := slog.New(tracing.LogHandler(slog.NewTextHandler(&text, nil)))
	record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, answered := traced.Request(t.Context(), clientsHeader("01"), "id")
		logger.With("a", 1).LogAttrs(ctx, slog.LevelInfo, "traced")
		answered("GET", "/", 200)
	})
	if !strings.Contains(text.String(), "trace_id="+clientsTrace) {
		t.Errorf("got %q, want the trace's id", text.String())
	}
	text.Reset()
	logger.LogAttrs(t.Context(), slog.LevelInfo, "not traced")
	if strings.Contains(text.String(), "trace_id") {
		t.Errorf("got %q, want no trace", text.String())
	}
}

// What is written by hand is read by OpenTelemetry's own code.
func TestACollectorReadsTheSpans(t *testing.T) {
	t.Parallel()
	received := make(chan *collector.TracesData, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		data := &collector.TracesData{} // field for field an ExportTraceServiceRequest
		if err := proto.Unmarshal(body, data); err != nil {
			t.Errorf("Unmarshal: %v", err)
		}
		if len(data.ProtoReflect().GetUnknown()) > 0 || r.Header.Get("Content-Type") != "application/x-protobuf" || r.Header.Get("Authorization") != "Bearer x" {
			t.Errorf("got a request with %v, want protobuf, as configured", r.Header)
		}
		received <- data
	}))
	defer server.Close()
	traced, err := tracing.New(tracing.Config{
		Endpoint: server.URL + "/v1/traces", Headers: http.Header{"Authorization": {"Bearer x"}},
		Service: "test", Version: "v1", Attributes: map[string]string{"deployment.environment": "here", "service.name": "other"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, answered := traced.Request(t.Context(), clientsHeader("01"), "id")
	ctx, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "Find", Items: 300})
	traced.Query(ctx, ports.Query{SQL: "SELECT ä", Began: time.Now(), Rows: 0, Err: errors.New("broken")})
	ended(nil)
	answered("GET", "/x/", 200)
	if err := traced.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	data := <-received
	resource := data.GetResourceSpans()[0]
	said := map[string]string{}
	for _, one := range resource.GetResource().GetAttributes() {
		said[one.GetKey()] = one.GetValue().GetStringValue()
	}
	if said["service.name"] != "test" || said["service.version"] != "v1" || said["deployment.environment"] != "here" {
		t.Errorf("the resource says %v, want what was configured", said)
	}
	byName := map[string]*collector.Span{}
	for _, span := range resource.GetScopeSpans()[0].GetSpans() {
		byName[span.GetName()] = span
	}
	request, call, query := byName["GET /x/"], byName["store Find"], byName["SELECT"]
	if request == nil || call == nil || query == nil {
		t.Fatalf("got %v, want three spans", byName)
	}
	if request.GetKind() != collector.Span_SPAN_KIND_SERVER || query.GetKind() != collector.Span_SPAN_KIND_CLIENT || call.GetKind() != collector.Span_SPAN_KIND_INTERNAL {
		t.Error("the kinds of the spans are not what they were")
	}
	if !bytes.Equal(query.GetParentSpanId(), call.GetSpanId()) || !bytes.Equal(call.GetParentSpanId(), request.GetSpanId()) || len(request.GetTraceId()) != 16 {
		t.Error("the spans do not hang together")
	}
	if query.GetStatus().GetCode() != collector.Status_STATUS_CODE_ERROR || call.GetStatus().GetCode() != collector.Status_STATUS_CODE_UNSET {
		t.Errorf("the states: got %v and %v, want an error and none", query.GetStatus(), call.GetStatus())
	}
	if request.GetFlags() != 0x301 || call.GetFlags() != 0x101 {
		t.Errorf("the flags: got %#x and %#x, want that one's parent is elsewhere", request.GetFlags(), call.GetFlags())
	}
	if one := call.GetAttributes()[0]; one.GetKey() != "roster.items" || one.GetValue().GetIntValue() != 300 {
		t.Errorf("the call says %v, want 300 items", one)
	}
	if call.GetEndTimeUnixNano() < call.GetStartTimeUnixNano() || call.GetStartTimeUnixNano() == 0 {
		t.Error("the call has no time")
	}
}

func TestADeadCollectorCostsALineAMinuteAndHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	endpoint := server.URL
	server.Close()
	var text lines
	traced, err := tracing.New(tracing.Config{Endpoint: endpoint, Logger: slog.New(slog.NewTextHandler(&text, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for range 5_000 { // more than wait in the queue
		_, answered := traced.Request(t.Context(), http.Header{}, "id")
		answered("GET", "/", 200)
	}
	if err := traced.Close(t.Context()); err != nil {
		t.Errorf("Close: got %v, want nil: the log has heard of it", err)
	}
	if got := strings.Count(text.String(), "\n"); got != 1 {
		t.Errorf("the log has %d lines, want one:\n%s", got, text.String())
	}
}

// lines is a buffer for several goroutines.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestTheEndWaitsNoLongerThanItMayForACollectorThatHangs(t *testing.T) {
	t.Parallel()
	hanging := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-hanging:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(hanging)
	traced, err := tracing.New(tracing.Config{Endpoint: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, answered := traced.Request(t.Context(), http.Header{}, "id")
	answered("GET", "/", 200)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := traced.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close: got %v, want that its time is over", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Close took %v, want no more than it may", took)
	}
}

func TestAnEndpointThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{"", "localhost:4318", "ftp://x/", "http://"} {
		if _, err := tracing.New(tracing.Config{Endpoint: endpoint}); domain.CodeOf(err) != domain.CodeInvalid {
			t.Errorf("%q: got %v, want invalid", endpoint, err)
		}
	}
	if _, err := tracing.NewSampler("sometimes", 1); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("a sampler: got %v, want invalid", err)
	}
}

func TestWhatGoesOnAfterTheRequestIsOverIsInItsTrace(t *testing.T) {
	t.Parallel()
	spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, answered := traced.Request(t.Context(), http.Header{}, "id")
		batch, ended := traced.Call(ctx, ports.Call{Layer: "executor", Name: "BULK", Method: "batch"})
		answered("POST", "/", 504)
		_, stored := traced.Call(batch, ports.Call{Layer: "store", Method: "CreateBatch"})
		stored(nil)
		ended(nil)
		late, told := traced.Call(batch, ports.Call{Layer: "store", Method: "TooLate"})
		if late != batch {
			t.Error("a call after all was sent has a span, which nobody gets")
		}
		told(nil)
		traced.LetIn(batch, ports.Call{})
	})
	if spans["POST /"] == nil || spans["executor BULK batch"] == nil || spans["store CreateBatch"] == nil || len(spans) != 3 {
		t.Errorf("got %v, want the request, the batch that went on, and what was within that", spans)
	}
}

func TestSpansAreMadeByManyAtOnce(t *testing.T) {
	t.Parallel()
	k := &kept{}
	traced, err := tracing.New(k.keeping(tracing.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, answered := traced.Request(t.Context(), http.Header{}, "id")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				inner, ended := traced.Call(ctx, ports.Call{Layer: "store", Method: "Find"})
				traced.Query(inner, ports.Query{SQL: "SELECT 1", Began: time.Now()})
				traced.LetIn(inner, ports.Call{})
				ended(nil)
			}
		})
	}
	all.Wait()
	answered("GET", "/", 200)
	if err := traced.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, span := range k.spans {
		ids[string(span.GetSpanId())] = true
	}
	if len(k.spans) != 801 || len(ids) != 801 {
		t.Errorf("got %d spans with %d ids, want 801 of each", len(k.spans), len(ids))
	}
}

func TestAShareIsChosenByTheTraceAndTheClientHasTheLastWord(t *testing.T) {
	t.Parallel()
	const low, high = "00000000000000000000000000000001", "0000000000000000fffffffffffffffe"
	for _, c := range []struct {
		sampler, trace, flags string
		want                  bool
	}{
		{"always_on", high, "00", true},
		{"always_off", low, "01", false},
		{"traceidratio", low, "00", true},
		{"traceidratio", high, "01", false},
		{"parentbased_always_on", high, "00", false},
		{"parentbased_always_off", high, "01", true},
		{"parentbased_traceidratio", high, "01", true},
		{"parentbased_traceidratio", low, "00", false},
	} {
		sampler, err := tracing.NewSampler(c.sampler, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		spans := record(t, tracing.Config{Sampler: sampler}, func(traced *tracing.Tracing) {
			header := http.Header{"Traceparent": {"00-" + c.trace + "-00f067aa0ba902b7-" + c.flags}}
			if _, answered := traced.Request(t.Context(), header, "id"); answered != nil {
				answered("GET", "/", 200)
			}
		})
		if got := len(spans) == 1; got != c.want {
			t.Errorf("%s, the trace %s with flags %s: traced is %t, want %t", c.sampler, c.trace, c.flags, got, c.want)
		}
	}
}

func TestAnUpstreamOfARequestThatIsNotTracedLearnsThat(t *testing.T) {
	t.Parallel()
	record(t, tracing.Config{}, func(traced *tracing.Tracing) {
		ctx, _ := traced.Request(t.Context(), clientsHeader("00"), "id")
		header := http.Header{}
		traced.Inject(ctx, header)
		if got := header.Get("Traceparent"); !strings.HasPrefix(got, "00-"+clientsTrace+"-") || !strings.HasSuffix(got, "-00") {
			t.Errorf("traceparent: got %q, want the client's trace, not sampled", got)
		}
		header = http.Header{}
		traced.Inject(t.Context(), header)
		if len(header) > 0 {
			t.Errorf("outside of a request: got %v, want nothing", header)
		}
	})
}

func TestAHeaderThatIsNoTraceparentBeginsANewTrace(t *testing.T) {
	t.Parallel()
	good := "00-" + clientsTrace + "-00f067aa0ba902b7-01"
	for value, want := range map[string]bool{
		good:                               true,
		"cc" + good[2:] + "-later":         true,
		"cc" + good[2:] + "later":          false,
		good + "-later":                    false,
		"ff" + good[2:]:                    false,
		strings.ToUpper(good):              false,
		good[:54]:                          false,
		strings.ReplaceAll(good, "-", "_"): false,
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01": false,
		"00-" + clientsTrace + "-0000000000000000-01":            false,
		"00-" + clientsTrace[:31] + "g-00f067aa0ba902b7-01":      false,
	} {
		for state, wantState := range map[string]string{"a=1,b=2": "a=1,b=2", "a": "", "a=\x01": "", strings.Repeat("a=1,", 200): ""} {
			spans := record(t, tracing.Config{}, func(traced *tracing.Tracing) {
				ctx, answered := traced.Request(t.Context(), http.Header{"Traceparent": {value}, "Tracestate": {state}}, "id")
				header := http.Header{}
				traced.Inject(ctx, header)
				if got := header.Get("Tracestate"); want && got != wantState {
					t.Errorf("tracestate %q: handed on as %q, want %q", state, got, wantState)
				}
				answered("GET", "/", 200)
			})
			span := spans["GET /"]
			if got := hex.EncodeToString(span.GetTraceId()) == clientsTrace; got != want {
				t.Errorf("traceparent %q: the client's trace goes on: %t, want %t", value, got, want)
			}
			if want && span.GetTraceState() != wantState {
				t.Errorf("tracestate %q: the span says %q, want %q", state, span.GetTraceState(), wantState)
			}
		}
	}
}

// A collector that is slow costs spans, and a line of the log, and nobody waits for it.
func TestSpansThatComeTooFastAreDroppedAndTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text lines
		held, asked := make(chan struct{}), make(chan struct{}, 100)
		k := &kept{}
		traced, err := tracing.New(tracing.Config{
			Endpoint: "http://collector/", Logger: slog.New(slog.NewTextHandler(&text, nil)),
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				asked <- struct{}{}
				<-held
				return k.RoundTrip(r)
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		one := func() {
			_, answered := traced.Request(t.Context(), http.Header{}, "id")
			answered("GET", "/", 200)
		}
		one()
		<-asked // so nothing is taken out of the queue
		for range 5_000 {
			one()
		}
		close(held)
		if err := traced.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(k.spans) != 1+4_096 {
			t.Errorf("got %d spans, want the one that was being sent and those that there was room for", len(k.spans))
		}
		if got := text.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "spans_lost=904") {
			t.Errorf("got the log %q, want one line, with 904 spans that were lost", got)
		}
	})
}

// A collector's URL may hold a secret, and net/http's errors tell it.
func TestTheLogTellsNoURLOfACollector(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var text lines
		traced, err := tracing.New(tracing.Config{
			Endpoint: "http://collector/v1/traces?api_key=secret", Logger: slog.New(slog.NewTextHandler(&text, nil)),
			Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("nobody listens") }),
		})
		if err != nil {
			t.Fatal(err)
		}
		_, answered := traced.Request(t.Context(), http.Header{}, "id")
		answered("GET", "/", 200)
		if err := traced.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := text.String(); strings.Contains(got, "secret") || !strings.Contains(got, "nobody listens") {
			t.Errorf("got the log %q, want why, and nothing of the URL", got)
		}
	})
}

type roundTrip func(r *http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
