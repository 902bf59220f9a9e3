package lab

import "time"

// Presets returns the experiments that have a story, in the order in which they are best read.
func Presets() []Preset {
	return []Preset{slowUpstream()}
}

func slowUpstream() Preset {
	return Preset{
		Name:  "slow-upstream",
		Title: "One slow upstream",
		Story: "TODO",
		Experiment: Experiment{
			Work: WorkFetch, Calls: 4, Items: 10, Gap: 20 * time.Millisecond,
			Upstream: Upstream{Latency: 20 * time.Millisecond, Jitter: 5 * time.Millisecond, Slow: 400 * time.Millisecond},
		},
		Strategies: []Strategy{
			{Name: Serial, Workers: 1, Queue: 100},
			{Name: Batched, Workers: 1, Batch: 5, Queue: 100},
			{Name: Pooled, Workers: 4, Queue: 100},
			{Name: PerItem, Workers: 8, Batch: 1, Queue: 100},
		},
	}
}
