package labpage_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/labpage"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

var update = flag.Bool("update", false, "write the golden files anew")

// element is one of a page.
type element struct {
	name     string
	attr     map[string]string
	parent   *element
	children []*element
	text     string // all in it
}

// parsed reads a page or a part of one as XML, which fails where an element is not closed.
func parsed(t *testing.T, page string) *element {
	t.Helper()
	page = strings.NewReplacer("<!doctype html>", "", `<meta charset="utf-8">`, "").Replace(page)
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.AutoClose = []string{"meta"}
	decoder.Strict = false
	root := &element{}
	at := root
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			child := &element{name: token.Name.Local, attr: map[string]string{}, parent: at}
			for _, attr := range token.Attr {
				if _, twice := child.attr[attr.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", child.name, attr.Name.Local)
				}
				child.attr[attr.Name.Local] = attr.Value
			}
			at.children = append(at.children, child)
			at = child
		case xml.EndElement:
			at = at.parent
		case xml.CharData:
			for e := at; e != nil; e = e.parent {
				e.text += string(token)
			}
		}
	}
}

// all returns the elements in one that have a class, or all for "".
func (e *element) all(class string) []*element {
	var found []*element
	for _, child := range e.children {
		if class == "" || strings.Contains(" "+child.attr["class"]+" ", " "+class+" ") {
			found = append(found, child)
		}
		found = append(found, child.all(class)...)
	}
	return found
}

// id returns the element of an id, or fails.
func (e *element) id(t *testing.T, id string) *element {
	t.Helper()
	for _, child := range e.all("") {
		if child.attr["id"] == id {
			return child
		}
	}
	t.Fatalf("nothing has the id %q", id)
	return nil
}

// title returns what an element says it is.
func (e *element) title() string {
	for _, child := range e.children {
		if child.name == "title" {
			return child.text
		}
	}
	return ""
}

// share reads a share of the width.
func share(t *testing.T, percent string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
	if err != nil || !strings.HasSuffix(percent, "%") {
		t.Fatalf("%q is no share of the width", percent)
	}
	return value / 100
}

func bodyOf(t *testing.T, report lab.Report) *element {
	t.Helper()
	text, err := labpage.Body(lab.Preset{}, report)
	if err != nil {
		t.Fatal(err)
	}
	return checked(t, string(text))
}

// checked reads a page and checks what holds of all of them.
func checked(t *testing.T, text string) *element {
	t.Helper()
	for _, bad := range []string{"NaN", "Inf", "ZgotmplZ", "%!", "<script", " style=", " onload=", "http:", "https:", "e+"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q in it", bad)
		}
	}
	page := parsed(t, text)
	ids := map[string]bool{}
	for _, e := range page.all("") {
		if id := e.attr["id"]; id != "" {
			if ids[id] || !strings.HasPrefix(id, "lab-") {
				t.Errorf("the id %q is there twice, or may be somebody else's", id)
			}
			ids[id] = true
		}
	}
	for _, e := range page.all("") {
		for _, id := range strings.Fields(e.attr["aria-labelledby"]) {
			if !ids[id] {
				t.Errorf("<%s> is named by %q, which is not there", e.name, id)
			}
		}
		for name, value := range e.attr {
			if strings.HasPrefix(value, "-") && (name == "width" || name == "height") {
				t.Errorf("<%s %s=%q>", e.name, name, value)
			}
			if strings.HasPrefix(value, "url(") && value != "url(#lab-hatch)" {
				t.Errorf("<%s %s=%q>", e.name, name, value)
			}
		}
	}
	for _, picture := range page.all("lab-picture") {
		if picture.attr["role"] != "img" || picture.title() == "" || len(strings.Fields(picture.attr["aria-labelledby"])) != 2 {
			t.Errorf("a picture has the title %q and the attributes %v, want an image with words", picture.title(), picture.attr)
		}
	}
	return page
}

// small is a report in which there is one of everything: four calls of two strategies, one refused, one batch that
// failed, one that failed in part and one that panicked.
func small() (lab.Preset, lab.Report) {
	preset := lab.Preset{
		Name: "small", Title: "One of everything",
		Story:  "The second call fails.\n\nThe last one is refused.",
		Choice: "Neither.",
	}
	report := lab.Report{
		Experiment: lab.Experiment{
			Work: lab.WorkFetch, Calls: 4, Items: 2, Gap: 10 * ms, Panic: 3,
			Upstream: lab.Upstream{Latency: 5 * ms, Jitter: ms, Failures: 0.25, Slow: 30 * ms},
		},
		Made: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		Runs: []lab.Run{
			{
				Strategy: lab.Strategy{Name: lab.Serial, Workers: 1, Queue: 2},
				Took:     100 * ms,
				Calls: []lab.Call{
					{Asked: 0, Answered: 40 * ms, Items: 2}, {Asked: 10 * ms, Answered: 70 * ms, Items: 2, Failed: 2},
					{Asked: 20 * ms, Answered: 100 * ms, Items: 2, Failed: 2}, {Asked: 30 * ms, Answered: 30 * ms, Items: 2, Failed: 2, Refused: true},
				},
				Batches: []lab.Batch{
					{Call: 0, Began: 0, Ended: 40 * ms, Items: 2},
					{Call: 1, Began: 40 * ms, Ended: 70 * ms, Items: 2, Failed: 2},
					{Call: 2, Began: 70 * ms, Ended: 100 * ms, Items: 2, Failed: 2, Panicked: true},
				},
				Samples: []lab.Sample{{At: 0, Goroutines: 8, Heap: 1 << 20}, {At: 50 * ms, Running: 1, Waiting: 2, Refused: 1, Goroutines: 14, Heap: 3 << 20}, {At: 100 * ms, Refused: 1, Goroutines: 8, Heap: 2 << 20}},
			},
			{
				Strategy: lab.Strategy{Name: lab.Pooled, Workers: 2, Queue: 2},
				Took:     75 * ms,
				Calls: []lab.Call{
					{Asked: 0, Answered: 40 * ms, Items: 2, Failed: 1}, {Asked: 10 * ms, Answered: 45 * ms, Items: 2},
					{Asked: 20 * ms, Answered: 70 * ms, Items: 2, Failed: 2}, {Asked: 30 * ms, Answered: 75 * ms, Items: 2},
				},
				Batches: []lab.Batch{
					{Call: 0, Worker: 0, Began: 0, Ended: 40 * ms, Items: 2, Failed: 1},
					{Call: 1, Worker: 1, Began: 10 * ms, Ended: 45 * ms, Items: 2},
					{Call: 2, Worker: 0, Began: 40 * ms, Ended: 70 * ms, Items: 2, Failed: 2, Panicked: true},
					{Call: 3, Worker: 1, Began: 45 * ms, Ended: 75 * ms, Items: 2},
				},
				Samples: []lab.Sample{{At: 0, Goroutines: 8, Heap: 1 << 20}, {At: 75 * ms, Goroutines: 9, Heap: 2 << 20}},
			},
		},
	}
	return preset, report
}

func TestAPageIsAsItWas(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	preset, report := small()
	if err := labpage.Write(&page, preset, report); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "small.html")
	if *update {
		if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := page.String(); got != string(want) {
		t.Errorf("the page is not %s: look at it, and where it is right run go test ./adapters/labpage -update\n%s", file, firstDifference(got, string(want)))
	}
}

// firstDifference returns the lines at which two texts part.
func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, gotLines[i], wantLines[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(gotLines), len(wantLines))
}

func TestAPageNeedsNothingElse(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	preset, report := small()
	if err := labpage.Write(&page, preset, report); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "<link", " src=", "@import", "http", "url(\""} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page has %q in it, want nothing that is loaded or run", bad)
		}
	}
	for _, want := range []string{"<h1>One of everything</h1>", "prefers-color-scheme: dark", "@media print", "<p>The second call fails.</p><p>The last one is refused.</p>", "<p>Neither.</p>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page does not have %q", want)
		}
	}
}

func TestEachBatchHasABarAndEachRefusalAMark(t *testing.T) {
	t.Parallel()
	page := bodyOf(t, second(small()))
	serial, pooled := page.id(t, "lab-run-1"), page.id(t, "lab-run-2")
	for _, test := range []struct {
		what string
		in   *element
		of   string
		want int
	}{
		{"serial: batches", serial, "lab-bar", 3},
		{"serial: done", serial, "lab-done", 1},
		{"serial: failed", serial, "lab-failed", 1},
		{"serial: panicked", serial, "lab-panicked", 1},
		{"serial: stars", serial, "lab-panic", 1},
		{"serial: refusals", serial, "lab-refused", 1},
		{"serial: calls that waited", serial, "lab-wait", 2},
		{"pooled: batches", pooled, "lab-bar", 4},
		{"pooled: parts that failed", pooled, "lab-some", 1},
		{"pooled: panicked", pooled, "lab-panicked", 1},
		{"pooled: refusals", pooled, "lab-refused", 0},
		{"pooled: calls that waited", pooled, "lab-wait", 2},
	} {
		if got := len(test.in.all(test.of)); got != test.want {
			t.Errorf("%s: got %d, want %d", test.what, got, test.want)
		}
	}
	for _, bar := range append(serial.all("lab-failed"), pooled.all("lab-some")...) {
		if bar.attr["fill"] != "url(#lab-hatch)" {
			t.Errorf("what failed is filled with %q, want the pattern: colour alone does not tell", bar.attr["fill"])
		}
	}
	if got := serial.all("lab-failed")[0].title(); got != "call 2, worker 1: 40 ms to 70 ms, 2 items, 2 failed" {
		t.Errorf("the bar of the second call says %q", got)
	}
	if got := serial.all("lab-refused")[0].title(); got != "1 call refused at 30 ms" {
		t.Errorf("the mark says %q", got)
	}
}

func second(_ lab.Preset, report lab.Report) lab.Report { return report }

func TestTheSameTimeIsAtTheSamePlaceInAllPictures(t *testing.T) {
	t.Parallel()
	page := bodyOf(t, second(small()))
	// The second batch of serial and the third of pooled both begin at 40 ms and take 30 ms of 100.
	for id, class := range map[string]string{"lab-run-1": "lab-failed", "lab-run-2": "lab-panicked"} {
		bar := page.id(t, id).all(class)[0]
		if x, width := share(t, bar.attr["x"]), share(t, bar.attr["width"]); math.Abs(x-0.4) > 1e-4 || math.Abs(width-0.3) > 2e-3 {
			t.Errorf("%s: a batch from 40 to 70 of 100 ms is at %v and %v wide, want 0.4 and 0.3", id, x, width)
		}
	}
	var ticks []string
	for _, id := range []string{"lab-run-1", "lab-run-2"} {
		var said []string
		for _, tick := range page.id(t, id).all("lab-tick") {
			said = append(said, tick.attr["x"]+" "+tick.text)
		}
		ticks = append(ticks, strings.Join(said, ", "))
	}
	if ticks[0] != ticks[1] || !strings.Contains(ticks[0], "40% 40 ms") {
		t.Errorf("the axes are %q and %q, want the same", ticks[0], ticks[1])
	}
	for _, course := range []string{"items", "latency", "goroutines", "heap"} {
		one, other := page.id(t, "lab-"+course+"-1").all("lab-tick"), page.id(t, "lab-"+course+"-2").all("lab-tick")
		if one[0].text != other[0].text {
			t.Errorf("%s: the greatest values are %q and %q, want one scale for all", course, one[0].text, other[0].text)
		}
	}
}

func TestAMuchShorterRunIsShownCloserToo(t *testing.T) {
	t.Parallel()
	report := second(small())
	report.Runs[0].Took = time.Second
	page := bodyOf(t, report)
	far, near := page.id(t, "lab-run-2").all("lab-panicked")[0], page.id(t, "lab-run-2-closer").all("lab-panicked")[0]
	if got := share(t, far.attr["width"]); math.Abs(got-0.03) > 2e-3 {
		t.Errorf("on the common scale 30 ms of a second are %v, want 0.03", got)
	}
	if got := share(t, near.attr["width"]); math.Abs(got-0.4) > 2e-3 {
		t.Errorf("on its own scale 30 ms of 75 are %v, want 0.4", got)
	}
	if !strings.Contains(page.text, "A closer look: pooled × 2, 13 times as wide") {
		t.Errorf("the closer look does not say how close: %s", page.text)
	}
}

func TestTheTableMarksTheBestOfThoseThatAnsweredTheMost(t *testing.T) {
	t.Parallel()
	report := second(small())
	report.Runs = append(report.Runs, report.Runs[1])
	report.Runs[2].Took, report.Runs[2].Strategy.Queue = 80*ms, 9
	page := bodyOf(t, report)
	best := page.all("lab-best")
	if len(best) != 2 || best[0].text != "75 ms" {
		t.Fatalf("%d cells are marked, want 2, and the first to be that of 75 ms: serial refused a call, so its figures are of less", len(best))
	}
	for _, name := range []string{"serial", "pooled × 2, queue 2", "pooled × 2, queue 9"} {
		if !strings.Contains(page.text, name) {
			t.Errorf("no strategy is called %q", name)
		}
	}
}

func TestRefusalsThatLieTogetherShareAMarkThatCountsThem(t *testing.T) {
	t.Parallel()
	run := lab.Run{Took: 100 * ms, Strategy: lab.Strategy{Name: lab.Serial, Workers: 1}}
	for i := range 950 {
		run.Calls = append(run.Calls, lab.Call{Asked: time.Duration(i) * time.Microsecond / 10, Refused: true, Items: 1, Failed: 1})
	}
	run.Calls = append(run.Calls, lab.Call{Asked: 50 * ms, Refused: true}, lab.Call{Asked: 99 * ms, Refused: true})
	page := bodyOf(t, lab.Report{Runs: []lab.Run{run}})
	var said []string
	for _, mark := range page.id(t, "lab-run-1").all("lab-refused") {
		said = append(said, mark.title())
	}
	if got, want := strings.Join(said, "; "), "950 calls refused at 0 s to 94.9 µs; 1 call refused at 50 ms; 1 call refused at 99 ms"; got != want {
		t.Errorf("the marks say %q, want %q", got, want)
	}
	if lane := page.all("lab-lane")[0].text; lane != "refused: 952 calls" {
		t.Errorf("the lane is called %q, want it to count the calls", lane)
	}
	if !strings.Contains(page.text, "All 952 calls were refused: nothing was done.") {
		t.Error("the page does not say that nothing was done")
	}
}

func TestManyShortBatchesAreDrawnTogetherAndNoneIsForgotten(t *testing.T) {
	t.Parallel()
	run := lab.Run{Took: time.Second, Strategy: lab.Strategy{Name: lab.Serial, Workers: 1}}
	for i := range 10_000 { // half of the time something to do, until the middle; then nothing; then one by itself
		began := time.Duration(i) * 50 * time.Microsecond
		run.Batches = append(run.Batches, lab.Batch{Call: i, Began: began, Ended: began + 25*time.Microsecond, Items: 1})
		run.Calls = append(run.Calls, lab.Call{Asked: began, Answered: began + 25*time.Microsecond, Items: 1})
	}
	run.Batches = append(run.Batches, lab.Batch{Call: 10_000, Began: 900 * ms, Ended: 900*ms + 1, Items: 1, Panicked: true, Failed: 1})
	run.Calls = append(run.Calls, lab.Call{Asked: 900 * ms, Answered: 900*ms + 1, Items: 1, Failed: 1})
	page := bodyOf(t, lab.Report{Runs: []lab.Run{run}})
	picture := page.id(t, "lab-run-1")
	if bars := picture.all("lab-bar"); len(bars) != 1 || share(t, bars[0].attr["width"]) < 0.001 {
		t.Errorf("got %d bars, want the lonely one, and wide enough to be seen", len(bars))
	}
	shades := picture.all("lab-shade")
	if len(shades) != 1 || !strings.Contains(shades[0].attr["class"], "lab-shade-3") || !strings.HasPrefix(shades[0].attr["d"], "M0 ") || !strings.Contains(shades[0].attr["d"], "h500v") {
		t.Errorf("got %d shades, want one over the first half in the third of four tones: a worker had something to do half of the time", len(shades))
	}
	if !strings.Contains(page.all("lab-legend")[0].text, "drawn together") {
		t.Errorf("the legend does not say that batches are drawn together: %s", page.all("lab-legend")[0].text)
	}
}

func TestABusyWorkerIsOneShadeWithoutGaps(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(3, 4))
	run := lab.Run{Strategy: lab.Strategy{Name: lab.Serial, Workers: 1}}
	for run.Took < time.Second {
		b := lab.Batch{Began: run.Took, Items: 1}
		b.Ended = b.Began + time.Duration(100+chance.IntN(300))*time.Microsecond
		run.Batches, run.Took = append(run.Batches, b), b.Ended
	}
	run.Calls = []lab.Call{{Answered: run.Took, Items: len(run.Batches)}}
	page := bodyOf(t, lab.Report{Runs: []lab.Run{run}})
	shades := page.id(t, "lab-run-1").all("lab-shade")
	if len(shades) > 2 || strings.Count(shades[len(shades)-1].attr["d"], "M") > 2 {
		t.Errorf("got %d tones, want one shade from beginning to end: the worker was never idle", len(shades))
	}
}

func TestWhateverHappensThePageStaysSmall(t *testing.T) {
	t.Parallel()
	took := func(_, _ int, chance *rand.Rand) time.Duration {
		return ms + time.Duration(chance.IntN(1000))*time.Microsecond
	}
	fetch := lab.Experiment{Work: lab.WorkFetch, Calls: 2000, Items: 10, Gap: ms / 10, Upstream: lab.Upstream{Failures: 0.3}, Panic: 7}
	check := lab.Experiment{Work: lab.WorkCheck, Calls: 2000, Items: 1, Gap: ms}
	strategies := []lab.Strategy{
		{Name: lab.Serial, Workers: 1, Queue: 100}, {Name: lab.Serial, Workers: 1, Queue: 10_000}, {Name: lab.Batched, Workers: 1, Batch: 3, Queue: 100}, {Name: lab.Pooled, Workers: 50, Queue: 100},
		{Name: lab.Pooled, Workers: 64, Queue: 10_000}, {Name: lab.PerItem, Workers: 16, Queue: 10_000}, {Name: lab.PerItem, Workers: 64, Queue: 10}, {Name: lab.PerItem, Workers: 1000, Queue: 10_000},
	}
	for name, report := range map[string]lab.Report{
		"very many batches":              simulated(fetch, took, strategies...),
		"many that are just wide enough": simulated(check, took, strategies...),
		"few strategies":                 simulated(check, took, strategies[:3]...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var page bytes.Buffer
			if err := labpage.Write(&page, lab.Preset{}, report); err != nil {
				t.Fatal(err)
			}
			batches := 0
			for _, run := range report.Runs {
				batches += len(run.Batches)
			}
			t.Logf("%d batches: %d bytes", batches, page.Len())
			if page.Len() > 300_000 {
				t.Errorf("%d batches make a page of %d bytes, want 300,000 at most", batches, page.Len())
			}
			bodyOf(t, report)
		})
	}
}

func TestRunsOfNothingHarmNobody(t *testing.T) {
	t.Parallel()
	refused := lab.Run{Strategy: lab.Strategy{Name: lab.Pooled}, Calls: []lab.Call{{Refused: true, Items: 5, Failed: 5}}}
	for name, report := range map[string]lab.Report{
		"no runs":                  {},
		"a run of nothing":         {Runs: []lab.Run{{}}},
		"all was refused":          {Runs: []lab.Run{refused, refused}},
		"one was refused, one not": {Runs: append([]lab.Run{refused}, second(small()).Runs...)},
		"no time":                  {Runs: []lab.Run{{Calls: []lab.Call{{Items: 1}}, Batches: []lab.Batch{{Items: 1}}, Samples: []lab.Sample{{Heap: 1, Goroutines: 1}}}}},
		"a call that never began":  {Runs: []lab.Run{{Took: ms, Calls: []lab.Call{{Answered: ms, Items: 1, Failed: 1}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bodyOf(t, report)
		})
	}
}

func TestMarkupInNamesIsText(t *testing.T) {
	t.Parallel()
	const bad = `</svg><script>alert(1)</script>"'&<b onload=x>`
	preset, report := small()
	preset.Title, preset.Story, preset.Choice = bad, bad, bad
	report.Experiment.Work = bad
	for i := range report.Runs {
		report.Runs[i].Strategy.Name = bad
	}
	var page bytes.Buffer
	if err := labpage.Write(&page, preset, report); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") || strings.Contains(page.String(), "<b ") {
		t.Error("markup in a name is markup in the page")
	}
	body := parsed(t, page.String())
	if got := body.id(t, "lab-run-1").title(); !strings.HasPrefix(got, bad) {
		t.Errorf("the picture is called %q, want the name as it is", got)
	}
}

func TestWordsSayWhatWasDone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		experiment lab.Experiment
		want       string
	}{
		{lab.Experiment{Work: lab.WorkCheck, Calls: 1000, Items: 1}, "1,000 calls at once, each of which looks up 1 person."},
		{lab.Experiment{Work: lab.WorkBulk, Calls: 40, Items: 500, Gap: 5 * ms}, "40 calls, one every 5 ms, each of which saves 500 persons."},
		{lab.Experiment{Work: lab.WorkBulk, Calls: 1, Items: 2, Panic: 1}, "1 call that saves 2 persons. The code that handles call 1 panics at its first item."},
		{
			lab.Experiment{Work: lab.WorkFetch, Calls: 2, Items: 3, Upstream: lab.Upstream{Latency: 1500 * time.Microsecond}},
			"2 calls at once, each of which gets 3 documents. The documents come from an upstream within the lab that takes 1.5 ms for an answer.",
		},
		{
			lab.Experiment{Work: lab.WorkFetch, Calls: 2, Items: 3, Upstream: lab.Upstream{Latency: 20 * ms, Jitter: 5 * ms, Failures: 0.125, Slow: time.Second}},
			"The documents come from an upstream within the lab that takes 20 ms for an answer, give or take 5 ms, but 1 s for the first document of each call; 12.5 of 100 answers are failures.",
		},
	} {
		if got := bodyOf(t, lab.Report{Experiment: test.experiment}).text; !strings.Contains(got, test.want) {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestAWriterThatFailsIsSaidSo(t *testing.T) {
	t.Parallel()
	preset, report := small()
	if err := labpage.Write(full{}, preset, report); !errors.Is(err, errFull) {
		t.Errorf("got %v, want the writer's error", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// Whatever a lab reports, the page is well formed and small, and nothing in it is no number.
func FuzzBody(f *testing.F) {
	f.Add(uint8(3), uint8(20), uint8(3), uint32(1e6), uint64(1))
	f.Add(uint8(0), uint8(0), uint8(0), uint32(0), uint64(2))
	f.Add(uint8(1), uint8(200), uint8(255), uint32(math.MaxUint32), uint64(3))
	f.Fuzz(func(t *testing.T, runs, events, spread uint8, micros uint32, seed uint64) {
		chance := rand.New(rand.NewPCG(seed, 1))
		took := time.Duration(micros) * time.Microsecond
		span := func() (from, to time.Duration) {
			from = time.Duration(chance.Int64N(int64(took) + 1))
			return from, from + time.Duration(chance.Int64N(int64(took-from)+1))
		}
		var report lab.Report
		for range min(runs, 8) {
			run := lab.Run{Took: took, Strategy: lab.Strategy{Name: lab.Strategies()[chance.IntN(4)], Workers: int(spread)}}
			for range int(events) {
				asked, answered := span()
				began, ended := span()
				items := chance.IntN(5)
				run.Calls = append(run.Calls, lab.Call{Asked: asked, Answered: answered, Items: items, Failed: chance.IntN(items + 1), Refused: chance.IntN(5) == 0})
				run.Batches = append(run.Batches, lab.Batch{
					Call: chance.IntN(int(events)), Worker: chance.IntN(1 + int(spread)*20), Began: began, Ended: ended,
					Items: items, Failed: chance.IntN(items + 1), Panicked: chance.IntN(9) == 0,
				})
				run.Samples = append(run.Samples, lab.Sample{At: answered, Goroutines: chance.IntN(1000), Heap: chance.Uint64()})
			}
			report.Runs = append(report.Runs, run)
		}
		bodyOf(t, report)
	})
}
