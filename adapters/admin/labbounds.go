package admin

import (
	"fmt"
	"time"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// The bounds of experiments of one's own, which are narrower here than those of the lab: an experiment shares its process with the requests of
// everybody else, and each of those waits for its turn behind whatever workers are ready to run. So it is workers that must not be many where
// they wait for nothing, and work as a whole that must end soon. Every preset is within them.
const (
	// labWorkers is how many workers a strategy has at most, each with a connection or a look-up under way.
	labWorkers = 128
	// labCheckWorkers is how many of them look persons up, which waits for nobody.
	labCheckWorkers = 64
	// labBusyWorkers is how many of them get documents that come sooner than labWait.
	labBusyWorkers = 8
	labWait        = 15 * time.Millisecond

	labChecks    = 1_000
	labDocuments = 20_000
	labPersons   = 50_000
)

// labElsewhere says where there are no such bounds.
const labElsewhere = " Here it shares its processors with the server: roster lab does more, in a process of its own."

// checkLabBounds returns what of an experiment is more than the server may do beside its requests. Whether it is an experiment at all is the use
// case's.
func checkLabBounds(e lab.Experiment, strategies []lab.Strategy) fieldErrors {
	wrong := fieldErrors{}
	workers, items, why := labWorkers, labPersons, ""
	switch {
	case e.Work == lab.WorkCheck:
		workers, items = labCheckWorkers, labChecks
	case e.Work == lab.WorkFetch && e.Upstream.Latency < labWait:
		workers, items, why = labBusyWorkers, labDocuments, fmt.Sprintf(" while an answer takes less than %d ms", labWait.Milliseconds())
	case e.Work == lab.WorkFetch:
		items = labDocuments
	}
	for i, strategy := range strategies {
		if strategy.Workers > workers {
			wrong[lab.FieldStrategies] = append(wrong[lab.FieldStrategies],
				fmt.Sprintf("Strategy %d has more than %d workers%s.%s", i+1, workers, why, labElsewhere))
		}
	}
	if e.Calls > 0 && e.Items > items/e.Calls {
		wrong[lab.FieldCalls] = []string{fmt.Sprintf("All calls together bring more than %d items.%s", items, labElsewhere)}
	}
	return wrong
}
