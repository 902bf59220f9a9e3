package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/seed-bbcc19ba/roster/adapters/tracing"
)

// Tracing says whether requests are traced, and where to, by the variables that OpenTelemetry has for that.
//
// They are traced where an endpoint is given or the exporter is otlp, and neither Disabled nor the exporter none.
type Tracing struct {
	// Disabled turns everything off.
	Disabled bool `env:"SDK_DISABLED" allowed:"True or False"`
	// Exporter is otlp, none, or "", which is otlp where there is an endpoint.
	Exporter string `env:"TRACES_EXPORTER" allowed:"otlp or none"`
	// Endpoint is the URL of a collector, to which /v1/traces is added; TracesEndpoint is the whole of it, and wins. With
	// neither it is http://localhost:4318.
	Endpoint       string `env:"EXPORTER_OTLP_ENDPOINT" allowed:"a URL such as http://localhost:4318"`
	TracesEndpoint string `env:"EXPORTER_OTLP_TRACES_ENDPOINT" allowed:"a URL such as http://localhost:4318/v1/traces"`
	// Protocol is the only one there is.
	Protocol string `env:"EXPORTER_OTLP_PROTOCOL" allowed:"http/protobuf"`
	// Headers are sent with spans: names and values with commas, percent-encoded. They may hold a token.
	Headers Secret `env:"EXPORTER_OTLP_HEADERS" allowed:"headers such as api-key=abc,other=value, percent-encoded"`
	// ServiceName is what this program is called; "" is roster, or what Resource says.
	ServiceName string `env:"SERVICE_NAME"`
	// Resource is what else is said of it.
	Resource string `env:"RESOURCE_ATTRIBUTES" allowed:"attributes such as deployment.environment.name=production,host.name=a, percent-encoded"`
	// Sampler says which requests are traced, and SamplerArg the share of those where it is a share.
	Sampler    string `env:"TRACES_SAMPLER" allowed:"always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio"`
	SamplerArg string `env:"TRACES_SAMPLER_ARG" allowed:"0 to 1"`
}

const (
	exporterOTLP = "otlp"
	exporterNone = "none"

	defaultSampler      = "parentbased_always_on"
	defaultOTLPEndpoint = "http://localhost:4318"
	protocolOTLP        = "http/protobuf"
)

// isOn tells whether requests are traced.
func (t Tracing) isOn() bool {
	return !t.Disabled && t.Exporter != exporterNone && (t.Exporter == exporterOTLP || t.Endpoint != "" || t.TracesEndpoint != "")
}

// endpoint returns the URL to which spans are sent.
func (t Tracing) endpoint() string {
	if t.TracesEndpoint != "" {
		return t.TracesEndpoint
	}
	base := t.Endpoint
	if base == "" {
		base = defaultOTLPEndpoint
	}
	return strings.TrimSuffix(base, "/") + "/v1/traces"
}

// sampler returns the sampler. Without a share all are traced.
func (t Tracing) sampler() (*tracing.Sampler, error) {
	share, err := t.share()
	if err != nil {
		return nil, err
	}
	return tracing.NewSampler(t.Sampler, share)
}

func (t Tracing) share() (float64, error) {
	if t.SamplerArg == "" {
		return 1, nil
	}
	share, err := strconv.ParseFloat(t.SamplerArg, 64)
	if err != nil || !(share >= 0 && share <= 1) { // and no NaN
		return 0, fmt.Errorf("%q is no share", t.SamplerArg)
	}
	return share, nil
}

// headers returns what is sent with spans. The error tells no value.
func (t Tracing) headers() (http.Header, error) {
	if !t.Headers.IsSet() {
		return nil, nil //nolint:nilnil // none are no mistake
	}
	pairs, err := parsePairs(t.Headers.Reveal())
	if err != nil {
		return nil, err
	}
	headers := http.Header{}
	for name, value := range pairs {
		if !isHeader(name, value) {
			return nil, errors.New("one of them is no header")
		}
		headers.Set(name, value)
	}
	return headers, nil
}

// isHeader tells whether a header may have this name and this value (RFC 9110, section 5).
func isHeader(name, value string) bool {
	inName := func(c rune) bool {
		return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.ContainsRune("!#$%&'*+-.^_`|~", c)
	}
	outOfName := func(c rune) bool { return !inName(c) }
	outOfValue := func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }
	return !strings.ContainsFunc(name, outOfName) && !strings.ContainsFunc(value, outOfValue)
}

// parsePairs reads "name=value,name=value", percent-encoded. The error tells no value, which may be a secret.
func parsePairs(text string) (map[string]string, error) {
	pairs := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		name = strings.TrimSpace(name)
		decoded, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || name == "" || err != nil {
			return nil, errors.New("they are not name=value with commas between them")
		}
		pairs[name] = decoded
	}
	return pairs, nil
}

// open returns what traces, or nil where nothing is traced.
func (t Tracing) open(logger *slog.Logger) (*tracing.Tracing, error) {
	if !t.isOn() {
		return nil, nil //nolint:nilnil // as it says
	}
	headers, err := t.headers()
	if err != nil {
		return nil, err
	}
	attributes, err := parsePairs(t.Resource)
	if err != nil {
		return nil, err
	}
	sampler, err := t.sampler()
	if err != nil {
		return nil, err
	}
	version, _ := madeFrom()
	return tracing.New(tracing.Config{
		Endpoint: t.endpoint(), Headers: headers,
		Service: t.ServiceName, Version: version, Attributes: attributes,
		Sampler: sampler, Logger: logger,
	})
}

// checkTracing reports what of it cannot be used, also where it is off.
func (m *mistakes) checkTracing(t Tracing) {
	if t.Exporter != "" && t.Exporter != exporterOTLP && t.Exporter != exporterNone {
		m.add("OTEL_TRACES_EXPORTER", fmt.Sprintf("%q is no exporter that there is", t.Exporter))
	}
	if t.Protocol != protocolOTLP {
		m.add("OTEL_EXPORTER_OTLP_PROTOCOL", fmt.Sprintf("%q is not spoken", t.Protocol))
	}
	for name, endpoint := range map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": t.Endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": t.TracesEndpoint} {
		parsed, err := url.Parse(endpoint)
		if endpoint != "" && (err != nil || parsed.Host == "" || parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" || parsed.Scheme != "http" && parsed.Scheme != "https") {
			m.add(name, "it is no URL with http or https, a host, and neither user, password, query nor fragment: a token goes into OTEL_EXPORTER_OTLP_HEADERS") // it may hold one
		}
	}
	if _, err := t.headers(); err != nil {
		m.add("OTEL_EXPORTER_OTLP_HEADERS", err.Error())
	}
	if _, err := parsePairs(t.Resource); err != nil {
		m.add("OTEL_RESOURCE_ATTRIBUTES", err.Error())
	}
	if _, err := t.share(); err != nil {
		m.add("OTEL_TRACES_SAMPLER_ARG", err.Error())
	} else if _, err := t.sampler(); err != nil {
		m.add("OTEL_TRACES_SAMPLER", err.Error())
	}
}
