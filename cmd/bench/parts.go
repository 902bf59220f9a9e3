package main

import "context"

// part is a subject of the page: it adds its rows and its panels.
type part struct {
	name    string
	measure func(b *bench, ctx context.Context) error
}

// parts are in the order of the page.
func parts() []part {
	return []part{
		{"reads", (*bench).reads},
		{"list", (*bench).listGrowth},
		{"bulks", (*bench).bulks},
		{"batches", (*bench).batchGrowth},
		{"stream", (*bench).stream},
		{"creates", (*bench).creates},
		{"throughput", (*bench).throughput},
		{"fetch", (*bench).fetch},
		{"start", (*bench).start},
		{"memory", (*bench).memory},
		{"hexagon", (*bench).hexagon},
		{"observing", (*bench).observing},
		{"metrics", (*bench).metrics},
	}
}

func partNames() []string {
	var names []string
	for _, part := range parts() {
		names = append(names, part.name)
	}
	return names
}
