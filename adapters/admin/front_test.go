package admin_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
	"github.com/seed-bbcc19ba/roster/ports/portmock"
)

// found are findings of a survey.
func found(findings domain.Findings) func(*world) {
	return func(w *world) {
		w.useCases.Survey = &portmock.SurveyorMock{FindingsFunc: func(context.Context, time.Duration) domain.Findings { return findings }}
	}
}

func TestChartsSayInTheTableWhatTheBarsShow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 13, 14, 15, 0, time.FixedZone("elsewhere", 3600*9))
	created := domain.NewHourCounts(now, domain.SurveyHours)
	created[3].Count, created[23].Count = 5, 1_000_000
	for name, findings := range map[string]domain.Findings{
		"some":   {At: now, Created: created, Ages: []domain.AgeCount{{Age: 0, Count: 3}, {Age: 4, Count: 4}, {Age: 5, Count: 1}, {Age: 99, Count: 20}, {Age: 100, Count: 2}, {Age: math.MaxInt32, Count: 1}}},
		"nobody": {At: now, Created: domain.NewHourCounts(now, domain.SurveyHours)},
		"none":   {At: now},
		"many":   {At: now, Ages: []domain.AgeCount{{Age: 30, Count: 1 << 58}, {Age: -5, Count: 1}}},
	} {
		w := newWorld(t, found(findings))
		for _, figure := range w.signedIn().get("/admin/").want(t, http.StatusOK).page.all("figure") {
			rows := figure.all("tbody")[0].all("tr")
			bars := figure.all("rect")
			if len(bars) != len(rows) {
				t.Fatalf("%s: %d bars and %d rows", name, len(bars), len(rows))
			}
			highest, most := 0.0, int64(0)
			for i, row := range rows {
				said := row.all("th")[0].text() + ": " + row.all("td")[0].text()
				if title := bars[i].all("title")[0].text(); title != said {
					t.Errorf("%s: the bar says %q and the row %q", name, title, said)
				}
				highest, most = max(highest, height(t, bars[i])), max(most, count(t, row))
			}
			for i, row := range rows {
				got, want := height(t, bars[i]), 0.0
				if most > 0 {
					want = highest * float64(count(t, row)) / float64(most)
				}
				if math.Abs(got-want) > 1.001 || (got > 0) != (count(t, row) > 0) {
					t.Errorf("%s: the bar of %s is %f high, want %f", name, row.text(), got, want)
				}
				if bottom := got + number(t, bars[i], "y"); math.Abs(bottom-210) > 0.01 || got < 0 || number(t, bars[i], "y") < 0 {
					t.Errorf("%s: the bar of %s ends at %f, want at the line", name, row.text(), bottom)
				}
			}
		}
	}
	if got := admin.BarsOf([]domain.AgeCount{{Age: 0, Count: 3}, {Age: 4, Count: 4}, {Age: 5, Count: 1}, {Age: 99, Count: 20}, {Age: 100, Count: 2}, {Age: 2147483647, Count: 1}}); got[0] != 7 || got[1] != 1 || got[19] != 20 || got[20] != 3 || len(got) != 21 {
		t.Errorf("by age: %v", got)
	}
}

func number(t *testing.T, n *node, attr string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(n.attr[attr], 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func height(t *testing.T, bar *node) float64 {
	t.Helper()
	return number(t, bar, "height")
}

func count(t *testing.T, row *node) int64 {
	t.Helper()
	n, err := strconv.ParseInt(strings.ReplaceAll(row.all("td")[0].text(), ",", ""), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRoundUpIsTheLeastRoundNumber(t *testing.T) {
	t.Parallel()
	round := []int64{2, 4, 6, 8}
	for unit := int64(10); unit <= 1e17; unit *= 10 {
		round = append(round, unit, 2*unit, 4*unit, 6*unit, 8*unit)
	}
	for _, end := range round[:len(round)-1] {
		for _, n := range []int64{end - 1, end, end + 1} {
			want := round[slices.IndexFunc(round, func(r int64) bool { return r >= n })]
			if got := admin.RoundUp(n); got != want {
				t.Errorf("%d becomes %d, want %d", n, got, want)
			}
		}
	}
	if got := admin.RoundUp(0); got != 2 {
		t.Errorf("0 becomes %d, want 2: it is divided by", got)
	}
	if got := admin.RoundUp(math.MaxInt64); got < 1<<60 {
		t.Errorf("the greatest number becomes %d", got)
	}
}

func TestTheFrontPageTellsOfTheServer(t *testing.T) {
	t.Parallel()
	var requests []ports.RouteFigures
	for i := range 20 {
		requests = append(requests, ports.RouteFigures{Method: "GET", Route: fmt.Sprintf("/route%d/<b>", i), Count: 12345, Failed: uint64(i), Median: time.Millisecond, P99: time.Second})
	}
	w := newWorld(t, func(w *world) {
		w.config.Requests = func() []ports.RouteFigures { return requests }
		w.config.Executors = func() []ports.NamedLoad {
			return []ports.NamedLoad{{Name: "check", Load: domain.Load{Running: 3, Workers: 4000, Waiting: 2, Queue: 64, Refused: 7}}}
		}
		w.config.Ready = func(context.Context) error { return nil }
	})
	w.persons(3)
	w.job(domain.JobOrder{}, twoPersons)
	got := w.signedIn().get("/admin/").want(t, http.StatusOK)
	got.says(t, "3persons", "1job goes on", "Ready", "GET /route11/<b>", "12,345", "check", "3 of 4,000", "2 of 64").saysNot(t, "/route12/", "Not ready")
	for _, section := range []string{"Overview", "Persons", "Import", "Jobs", "History", "Users"} {
		if current := w.signedIn().get(got.page.link(section)).want(t, http.StatusOK).page; len(marked(current)) != 1 || marked(current)[0] != section {
			t.Errorf("%s is marked as %q", section, marked(current))
		}
	}
	newWorld(t).signedIn().get("/admin/").want(t, http.StatusOK).says(t, "0persons", "0jobs go on", "Nothing was done yet.", "Ready").saysNot(t, "Requests since", "Executors")
}

// marked returns the sections of the navigation that are marked as this one.
func marked(page *node) []string {
	var found []string
	for _, a := range page.all("nav")[0].all("a") {
		if a.attr["aria-current"] == "page" {
			found = append(found, a.text())
		}
	}
	return found
}

func TestTheFrontPageSaysWhyTheServerIsNotReady(t *testing.T) {
	t.Parallel()
	for want, ready := range map[string]func(ctx context.Context) error{
		"What went wrong <b>.":        func(context.Context) error { return fault(domain.CodeUnavailable) },
		"It takes long to find out.":  func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
		"Internal error.":             func(context.Context) error { return errors.New("secret cause") },
		"It takes long to find out. ": func(ctx context.Context) error { <-ctx.Done(); return domain.ContextError(ctx) },
	} {
		w := newWorld(t, func(w *world) { w.config.Ready = ready })
		w.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "Not ready", strings.TrimSpace(want)).saysNot(t, "secret cause")
	}
}

func TestWithoutASurveyTheFrontPageSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, found(domain.Findings{}))
	got := w.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "Persons by age are being counted.").saysNot(t, "Counted")
	if len(got.page.all("figure")) > 0 {
		t.Error("there are charts of nothing")
	}
	first := newWorld(t, found(domain.Findings{Err: fault(domain.CodeUnavailable)}))
	first.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "Persons by age could not be counted.", "What was created could not be counted.").
		saysNot(t, "being counted").saysNot(t, "secret cause")
	failed := newWorld(t, found(domain.Findings{At: time.Now(), Err: fault(domain.CodeUnavailable)}))
	failed.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "The last count failed.").saysNot(t, "secret cause")
}

// hangs is a store whose counts take until ctx ends.
type hangs struct{ domain.SurveyStore }

func (hangs) CountByAge(ctx context.Context) ([]domain.AgeCount, error) {
	<-ctx.Done()
	return nil, domain.ContextError(ctx)
}

func TestTheFrontPageWaitsForNothingThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		survey := domain.NewSurvey(hangs{}, nil)
		defer func() { _ = survey.Close() }()
		w := newWorld(t, func(w *world) {
			w.useCases.Survey = survey
			w.config.Ready = func(context.Context) error { time.Sleep(5 * time.Second); return nil } // heeds no context
		})
		b, began := w.signedIn(), time.Now()
		b.get("/admin/").want(t, http.StatusOK).says(t, "Persons by age are being counted.", "It takes long to find out.")
		if took := time.Since(began); took > 100*time.Millisecond {
			t.Errorf("the page took %v while a survey and the readiness hang, want a tenth of a second at most", took)
		}
		time.Sleep(5 * time.Second) // nothing is left behind
	})
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"it is": "It is.", "It is.": "It is.", "é": "É.", "": ""} {
		if got := admin.Sentence(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestTheFrontPageDoesNotClaimToHaveCountedAllJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 29 {
		w.job(domain.JobOrder{}, twoPersons)
	}
	w.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "29jobs go on")
	w.job(domain.JobOrder{}, twoPersons)
	w.job(domain.JobOrder{}, twoPersons)
	w.signedIn().get("/admin/").want(t, http.StatusOK).says(t, "30+jobs go on")
}

func TestDurationsHaveNoMoreDigitsThanAnybodyReads(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		51_282 * time.Nanosecond: "51 µs", 437_500 * time.Nanosecond: "438 µs", 9_950 * time.Microsecond: "10 ms", 2_485 * time.Microsecond: "2.5 ms",
		175 * time.Millisecond: "175 ms", 1_234 * time.Millisecond: "1.23 s", 10 * time.Second: "10 s", 0: "0 s",
	} {
		if got := admin.Brief(d); got != want {
			t.Errorf("%d ns: got %q, want %q", d, got, want)
		}
	}
}
