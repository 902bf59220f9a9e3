package app

import (
	"fmt"
	"net/netip"
	"strings"
)

// parseProxy reads an address or a range of them. One of IPv4 in IPv6's clothes is one
// of IPv4.
func parseProxy(text string) (netip.Prefix, error) {
	if !strings.Contains(text, "/") {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is no address", text)
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || prefix.Addr().Is4In6() {
		return netip.Prefix{}, fmt.Errorf("%q is no range of addresses", text)
	}
	if prefix != prefix.Masked() {
		return netip.Prefix{}, fmt.Errorf("%q has an address within its range, which is %s", text, prefix.Masked())
	}
	return prefix, nil
}

func (m *mistakes) checkProxies(proxies []string) {
	var problems []string
	for _, text := range proxies {
		if _, err := parseProxy(text); err != nil {
			problems = append(problems, err.Error())
		}
	}
	m.addAll("TRUSTED_PROXIES", problems)
}

// trustedProxies returns the ranges of a configuration that was checked.
func (c Config) trustedProxies() ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range c.TrustedProxies {
		prefix, err := parseProxy(text)
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

// proxyFindings tells of a range that has everybody in it.
func (c Config) proxyFindings() []Finding {
	var findings []Finding
	for _, text := range c.TrustedProxies {
		if prefix, err := parseProxy(text); err == nil && prefix.Bits() == 0 {
			findings = append(findings, Finding{
				FindingWarning, "deploy.W008", "TRUSTED_PROXIES",
				fmt.Sprintf("TRUSTED_PROXIES holds %s, so every client can say who it is and to which host it came.", text),
				"List the addresses of the proxies before the server.",
			})
		}
	}
	return findings
}
