package httpfetcher_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-bbcc19ba/roster/adapters/httpfetcher"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

const notAllowed = "the address is not allowed"

var (
	inside  = netip.MustParseAddr("127.0.0.1")
	outside = netip.MustParseAddr("127.0.0.2") // a public one, as far as TakeForPublic is believed
)

// private is a server that nobody may reach.
type private struct {
	port        string
	connections atomic.Int64
}

// newPrivate listens on a port of 127.0.0.1, and of ::1 where there is IPv6.
func newPrivate(t *testing.T) *private {
	t.Helper()
	p := &private{}
	p.listen(t, "127.0.0.1:0")
	return p
}

func (p *private) listen(t *testing.T, address string) {
	t.Helper()
	first, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	_, p.port, _ = net.SplitHostPort(first.Addr().String())
	listeners := []net.Listener{first}
	if second, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:"+p.port); err == nil {
		listeners = append(listeners, second)
	}
	for _, listener := range listeners {
		server := &http.Server{ //nolint:gosec // it lives as long as the test
			Handler: http.HandlerFunc(answerJSON),
			ConnState: func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					p.connections.Add(1)
				}
			},
		}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
	}
}

func (p *private) check(t *testing.T) {
	t.Helper()
	if got := p.connections.Load(); got != 0 {
		t.Errorf("the private server got %d connections, want none", got)
	}
}

// checkNotAllowed fails the test unless the fetch is refused for its address, in
// words that tell no address, and not as an Outage: it is not tried again.
func checkNotAllowed(t *testing.T, fetcher *httpfetcher.Fetcher, url string) {
	t.Helper()
	document, err := fetcher.FetchDocument(t.Context(), url)
	if domain.CodeOf(err) != domain.CodeUpstream || domain.MessageOf(err) != notAllowed {
		t.Errorf("%s: got %q and %v, want code %q and the message %q", url, document, err, domain.CodeUpstream, notAllowed)
	}
	if outage, ok := errors.AsType[*ports.Outage](err); ok {
		t.Errorf("%s: got %v, want no Outage: what is refused once is refused always", url, outage)
	}
}

func TestPrivateAddressesGetNoConnection(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	names.plant(t, "inside.test", []netip.Addr{inside})
	names.plant(t, "several.test", []netip.Addr{inside, netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("169.254.169.254")})
	fetcher := newFetcher(t, httpfetcher.Config{})
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "[::1]", "[::]", "localhost", "LOCALHOST", "inside.test", "INSIDE.test.", "several.test",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[::1%25lo]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2a00:1450::5efe:127.0.0.1]",
		"user:password@127.0.0.1", "①②⑦.⓪.⓪.①", "127。0。0。1",
	} {
		checkNotAllowed(t, fetcher, "http://"+host+":"+p.port+"/")
		checkNotAllowed(t, fetcher, "https://"+host+":"+p.port+"/")
	}
	p.check(t)
}

// An address written in another way is a name to Go, and libc finds 127.0.0.1 by it.
func TestOddFormsOfPrivateAddressesGetNoConnection(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	fetcher := newFetcher(t, httpfetcher.Config{})
	for _, host := range []string{"2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0177.0.0.01", "127.1", "127.0.1", "00127.0.0.1"} {
		names.plant(t, host, []netip.Addr{inside})
		_, err := fetcher.FetchDocument(t.Context(), "http://"+host+":"+p.port+"/")
		if domain.CodeOf(err) != domain.CodeUpstream {
			t.Errorf("%s: got %v, want code %q", host, err, domain.CodeUpstream)
		}
	}
	p.check(t)
}

func TestPrivateAddressesAreReachedWhereThatIsAllowed(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	if _, err := opened(t, httpfetcher.Config{}).FetchDocument(t.Context(), "http://127.0.0.1:"+p.port+"/"); err != nil {
		t.Errorf("got %v, want a document", err)
	}
}

// newPublic starts a server at an address that its fetcher takes for a public one,
// with a private one beside it on the same port.
func newPublic(t *testing.T, handler http.HandlerFunc) (public *httptest.Server, beside *private, fetcher *httpfetcher.Fetcher) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", outside.String()+":0")
	if err != nil {
		t.Skipf("this machine has no second loopback address: %v", err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	beside = &private{}
	beside.listen(t, "127.0.0.1:"+port)
	public = httptest.NewUnstartedServer(handler)
	_ = public.Listener.Close()
	public.Listener = listener
	public.Start()
	t.Cleanup(public.Close)
	fetcher = newFetcher(t, httpfetcher.Config{})
	fetcher.TakeForPublic(netip.PrefixFrom(outside, 32))
	return public, beside, fetcher
}

func TestRedirectsDoNotLeadToPrivateAddresses(t *testing.T) {
	t.Parallel()
	var target atomic.Value
	public, beside, fetcher := newPublic(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		http.Redirect(w, r, target.Load().(string), http.StatusTemporaryRedirect)
	})
	names.plant(t, "inner.test", []netip.Addr{inside})
	for _, host := range []string{"127.0.0.1", "localhost", "inner.test", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "0x7f.1"} {
		names.plant(t, "0x7f.1", []netip.Addr{inside})
		target.Store("http://" + host + ":" + beside.port + "/")
		checkNotAllowed(t, fetcher, public.URL)
		checkNotAllowed(t, fetcher, public.URL+"/again")
	}
	beside.check(t)
}

// The name leads to a public address when it is looked up for the first request,
// and inside from then on.
func TestANameThatChangesItsMeaningDoesNotLeadInside(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	_, beside, fetcher := newPublic(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Connection", "close") // so that the next request looks the name up again
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		answerJSON(w, r)
	})
	for _, path := range []string{"/", "/redirect"} {
		name := fmt.Sprintf("rebind%d.test", requests.Load())
		names.plant(t, name, []netip.Addr{outside}, []netip.Addr{inside})
		url := "http://" + name + ":" + beside.port
		if path == "/" {
			if _, err := fetcher.FetchDocument(t.Context(), url); err != nil {
				t.Fatalf("got %v, want a document: the name leads to a public address", err)
			}
		}
		checkNotAllowed(t, fetcher, url+path)
	}
	if got := requests.Load(); got != 2 {
		t.Errorf("the public server got %d requests, want 2: a fetch, and the redirect of another", got)
	}
	beside.check(t)
}

// A name may have both kinds of addresses: one is as good as none.
func TestANameWithAPrivateAddressIsReachedAtItsPublicOne(t *testing.T) {
	t.Parallel()
	_, beside, fetcher := newPublic(t, answerJSON)
	names.plant(t, "both.test", []netip.Addr{inside, outside})
	if _, err := fetcher.FetchDocument(t.Context(), "http://both.test:"+beside.port+"/"); err != nil {
		t.Errorf("got %v, want a document", err)
	}
	beside.check(t)
}

func TestGuardKnowsTheSpecialRanges(t *testing.T) {
	t.Parallel()
	refused := map[string][]string{
		"this network":         {"0.0.0.0", "0.255.255.255"},
		"private":              {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "fc00::", "fdff::1", "fd00:ec2::254"},
		"shared":               {"100.64.0.0", "100.127.255.255", "100.100.100.200"},
		"loopback":             {"127.0.0.0", "127.255.255.255", "::1"},
		"link-local":           {"169.254.0.0", "169.254.169.254", "169.254.255.255", "fe80::", "febf::1", "fe80::1%eth0"},
		"site-local":           {"fec0::1"},
		"protocol assignments": {"192.0.0.0", "192.0.0.192", "192.0.0.255", "2001::", "2001:1ff:ffff::"},
		"documentation":        {"192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "2001:db8::1", "3fff::1"},
		"benchmarks":           {"198.18.0.0", "198.19.255.255", "2001:2::1"},
		"multicast":            {"224.0.0.0", "239.255.255.255", "ff00::", "ff02::1", "ff0e::1"},
		"reserved, broadcast":  {"240.0.0.0", "255.255.255.254", "255.255.255.255"},
		"unspecified":          {"::"},
		"discard":              {"100::1"},
		"segment routing":      {"5f00::1"},
		"of a virtual host":    {"168.63.129.16"},
		"mapped":               {"::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"},
		"compatible":           {"::8.8.8.8", "::127.0.0.1"},
		"NAT64":                {"64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1", "64:ff9b:1::1"},
		"6to4":                 {"2002:808:808::1", "2002:a00:1::"},
		"Teredo":               {"2001:0:808:808::1"},
		"ISATAP":               {"2a00:1450::5efe:10.0.0.1", "2a00:1450::200:5efe:10.0.0.1"},
		"a zone":               {"2606:4700::1111%eth0"},
	}
	for kind, addresses := range refused {
		for _, address := range addresses {
			if err := httpfetcher.Guard(networkOf(address), net.JoinHostPort(address, "80")); domain.MessageOf(err) != notAllowed {
				t.Errorf("%s (%s): got %v, want %q", address, kind, err, notAllowed)
			}
		}
	}
	for _, address := range []string{
		"1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "168.63.129.15",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
		"223.255.255.255", "2001:200::", "2003::1", "2606:4700::1111", "2a00:1450::5eff:10.0.0.1", "2a00:1450::100:5efe:a00:1",
	} {
		for _, port := range []string{"80", "8080", "65535"} {
			if err := httpfetcher.Guard(networkOf(address), net.JoinHostPort(address, port)); err != nil {
				t.Errorf("%s, port %s: got %v, want it allowed: it is public", address, port, err)
			}
		}
	}
	for _, odd := range []string{"", "8.8.8.8", "8.8.8.8:", "example.org:80", "8.8.8.8:99999", "/run/socket"} {
		if err := httpfetcher.Guard("tcp4", odd); domain.MessageOf(err) != notAllowed {
			t.Errorf("%q: got %v, want %q: it is no IP address and port", odd, err, notAllowed)
		}
	}
	for _, network := range []string{"udp4", "unix", "ip4:icmp", ""} {
		if err := httpfetcher.Guard(network, "8.8.8.8:80"); domain.MessageOf(err) != notAllowed {
			t.Errorf("%q: got %v, want %q: HTTP is spoken over TCP", network, err, notAllowed)
		}
	}
}

func networkOf(address string) string {
	if strings.Contains(address, ":") {
		return "tcp6"
	}
	return "tcp4"
}

// FuzzGuard holds the guard against what the standard library says of addresses.
func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"127.0.0.1", "8.8.8.8", "::ffff:10.0.0.1", "2002:7f00:1::", "2606:4700::1111", "2a00::5efe:7f00:1", "64:ff9b::1.1.1.1"} {
		address := netip.MustParseAddr(seed).As16()
		f.Add(binary.BigEndian.Uint64(address[:8]), binary.BigEndian.Uint64(address[8:]), uint16(80))
	}
	f.Fuzz(func(t *testing.T, high, low uint64, port uint16) {
		var bytes [16]byte
		binary.BigEndian.PutUint64(bytes[:8], high)
		binary.BigEndian.PutUint64(bytes[8:], low)
		wide, narrow := netip.AddrFrom16(bytes), netip.AddrFrom4([4]byte(bytes[12:]))
		for _, address := range []netip.Addr{wide, narrow, wide.WithZone("eth0")} {
			err := httpfetcher.Guard(networkOf(address.String()), netip.AddrPortFrom(address, port).String())
			if err != nil {
				if domain.MessageOf(err) != notAllowed {
					t.Errorf("%v: got %v, want the message %q", address, err, notAllowed)
				}
				continue
			}
			special := !address.IsGlobalUnicast() || address.IsPrivate() || address.Is4In6() || address.Zone() != ""
			if special {
				t.Errorf("%v is allowed, want it refused: it is not on the public internet", address)
			}
		}
	})
}
