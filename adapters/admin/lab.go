package admin

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// LabPictures draws what happened in the lab. The admin's pages have no style within them, so neither may what Draw returns:
// Style is the sheet that it needs.
type LabPictures struct {
	Draw  func(preset lab.Preset, report lab.Report) (template.HTML, error)
	Style string
}

// labStyle is the name under which the sheet is served.
const labStyle = "lab.css"

// labPreset is a preset in the list.
type labPreset struct {
	lab.Preset
	// First is the beginning of its story.
	First string
}

// labForm is an experiment as it was typed. Times are in milliseconds, failures in percent, and strategies stand one on a line, as
// lab.ParseStrategy reads them.
type labForm struct {
	Work, Calls, Items, Gap, Latency, Jitter, Failures, Slow, Panic, Strategies string

	Wrong fieldErrors
	// Error is what is wrong beside the fields.
	Error string
}

// labData is what the page of the lab shows.
type labData struct {
	Presets []labPreset
	// Of is the preset that the form was filled in from.
	Of    lab.Preset
	Form  labForm
	Works []lab.Work
	// Picture is what happened; "" before anything did.
	Picture template.HTML
}

func (s *Site) lab(w http.ResponseWriter, r *http.Request) error {
	preset, found := s.preset(r.URL.Query().Get("preset"))
	if !found {
		preset = s.Lab.Presets()[0]
		preset.Name, preset.Title = "", ""
	}
	return s.renderLab(w, r, http.StatusOK, labData{Of: preset, Form: newLabForm(preset)})
}

func (s *Site) renderLab(w http.ResponseWriter, r *http.Request, status int, data labData) error {
	for _, preset := range s.Lab.Presets() {
		first, _, _ := strings.Cut(preset.Story, ". ")
		data.Presets = append(data.Presets, labPreset{preset, sentence(first)})
	}
	data.Works = lab.Works()
	title := "Strategy lab"
	if data.Picture != "" {
		title = data.Of.Title
	}
	return s.render(w, r, status, "lab", view{Title: title, Section: "lab", Data: data})
}

// preset returns the preset of a name.
func (s *Site) preset(name string) (lab.Preset, bool) {
	presets := s.Lab.Presets()
	i := slices.IndexFunc(presets, func(p lab.Preset) bool { return p.Name == name })
	if i < 0 {
		return lab.Preset{}, false
	}
	return presets[i], true
}

// runLab does an experiment and answers with its pictures: nothing of it is kept. It takes as long as the experiment, and ends
// with the request.
func (s *Site) runLab(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, maxForm); err != nil {
		return err
	}
	data := labData{}
	preset, isPreset := s.preset(r.PostForm.Get("preset"))
	if isPreset {
		data.Form = newLabForm(preset)
	} else {
		data.Form = readLabForm(r.PostForm)
		preset = lab.Preset{Title: "Your own experiment"}
		preset.Experiment, preset.Strategies, data.Form.Wrong = data.Form.parse()
		if len(data.Form.Wrong) == 0 {
			data.Form.Wrong = checkLabBounds(preset.Experiment, preset.Strategies)
		}
	}
	data.Of = preset
	if len(data.Form.Wrong) > 0 {
		return s.renderWrongLab(w, r, data)
	}
	report, err := s.Lab.Run(r.Context(), preset.Experiment, preset.Strategies)
	switch code := domain.CodeOf(err); {
	case code == domain.CodeInvalid:
		data.Form.Wrong = labProblems(err)
		return s.renderWrongLab(w, r, data)
	case code == domain.CodeTooLarge:
		data.Form.Error = sentence(domain.MessageOf(err))
		return s.renderLab(w, r, http.StatusUnprocessableEntity, data)
	case code == domain.CodeUnavailable:
		w.Header().Set("Retry-After", "10")
		data.Form.Error = sentence(domain.MessageOf(err))
		return s.renderLab(w, r, http.StatusServiceUnavailable, data)
	case err != nil:
		return err
	}
	if data.Picture, err = s.config.Lab.Draw(preset, report); err != nil {
		return err
	}
	return s.renderLab(w, r, http.StatusOK, data)
}

// renderWrongLab shows the form with what is wrong beside its fields, and no presets, so that it is seen at once.
func (s *Site) renderWrongLab(w http.ResponseWriter, r *http.Request, data labData) error {
	data.Form.Error = "Nothing was run: please look at what is said beside the fields."
	return s.renderLab(w, r, http.StatusUnprocessableEntity, data)
}

// newLabForm fills in the numbers of a preset.
func newLabForm(preset lab.Preset) labForm {
	e := preset.Experiment
	lines := make([]string, len(preset.Strategies))
	for i, strategy := range preset.Strategies {
		lines[i] = strategy.String()
	}
	return labForm{
		Work: string(e.Work), Calls: strconv.Itoa(e.Calls), Items: strconv.Itoa(e.Items), Panic: strconv.Itoa(e.Panic),
		Gap: milliseconds(e.Gap), Latency: milliseconds(e.Upstream.Latency), Jitter: milliseconds(e.Upstream.Jitter), Slow: milliseconds(e.Upstream.Slow),
		Failures: decimal(100 * e.Upstream.Failures), Strategies: strings.Join(lines, "\n"),
	}
}

// labField is a field of the form with what stands around it.
type labField struct {
	Name, Label, Value, Help string
	Wrong                    []string
}

func newLabField(name, label, value string, wrong []string, help string) labField {
	return labField{Name: name, Label: label, Value: value, Wrong: wrong, Help: help}
}

func milliseconds(d time.Duration) string { return decimal(float64(d) / float64(time.Millisecond)) }

// decimal writes a number with no more digits than it has.
func decimal(value float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(value, 'f', 6, 64), "0"), ".")
}

func readLabForm(form url.Values) labForm {
	return labForm{
		Work: form.Get(lab.FieldWork), Calls: form.Get(lab.FieldCalls), Items: form.Get(lab.FieldItems), Gap: form.Get(lab.FieldGap), Latency: form.Get(lab.FieldLatency),
		Jitter: form.Get(lab.FieldJitter), Failures: form.Get(lab.FieldFailures), Slow: form.Get(lab.FieldSlow), Panic: form.Get(lab.FieldPanic), Strategies: form.Get(lab.FieldStrategies),
	}
}

// parse reads what was typed. What is blank is 0. Whether the numbers are in their bounds is the use case's.
func (f labForm) parse() (lab.Experiment, []lab.Strategy, fieldErrors) {
	wrong := fieldErrors{}
	whole := func(field, text string) int {
		n, ok := readInteger(text)
		if strings.TrimSpace(text) != "" && !ok {
			wrong[field] = []string{words(domain.Problem{Code: domain.ProblemNotInteger})}
		}
		return int(n)
	}
	number := func(field, text string) float64 {
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if text = strings.TrimSpace(text); text != "" && (err != nil || value < -1e9 || value > 1e9 || value != value) {
			wrong[field] = []string{"Please give a number."}
			return 0
		}
		return value
	}
	span := func(field, text string) time.Duration {
		return time.Duration(number(field, text) * float64(time.Millisecond))
	}
	e := lab.Experiment{
		Work: lab.Work(f.Work), Calls: whole(lab.FieldCalls, f.Calls), Items: whole(lab.FieldItems, f.Items), Gap: span(lab.FieldGap, f.Gap), Panic: whole(lab.FieldPanic, f.Panic),
		Upstream: lab.Upstream{
			Latency: span(lab.FieldLatency, f.Latency), Jitter: span(lab.FieldJitter, f.Jitter), Slow: span(lab.FieldSlow, f.Slow),
			Failures: number(lab.FieldFailures, f.Failures) / 100,
		},
	}
	var strategies []lab.Strategy
	for line := range strings.Lines(f.Strategies) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		strategy, err := lab.ParseStrategy(line)
		if err != nil {
			wrong[lab.FieldStrategies] = append(wrong[lab.FieldStrategies], sentence(domain.MessageOf(err)))
			continue
		}
		strategies = append(strategies, strategy)
	}
	return e, strategies, wrong
}

// labProblems returns what the use case says of the fields. What concerns one strategy stands below all of them.
func labProblems(err error) fieldErrors {
	wrong := fieldErrors{}
	for _, problem := range domain.ProblemsOf(err) {
		field, text := problem.Field, words(problem)
		if one, isStrategy := strings.CutPrefix(field, lab.FieldStrategies+"."); isStrategy {
			number, what, _ := strings.Cut(one, ".")
			field, text = lab.FieldStrategies, "Strategy "+number+", "+what+": "+text
		}
		if field == lab.FieldFailures && problem.Code == domain.ProblemTooBig {
			text = words(domain.Problem{Code: domain.ProblemTooBig, Limit: 100})
		}
		wrong[field] = append(wrong[field], text)
	}
	return wrong
}
