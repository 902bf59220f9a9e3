package labpage

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// number writes a number with its thousands apart.
func number(n int) string { return humanize.Comma(int64(n)) }

// count writes how many there are of something: "1 call", "2,000 batches".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	if strings.HasSuffix(one, "ch") {
		one += "e"
	}
	return number(n) + " " + one + "s"
}

// short writes a number of three digits that count, and no fraction that is 0.
func short(value float64) string {
	switch size := math.Abs(value); {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return "–"
	case size >= 1e15:
		return strconv.FormatFloat(value, 'g', 3, 64)
	case size >= 99.95:
		return number(int(math.Round(value)))
	default:
		digits := 2
		if size >= 9.995 {
			digits = 1
		}
		text := strconv.FormatFloat(value, 'f', digits, 64)
		return strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
}

// duration writes a time in one unit: "1.25 s".
func duration(d time.Duration) string {
	switch size := d.Abs(); {
	case size == 0:
		return "0 s"
	case size < time.Microsecond:
		return short(float64(d)) + " ns"
	case size < time.Millisecond:
		return short(float64(d)/1e3) + " µs"
	case size < time.Second:
		return short(float64(d)/1e6) + " ms"
	case size < 2*time.Minute:
		return short(d.Seconds()) + " s"
	default:
		return short(d.Minutes()) + " min"
	}
}

// bytes writes a size: "12.4 MiB".
func bytes(n float64) string {
	unit := 0
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for n >= 1024 && unit < len(units)-1 {
		n, unit = n/1024, unit+1
	}
	return short(n) + " " + units[unit]
}

// perSecond writes how much there is in each second.
func perSecond(rate float64) string { return short(rate) + "/s" }

// list joins parts of a sentence.
func list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// experimentWords says what each strategy had to do.
func experimentWords(e lab.Experiment) string {
	calls, each := count(e.Calls, "call"), "each "
	switch {
	case e.Calls == 1:
		each = ""
	case e.Gap > 0:
		calls += ", one every " + duration(e.Gap) + ","
	default:
		calls += " at once,"
	}
	if e.Calls == 1 {
		calls += " that"
	}
	var does string
	switch e.Work {
	case lab.WorkBulk:
		does = "saves " + count(e.Items, "person")
	case lab.WorkCheck:
		does = "looks up " + count(e.Items, "person")
	case lab.WorkFetch:
		does = "gets " + count(e.Items, "document")
	default:
		does = "has " + count(e.Items, "item")
	}
	if e.Calls != 1 {
		each = "each of which "
	}
	words := calls + " " + each + does + "."
	if e.Work == lab.WorkFetch {
		words += " " + upstreamWords(e.Upstream)
	}
	if e.Panic > 0 {
		words += fmt.Sprintf(" The code that handles call %s panics at its first item.", number(e.Panic))
	}
	return words
}

func upstreamWords(u lab.Upstream) string {
	words := "The documents come from an upstream within the lab that takes " + duration(u.Latency) + " for an answer"
	if u.Jitter > 0 {
		words += ", give or take " + duration(u.Jitter)
	}
	if u.Slow > 0 {
		words += ", but " + duration(u.Slow) + " for the first document of each call"
	}
	if u.Failures > 0 {
		words += "; " + short(100*u.Failures) + " of 100 answers are failures"
	}
	return words + "."
}

// strategyWords says how a strategy goes about it.
func strategyWords(s lab.Strategy) string {
	var how string
	switch s.Name {
	case lab.Serial:
		how = "one call after the other"
	case lab.Batched:
		how = "one batch after the other, of " + count(s.Batch, "item") + " at most"
		if s.Batch == 0 {
			how = "one call after the other, each as one batch"
		}
	case lab.Pooled:
		how = count(s.Workers, "call") + " at once, each as one batch"
	case lab.PerItem:
		how = count(s.Workers, "item") + " at once, whichever call they came with"
	default:
		how = count(s.Workers, "worker")
	}
	if s.Queue > 0 {
		return how + "; " + count(s.Queue, "more call") + " may wait"
	}
	return how + "; no call may wait"
}

// names returns what the strategies of runs are called, each as long as it takes to tell them apart.
func names(runs []lab.Run) []string {
	names := make([]string, len(runs))
	seen := map[string]int{}
	for i, run := range runs {
		names[i] = nameOf(run.Strategy)
		seen[names[i]]++
	}
	for i, run := range runs {
		if seen[names[i]] > 1 {
			names[i] += ", queue " + number(run.Strategy.Queue)
		}
	}
	return names
}

func nameOf(s lab.Strategy) string {
	switch {
	case (s.Name == lab.Pooled || s.Name == lab.PerItem) && s.Workers > 0:
		return s.Name + " × " + number(s.Workers)
	case s.Name == lab.Batched && s.Batch > 0:
		return s.Name + " by " + number(s.Batch)
	default:
		return s.Name
	}
}

// runWords says how a run went.
func runWords(run lab.Run, f lab.Figures) string {
	if f.Answered == 0 {
		if f.Refused == 0 {
			return "Nothing was called."
		}
		return "All " + count(f.Refused, "call") + " were refused: nothing was done."
	}
	parts := []string{"the last call was answered after " + duration(run.Took)}
	if f.LongestWait > 0 {
		parts = append(parts, "the longest wait was "+duration(f.LongestWait))
	}
	if f.Refused > 0 {
		parts = append(parts, count(f.Refused, "call")+wasWere(f.Refused)+"refused")
	}
	if f.Failed > 0 {
		parts = append(parts, count(f.Failed, "item")+" failed")
	}
	return sentence(list(parts))
}

// sentence begins with a capital and ends with a full stop.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}

func wasWere(n int) string {
	if n == 1 {
		return " was "
	}
	return " were "
}
