package httpapi_test

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/httpapi"
	"github.com/seed-bbcc19ba/roster/adapters/memstore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// trusted are the proxies of these tests.
var trusted = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"),
	netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("::1/128"),
}

// from makes a request of a peer.
func from(peer string, headers ...string) *http.Request {
	r := request(http.MethodGet, "/api/v1/", "", headers...)
	r.RemoteAddr = peer
	return r
}

func TestTheClientIsTheFirstFromTheRightThatIsNoProxy(t *testing.T) {
	t.Parallel()
	const header = "X-Forwarded-For"
	for name, test := range map[string]struct {
		request *http.Request
		want    string // what the log says
		key     string // by what it is limited
	}{
		"a peer that is no proxy":                   {from("198.51.100.4:1234"), "198.51.100.4", "198.51.100.4"},
		"whatever it says":                          {from("198.51.100.4:1234", header, "10.0.0.1, 1.2.3.4"), "198.51.100.4", "198.51.100.4"},
		"not in Forwarded either":                   {from("10.0.0.1:80", "Forwarded", "for=1.2.3.4"), "10.0.0.1", "10.0.0.1"},
		"a proxy that says nothing":                 {from("10.0.0.1:80"), "10.0.0.1", "10.0.0.1"},
		"a proxy's client":                          {from("10.0.0.1:80", header, "203.0.113.9"), "203.0.113.9", "203.0.113.9"},
		"what the client made up is to its left":    {from("10.0.0.1:80", header, "1.2.3.4, 10.0.0.9, 203.0.113.9"), "203.0.113.9", "203.0.113.9"},
		"behind two proxies":                        {from("10.0.0.1:80", header, "1.2.3.4,203.0.113.9 ,192.0.2.7"), "203.0.113.9", "203.0.113.9"},
		"in several lines":                          {from("10.0.0.1:80", header, "1.2.3.4", header, "203.0.113.9", header, "10.0.0.2, 10.0.0.3"), "203.0.113.9", "203.0.113.9"},
		"only proxies":                              {from("10.0.0.1:80", header, "10.0.0.3, 10.0.0.2"), "10.0.0.3", "10.0.0.3"},
		"what is no address ends the search":        {from("10.0.0.1:80", header, "203.0.113.9, unknown, 10.0.0.2"), "10.0.0.2", "10.0.0.2"},
		"nothing between commas ends it too":        {from("10.0.0.1:80", header, "203.0.113.9,,10.0.0.2"), "10.0.0.2", "10.0.0.2"},
		"no address at all":                         {from("10.0.0.1:80", header, "\"203.0.113.9\""), "10.0.0.1", "10.0.0.1"},
		"an empty header":                           {from("10.0.0.1:80", header, ""), "10.0.0.1", "10.0.0.1"},
		"with a port":                               {from("10.0.0.1:80", header, "203.0.113.9:4711"), "203.0.113.9", "203.0.113.9"},
		"IPv6":                                      {from("[fd00::1]:80", header, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		"IPv6 with a port":                          {from("[::1]:80", header, "[2001:DB8:1:2::6]:99"), "2001:db8:1:2::6", "2001:db8:1:2::/64"},
		"IPv6 in brackets":                          {from("[::1]:80", header, "[2001:db8::6]"), "2001:db8::6", "2001:db8::/64"},
		"IPv6 of a peer":                            {from("[2001:db8:1:2:ffff::6]:99"), "2001:db8:1:2:ffff::6", "2001:db8:1:2::/64"},
		"a link-local peer":                         {from("[fe80::1%eth0]:99"), "fe80::1%eth0", "fe80::/64"},
		"mapped IPv4 is IPv4":                       {from("[::1]:80", header, "::ffff:203.0.113.9"), "203.0.113.9", "203.0.113.9"},
		"a mapped proxy is a proxy":                 {from("[::ffff:10.0.0.1]:80", header, "203.0.113.9"), "203.0.113.9", "203.0.113.9"},
		"a mapped peer is limited as IPv4":          {from("[::ffff:203.0.113.9]:80"), "::ffff:203.0.113.9", "203.0.113.9"},
		"an address with leading zeros is none":     {from("10.0.0.1:80", header, "203.0.113.009"), "10.0.0.1", "10.0.0.1"},
		"a peer without an address, such as a pipe": {from("@", header, "203.0.113.9"), "@", "@"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limiter := answering(domain.Decision{Allowed: true, Rate: rateOf(t, 10, time.Minute)}, nil)
			limited := limitedBy(limiter)
			limited.TrustedProxies = trusted
			handler, log := loggedWith(t, useCases(t, memstore.New()), limited)
			send(handler, test.request)
			if got := readLine(t, log).Client; got != test.want {
				t.Errorf("got the client %q in the log, want %q", got, test.want)
			}
			if calls := limiter.TakeCalls(); len(calls) != 1 || calls[0].Key != test.key {
				t.Errorf("got the limiter's calls %v, want one for %q", calls, test.key)
			}
		})
	}
}

func TestWithoutProxiesNoHeaderIsBelieved(t *testing.T) {
	t.Parallel()
	for _, peer := range []string{"10.0.0.1:80", "[::1]:80", "127.0.0.1:80", "192.0.2.7:80"} {
		handler, log := loggedWith(t, useCases(t, memstore.New()), config)
		got := send(handler, from(peer, "X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https"))
		wantAnswer(t, got, http.StatusOK, `{"persons":"http://localhost/api/v1/persons/"}`)
		if client := readLine(t, log).Client; !strings.Contains(peer, client) || client == "" {
			t.Errorf("got the client %q in the log, want the peer %s", client, peer)
		}
	}
}

func TestLinksAreThoseThatTheClientSentItsRequestTo(t *testing.T) {
	t.Parallel()
	behind := config
	behind.TrustedProxies = trusted
	behind.AllowedHosts = []string{"localhost", "roster.example"}
	const host, scheme = "X-Forwarded-Host", "X-Forwarded-Proto"
	overTLS := from("10.0.0.1:80", scheme, "http")
	overTLS.TLS = &tls.ConnectionState{}
	stranger := from("198.51.100.4:80", host, "roster.example", scheme, "https")
	for name, test := range map[string]struct {
		request *http.Request
		want    string // "" is 400
	}{
		"a proxy that says nothing":          {from("10.0.0.1:80"), "http://localhost"},
		"another host":                       {from("10.0.0.1:80", host, "roster.example"), "http://roster.example"},
		"another host with a port":           {from("10.0.0.1:80", host, "roster.example:8443"), "http://roster.example:8443"},
		"https":                              {from("10.0.0.1:80", scheme, "https"), "https://localhost"},
		"HTTPS":                              {from("10.0.0.1:80", scheme, "HTTPS"), "https://localhost"},
		"both":                               {from("10.0.0.1:80", scheme, "https", host, "roster.example"), "https://roster.example"},
		"http, though the proxy speaks TLS":  {overTLS, "http://localhost"},
		"two schemes are none":               {from("10.0.0.1:80", scheme, "https", scheme, "https"), "http://localhost"},
		"a list of schemes is none":          {from("10.0.0.1:80", scheme, "https,http"), "http://localhost"},
		"another scheme is none":             {from("10.0.0.1:80", scheme, "javascript"), "http://localhost"},
		"an empty scheme is none":            {from("10.0.0.1:80", scheme, ""), "http://localhost"},
		"an empty host is none":              {from("10.0.0.1:80", host, ""), "http://localhost"},
		"a host that is not allowed":         {from("10.0.0.1:80", host, "evil.example"), ""},
		"two hosts":                          {from("10.0.0.1:80", host, "roster.example", host, "roster.example"), ""},
		"a list of hosts":                    {from("10.0.0.1:80", host, "roster.example, localhost"), ""},
		"a host with a path":                 {from("10.0.0.1:80", host, "roster.example/x"), ""},
		"what somebody else says is nothing": {stranger, "http://localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send(openWith(t, useCases(t, memstore.New()), behind), test.request)
			if test.want == "" {
				wantAnswer(t, got, http.StatusBadRequest, `{"detail":"Invalid Host header."}`)
				return
			}
			wantAnswer(t, got, http.StatusOK, `{"persons":"`+test.want+`/api/v1/persons/"}`)
			if hsts := got.Header().Get("Strict-Transport-Security") != ""; hsts != strings.HasPrefix(test.want, "https") {
				t.Errorf("told to use TLS only: got %t, want it where the client did", hsts)
			}
		})
	}
}

func TestAProxysHostTakesThePlaceOfOneThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	behind := config
	behind.TrustedProxies = trusted
	r := from("10.0.0.1:80", "X-Forwarded-Host", "localhost")
	r.Host = "backend-7.internal"
	wantAnswer(t, send(openWith(t, useCases(t, memstore.New()), behind), r), http.StatusOK, `{"persons":"http://localhost/api/v1/persons/"}`)
}

// FuzzForwardedFor sends any header through some peers: nobody but a proxy changes who
// the client is, and then it is the rightmost address that is no proxy's.
func FuzzForwardedFor(f *testing.F) {
	peers := []string{"10.0.0.1:80", "192.0.2.7:1", "[::1]:80", "[::ffff:10.1.1.1]:2", "198.51.100.4:1", "[2001:db8::5]:9", "[fe80::1%eth0]:1", "@"}
	for i, seed := range []struct{ first, second string }{
		{"1.2.3.4, 10.0.0.2", "203.0.113.9"}, {"203.0.113.9 ,", "192.0.2.7:99"}, {"[2001:db8::1]:80,fd00::1", "::ffff:10.0.0.1,[::1]"},
		{",,", "unknown"}, {"1.2.3.4", ""}, {"[1.2.3.4]", "1.2.3.4:x"}, {"fe80::1%eth0", "10.0.0.1%x"}, {"[::1", "::1]"},
	} {
		f.Add(i, seed.first, seed.second)
	}
	f.Fuzz(func(t *testing.T, peer int, first, second string) {
		r := from(peers[uint(peer)%uint(len(peers))])
		alone := httpapi.ClientOf(r, nil)
		r.Header["X-Forwarded-For"] = []string{first, second}
		if got := httpapi.ClientOf(r, nil); got != alone {
			t.Fatalf("without proxies: got %q, want the peer %q", got, alone)
		}
		if got, want := httpapi.ClientOf(r, trusted), naiveClient(alone, first+","+second); got != want {
			t.Fatalf("peer %s, X-Forwarded-For %q and %q: got %q, want %q", r.RemoteAddr, first, second, got, want)
		}
	})
}

// naiveClient splits the whole header and looks at its parts from the right.
func naiveClient(peer, header string) string {
	isProxy := func(addr netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
	}
	read := func(text string) (netip.Addr, bool) {
		for _, form := range []string{text, strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")} {
			if addr, err := netip.ParseAddr(form); err == nil && (form == text || text == "["+form+"]" && addr.Is6()) {
				return addr.Unmap().WithZone(""), true
			}
		}
		addr, err := netip.ParseAddrPort(text)
		return addr.Addr().Unmap().WithZone(""), err == nil
	}
	client, isAddress := read(peer)
	if !isAddress || !isProxy(client) {
		return peer
	}
	for _, element := range slices.Backward(strings.Split(header, ",")) {
		addr, ok := read(strings.Trim(element, " \t"))
		if !ok {
			break
		}
		if client = addr; !isProxy(client) {
			break
		}
	}
	return client.String()
}
