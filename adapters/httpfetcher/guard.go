package httpfetcher

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard refuses connections to addresses that are no part of the public internet:
// private, shared (CGNAT), loopback, link-local, multicast, unspecified, broadcast,
// reserved, and those for documentation and benchmarks. Of IPv6 it allows what is
// global unicast, and of that no address that stands for one of IPv4 (6to4, Teredo,
// ISATAP; NAT64 and mapped addresses are not global unicast), since what is behind
// one cannot be seen from here.
//
// It is asked when a socket is about to connect, and told the address that the
// connection will have. So it does not matter how the address was written, which
// name it was found by, what that name meant a moment ago, or which redirect led
// there.
type guard struct {
	special *ssrf.Guardian
}

// hostServices is an address outside all special ranges that Azure's hosts answer
// their own machines at, with metadata and more.
const hostServices = "168.63.129.16/32"

func newGuard(options ...ssrf.Option) *guard {
	options = append(options, ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix(hostServices)))
	return &guard{special: ssrf.New(options...)}
}

// control is for net.Dialer.ControlContext. address is an IP address and a port.
func (g *guard) control(_ context.Context, network, address string, conn syscall.RawConn) error {
	if err := g.special.Safe(network, address, conn); err != nil {
		return errNotAllowed(err)
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return errNotAllowed(err)
	}
	if isISATAP(to.Addr()) {
		return errNotAllowed(fmt.Errorf("%s is a tunnel to an address of IPv4", to.Addr()))
	}
	return nil
}

// isISATAP tells whether the second half of an IPv6 address is 0:5efe or 200:5efe
// and an IPv4 address (RFC 5214): the machine may have a tunnel that leads there.
func isISATAP(address netip.Addr) bool {
	if !address.Is6() {
		return false
	}
	bytes := address.As16()
	identifier := binary.BigEndian.Uint32(bytes[8:12])
	return identifier&^0x0200_0000 == 0x0000_5efe
}

func errNotAllowed(cause error) error { return upstreamError("the address is not allowed", cause) }
