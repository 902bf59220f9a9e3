package admin_test

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-bbcc19ba/roster/adapters/admin"
	"github.com/seed-bbcc19ba/roster/adapters/labpage"
	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
	"github.com/seed-bbcc19ba/roster/ports"
)

// quickLab answers reports in which each call took a millisecond.
type quickLab struct{}

// Presets implements ports.StrategyLab.
func (quickLab) Presets() []lab.Preset { return lab.Presets() }

// Run implements ports.StrategyLab.
func (quickLab) Run(_ context.Context, experiment lab.Experiment, strategies []lab.Strategy) (lab.Report, error) {
	if err := experiment.Check(strategies); err != nil {
		return lab.Report{}, err
	}
	report := lab.Report{Experiment: experiment, Made: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for _, strategy := range strategies {
		run := lab.Run{Strategy: strategy, Took: time.Duration(experiment.Calls) * time.Millisecond}
		for i := range experiment.Calls {
			began := time.Duration(i) * time.Millisecond
			run.Calls = append(run.Calls, lab.Call{Asked: began, Answered: began + time.Millisecond, Items: experiment.Items})
			run.Batches = append(run.Batches, lab.Batch{Call: i, Began: began, Ended: began + time.Millisecond, Items: experiment.Items})
		}
		report.Runs = append(report.Runs, run)
	}
	return report, nil
}

// labOf is a lab that does what run does.
type labOf struct {
	quickLab
	run func(ctx context.Context, experiment lab.Experiment, strategies []lab.Strategy) (lab.Report, error)
}

// Run implements ports.StrategyLab.
func (l labOf) Run(ctx context.Context, experiment lab.Experiment, strategies []lab.Strategy) (lab.Report, error) {
	return l.run(ctx, experiment, strategies)
}

func withLab(of ports.StrategyLab) func(*world) {
	return func(w *world) { w.useCases.Lab = of }
}

// own is an experiment as somebody types it.
func own(changes ...string) url.Values {
	form := pairs("work", "fetch", "calls", "4", "items", "2", "gap", "0.5", "panic", "0", "latency", " 20 ", "jitter", "2.5", "slow", "", "failures", "12.5",
		"strategies", "serial,queue=4\r\n\r\n per-item:8 \r\n")
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
	}
	return form
}

func TestAPresetIsRunAndShown(t *testing.T) {
	t.Parallel()
	var asked []lab.Experiment
	w := newWorld(t, withLab(labOf{run: func(ctx context.Context, e lab.Experiment, s []lab.Strategy) (lab.Report, error) {
		asked = append(asked, e)
		return quickLab{}.Run(ctx, e, s)
	}}))
	b := w.signedIn()
	list := b.get("/admin/lab/").want(t, http.StatusOK).says(t, "Strategy lab")
	for _, preset := range lab.Presets() {
		list.says(t, preset.Title)
		got := b.post("/admin/lab/", "preset", preset.Name).want(t, http.StatusOK)
		got.says(t, preset.Title, preset.Story, preset.Choice, "All calls answered after")
		pictures := 0
		for _, svg := range got.page.all("svg") {
			if svg.attr["class"] == "lab-picture" && svg.attr["role"] == "img" {
				pictures++
			}
		}
		if want := 5 * len(preset.Strategies); pictures < want {
			t.Errorf("%s: %d pictures, want %d: who did what, and four figures, of each strategy", preset.Name, pictures, want)
		}
		if got := asked[len(asked)-1]; got != preset.Experiment {
			t.Errorf("%s: %+v was done, want %+v", preset.Name, got, preset.Experiment)
		}
		if again := got.page.field("preset"); again == nil || again.attr["value"] != preset.Name {
			t.Errorf("%s cannot be run again", preset.Name)
		}
	}
	if len(asked) != len(lab.Presets()) {
		t.Errorf("%d experiments were done, want one for each POST", len(asked))
	}
}

func TestTheNumbersOfAPresetAreWhereOnesOwnBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	for _, preset := range lab.Presets() {
		page := b.get("/admin/lab/?preset="+preset.Name).want(t, http.StatusOK).says(t, preset.Title).page
		form := url.Values{}
		for _, input := range append(page.all("input"), page.all("textarea")...) {
			if input.attr["id"] != "" {
				form.Set(input.attr["name"], input.attr["value"])
			}
			if input.name == "textarea" {
				form.Set(input.attr["name"], strings.Join(strings.Fields(input.text()), "\n"))
			}
		}
		for _, option := range page.all("option") {
			if option.attr["selected"] != "" {
				form.Set("work", option.attr["value"])
			}
		}
		var got lab.Experiment
		var strategies []lab.Strategy
		other := newWorld(t, withLab(labOf{run: func(ctx context.Context, e lab.Experiment, s []lab.Strategy) (lab.Report, error) {
			got, strategies = e, s
			return quickLab{}.Run(ctx, e, s)
		}}))
		other.signedIn().postForm("/admin/lab/", form).want(t, http.StatusOK).says(t, "Your own experiment")
		if got != preset.Experiment || !reflect.DeepEqual(strategies, preset.Strategies) {
			t.Errorf("%s: sent as it is shown it became\n%+v %v, want\n%+v %v", preset.Name, got, strategies, preset.Experiment, preset.Strategies)
		}
	}
}

func TestOnesOwnNumbersAreRun(t *testing.T) {
	t.Parallel()
	var got lab.Experiment
	var strategies []lab.Strategy
	w := newWorld(t, withLab(labOf{run: func(ctx context.Context, e lab.Experiment, s []lab.Strategy) (lab.Report, error) {
		got, strategies = e, s
		return quickLab{}.Run(ctx, e, s)
	}}))
	page := w.signedIn().postForm("/admin/lab/", own()).want(t, http.StatusOK).says(t, "Your own experiment", "4 calls, one every 500 µs, each of which gets 2 documents.", "per-item × 8")
	want := lab.Experiment{
		Work: lab.WorkFetch, Calls: 4, Items: 2, Gap: 500 * time.Microsecond,
		Upstream: lab.Upstream{Latency: 20 * time.Millisecond, Jitter: 2500 * time.Microsecond, Failures: 0.125},
	}
	if got != want || !slices.Equal(strategies, []lab.Strategy{{Name: lab.Serial, Workers: 1, Queue: 4}, {Name: lab.PerItem, Workers: 8, Batch: 1}}) {
		t.Errorf("got %+v %+v, want %+v", got, strategies, want)
	}
	again := page.page.all("form")
	i := slices.IndexFunc(again, func(form *node) bool { return len(form.hidden()) > 0 })
	got = lab.Experiment{}
	w.signedIn().post("/admin/lab/", again[i].hidden()...).want(t, http.StatusOK)
	if got != want || len(strategies) != 2 {
		t.Errorf("run again: got %+v %+v, want the same", got, strategies)
	}
}

func TestWhatIsWrongWithAnExperimentStandsBesideIt(t *testing.T) {
	t.Parallel()
	b := newWorld(t).signedIn()
	for _, test := range []struct{ field, value, says string }{
		{"work", "dance", "This is none of the choices."},
		{"work", "", "This is none of the choices."},
		{"calls", "many", "Please give a whole number."},
		{"calls", "", "The least number is 1."},
		{"calls", "2001", "The greatest number is 2000."},
		{"calls", "10001", "All calls together bring more than 20000 items. Here it shares its processors with the server: roster lab does more"},
		{"strategies", "serial\nper-item:129", "Strategy 2 has more than 128 workers."},
		{"strategies", "pooled:1000", "roster lab does more, in a process of its own."},
		{"calls", "99999999999999999999", "Please give a whole number."},
		{"items", "-1", "The least number is 1."},
		{"gap", "soon", "Please give a number."},
		{"gap", "NaN", "Please give a number."},
		{"gap", "-1", "The least number is 0."},
		{"gap", "10001", "The greatest number is 10000."},
		{"latency", "1e300", "Please give a number."},
		{"jitter", "21", "The greatest number is 20."},
		{"slow", "<b>", "Please give a number."},
		{"failures", "101", "The greatest number is 100."},
		{"failures", "-1", "The least number is 0."},
		{"panic", "5", "The greatest number is 4."},
		{"strategies", "", "The least number is 1."},
		{"strategies", "serial\nrun <b>fast</b>", `"run <b>fast</b>" is no strategy`},
		{"strategies", "serial\npooled:0", "Strategy 2, workers: The least number is 1."},
		{"strategies", strings.Repeat("serial\n", 9), "The greatest number is 8."},
	} {
		got := b.postForm("/admin/lab/", own(test.field, test.value)).want(t, http.StatusUnprocessableEntity)
		var wrong, kept string
		for _, n := range got.page.all("") {
			switch n.attr["id"] {
			case test.field + "-errors":
				wrong = n.text()
			case test.field:
				kept = n.attr["value"] + n.text()
				if n.attr["aria-invalid"] != "true" {
					t.Errorf("%s %q: the field is not said to be wrong", test.field, test.value)
				}
			}
		}
		got.says(t, "Nothing was run").saysNot(t, "One slow upstream")
		if !strings.Contains(wrong, test.says) {
			t.Errorf("%s %q: the page says %q, want %q", test.field, test.value, wrong, test.says)
		}
		if test.field != "work" && strings.Join(strings.Fields(kept), " ") != strings.Join(strings.Fields(test.value), " ") {
			t.Errorf("%s: what was typed, %q, is now %q", test.field, test.value, kept)
		}
	}
}

// What a server may do beside its requests is less than what the lab does in a process of its own.
func TestAnExperimentThatWouldStarveTheServerIsNotRun(t *testing.T) {
	t.Parallel()
	ran := false
	w := newWorld(t, withLab(labOf{run: func(ctx context.Context, e lab.Experiment, s []lab.Strategy) (lab.Report, error) {
		ran = true
		return quickLab{}.Run(ctx, e, s)
	}}))
	b := w.signedIn()
	for _, test := range []struct {
		changes []string
		field   string // "" where it is run
	}{
		{[]string{"calls", "2000", "items", "10", "latency", "0", "jitter", "0", "strategies", "per-item:1000,queue=2000"}, "strategies"},
		{[]string{"latency", "5000", "strategies", "per-item:1000,queue=2000"}, "strategies"},
		{[]string{"latency", "14.9", "strategies", "per-item:9"}, "strategies"},
		{[]string{"latency", "0", "jitter", "0", "strategies", "per-item:8"}, ""},
		{[]string{"latency", "15", "strategies", "pooled:128"}, ""},
		{[]string{"calls", "200", "items", "101"}, "calls"},
		{[]string{"calls", "200", "items", "100"}, ""},
		{[]string{"work", "bulk", "latency", "0", "jitter", "0", "strategies", "pooled:128"}, ""},
		{[]string{"work", "bulk", "strategies", "pooled:129"}, "strategies"},
		{[]string{"work", "bulk", "calls", "6", "items", "8334"}, "calls"},
		{[]string{"work", "check", "items", "1", "calls", "1001"}, "calls"},
		{[]string{"work", "check", "items", "1", "calls", "1000", "strategies", "pooled:64"}, ""},
		{[]string{"work", "check", "items", "1", "strategies", "pooled:65"}, "strategies"},
	} {
		ran = false
		status := http.StatusOK
		if test.field != "" {
			status = http.StatusUnprocessableEntity
		}
		got := b.postForm("/admin/lab/", own(test.changes...)).want(t, status)
		if ran != (test.field == "") {
			t.Errorf("%v: run is %v, want the opposite", test.changes, ran)
		}
		for _, n := range got.page.all("") {
			if field, isErrors := strings.CutSuffix(n.attr["id"], "-errors"); isErrors && (field == test.field) != strings.Contains(n.text(), "roster lab") {
				t.Errorf("%v: beside %s stands %q, want what is too much beside %s", test.changes, field, n.text(), test.field)
			}
		}
	}
}

func TestALabThatCannotRunSaysWhy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		status int
		says   string
	}{
		{&domain.Error{Code: domain.CodeUnavailable, Message: "the lab does one experiment at a time, and one is under way"}, http.StatusServiceUnavailable, "The lab does one experiment at a time, and one is under way."},
		{&domain.Error{Code: domain.CodeTooLarge, Message: "serial takes longer than 30s"}, http.StatusUnprocessableEntity, "Serial takes longer than 30s."},
		{&domain.Error{Code: domain.CodeInternal, Message: "internal error"}, http.StatusInternalServerError, "Internal error."},
	} {
		w := newWorld(t, withLab(labOf{run: func(context.Context, lab.Experiment, []lab.Strategy) (lab.Report, error) {
			return lab.Report{}, test.err
		}}))
		got := w.signedIn().postForm("/admin/lab/", own("calls", "17")).want(t, test.status).says(t, test.says)
		if test.status == http.StatusInternalServerError {
			continue
		}
		if kept := got.page.field("calls"); kept == nil || kept.attr["value"] != "17" {
			t.Errorf("%v: what was typed is lost", test.err)
		}
		if busy := test.status == http.StatusServiceUnavailable; busy != (got.header.Get("Retry-After") != "") {
			t.Errorf("%v: Retry-After %q", test.err, got.header.Get("Retry-After"))
		}
	}
}

func TestWhoLeavesEndsTheirExperiment(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	w := newWorld(t, withLab(labOf{run: func(ctx context.Context, _ lab.Experiment, _ []lab.Strategy) (lab.Report, error) {
		leave()
		<-ctx.Done()
		return lab.Report{}, domain.ContextError(ctx)
	}}))
	b := w.signedIn()
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/admin/lab/", strings.NewReader("preset=burst"))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	b.do(request).want(t, 499)
}

func TestThePicturesHaveTheirStyle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.signedIn()
	href := ""
	for _, link := range b.get("/admin/lab/").page.all("link") {
		if strings.Contains(link.attr["href"], "lab.css") {
			href = link.attr["href"]
		}
	}
	got := b.get(href).want(t, http.StatusOK)
	if got.body != labpage.Style() || !strings.HasPrefix(got.header.Get("Content-Type"), "text/css") || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%q is %d bytes of %s, %s; want the sheet of the pictures, for ever", href, len(got.body), got.header.Get("Content-Type"), got.header.Get("Cache-Control"))
	}
	if other := b.get("/admin/"); strings.Contains(other.body, "lab.css") {
		t.Error("the front page loads the style of the lab")
	}
	changed := newWorld(t, func(w *world) { w.config.Lab.Style += " " }).signedIn().get("/admin/lab/")
	if strings.Contains(changed.body, href) {
		t.Errorf("another sheet is at %s too: browsers would keep the old one", href)
	}
}

func TestPicturesThatCannotBeDrawnAreAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.config.Lab.Draw = func(lab.Preset, lab.Report) (template.HTML, error) { return "", errors.New("no paper") }
	})
	w.signedIn().post("/admin/lab/", "preset", "burst").want(t, http.StatusInternalServerError).saysNot(t, "no paper")
	w.config.Lab.Draw = nil
	if _, err := admin.New(w.useCases, w.config); domain.CodeOf(err) != domain.CodeInvalid {
		t.Errorf("without a function that draws: got %v, want %s", err, domain.CodeInvalid)
	}
}
