package resilientfetcher

// UpstreamOf returns the upstream of a URL, "" for none.
func UpstreamOf(address string) string { return upstreamOf(address) }

// Kept returns how many breakers are kept.
func (f *Fetcher) Kept() int {
	f.breakers.mu.Lock()
	defer f.breakers.mu.Unlock()
	return min(len(f.breakers.byUpstream), f.breakers.recent.Len())
}

// MaxUpstreams is how many breakers are kept at most.
const MaxUpstreams = maxUpstreams
