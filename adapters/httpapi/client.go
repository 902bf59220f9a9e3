package httpapi

import (
	"crypto/tls"
	"net/http"
	"net/netip"
	"strings"
)

// The headers in which a proxy tells of the request that it passes on.
const (
	forwardedForHeader   = "X-Forwarded-For"
	forwardedHostHeader  = "X-Forwarded-Host"
	forwardedProtoHeader = "X-Forwarded-Proto"
)

// proxies are the addresses whose X-Forwarded headers are believed. From anybody
// else they say what a client would like to be.
type proxies []netip.Prefix

func (p proxies) trust(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// client returns the address of the client that sent the request, and the request as
// the client sent it: to that host, by that scheme.
//
// That is the peer and the request itself, unless the peer is a proxy. Then it is the
// first address in X-Forwarded-For, from the right, that is no proxy's: each proxy
// adds its own peer on the right, so what a client made up stands to the left of its
// own address. X-Forwarded-Host takes the place of Host, and X-Forwarded-Proto, where
// it is http or https, that of the connection's scheme.
func (p proxies) client(r *http.Request) (client string, sent *http.Request) {
	host := withoutPort(r.RemoteAddr)
	if len(p) == 0 {
		return host, r
	}
	peer, ok := parseAddr(host)
	if !ok || !p.trust(peer) {
		return host, r
	}
	return p.farthest(peer, r.Header[forwardedForHeader]).String(), forwarded(r)
}

// farthest returns the first address from the right that is no proxy's. Where all
// are, it is the leftmost, and what is no address ends the search: whoever is to the
// left of it cannot be told.
func (p proxies) farthest(peer netip.Addr, lines []string) netip.Addr {
	for i := len(lines) - 1; i >= 0; i-- {
		rest := lines[i]
		for more := true; more; {
			element := rest
			comma := strings.LastIndexByte(rest, ',')
			if more = comma >= 0; more {
				rest, element = rest[:comma], rest[comma+1:]
			}
			addr, ok := parseElement(strings.Trim(element, " \t"))
			if !ok {
				return peer
			}
			if peer = addr; !p.trust(peer) {
				return peer
			}
		}
	}
	return peer
}

// forwarded returns the request as a proxy says that it was sent.
func forwarded(r *http.Request) *http.Request {
	sent := *r
	if hosts := r.Header[forwardedHostHeader]; len(hosts) > 0 && hosts[0] != "" {
		sent.Host = strings.Join(hosts, ",") // more than one is no host, and is refused as such
	}
	if schemes := r.Header[forwardedProtoHeader]; len(schemes) == 1 {
		switch strings.ToLower(schemes[0]) {
		case schemeHTTP:
			sent.TLS = nil
		case schemeHTTPS:
			if sent.TLS == nil {
				sent.TLS = &tls.ConnectionState{}
			}
		}
	}
	return &sent
}

// parseAddr reads an address. One of IPv4 in IPv6's clothes is one of IPv4, and the
// zone of a link-local one is left out.
func parseAddr(text string) (addr netip.Addr, ok bool) {
	addr, err := netip.ParseAddr(text)
	return addr.Unmap().WithZone(""), err == nil
}

// parseElement reads an address as proxies write it: some add the port, and some put
// one of IPv6 in brackets.
func parseElement(text string) (addr netip.Addr, ok bool) {
	if addr, ok := parseAddr(text); ok {
		return addr, true
	}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text += ":0"
	}
	withPort, err := netip.ParseAddrPort(text)
	return withPort.Addr().Unmap().WithZone(""), err == nil
}

// withoutPort returns the address in an address of package net, such as
// "192.0.2.1:80" or "[2001:db8::1]:80", and what has no port as it is.
func withoutPort(remote string) string {
	colon := strings.LastIndexByte(remote, ':')
	if colon < 0 {
		return remote
	}
	return strings.TrimSuffix(strings.TrimPrefix(remote[:colon], "["), "]")
}

// clientKey returns by what a client is known where clients are counted: its IPv4
// address, or the 64 bits of its IPv6 address that a network gives it; the others
// are its own choice.
func clientKey(client string) string {
	addr, ok := parseAddr(client)
	switch {
	case !ok:
		return client
	case addr.Is4():
		return addr.String()
	default:
		prefix, _ := addr.Prefix(64) // an IPv6 address has so many bits
		return prefix.String()
	}
}
