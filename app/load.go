package app

import (
	"errors"
	"maps"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Mistake is one variable that is not as it may be. It never holds the value of
// a secret.
type Mistake struct {
	// Name is the variable's name.
	Name string
	// Text says what is wrong and what is allowed.
	Text string
}

// String returns the mistake as one line.
func (m Mistake) String() string { return m.Name + ": " + m.Text }

// ConfigError is every mistake in a configuration, in the order of the fields of
// Config.
type ConfigError struct {
	Mistakes []Mistake
}

// Error returns one line for each mistake.
func (e *ConfigError) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, mistake := range e.Mistakes {
		lines[i] = mistake.String()
	}
	return strings.Join(lines, "\n")
}

// Load returns the configuration that the variables give. A variable that is
// missing or empty has its default; an empty list is an empty list. The error is
// a *ConfigError with all mistakes at once.
func Load(variables map[string]string) (Config, error) {
	config := Defaults()
	mistakes, err := parse(&config, variables)
	if err != nil {
		return Config{}, err
	}
	mistakes.check(&config)
	if err := mistakes.err(); err != nil {
		return Config{}, err
	}
	config.settle()
	return config, nil
}

// parse sets the fields of config that variables give and can be read. The error
// is a fault of Config's tags.
func parse(config *Config, variables map[string]string) (*mistakes, error) {
	// An error of env names the field, which four strategies share, and the value,
	// which may be a secret. So the parsers report mistakes themselves, by the
	// variable that env is at.
	var (
		found   = newMistakes()
		current string
	)
	err := env.ParseWithOptions(config, env.Options{
		Environment: forEnv(variables),
		OnSet:       func(name string, _ any, _ bool) { current = name },
		FuncMap:     parsers(func(problem string) { found.add(current, problem) }),
	})
	var aggregate env.AggregateError
	if !errors.As(err, &aggregate) {
		return found, err
	}
	for _, err := range aggregate.Errors {
		if failed := (env.ParseError{}); !errors.As(err, &failed) || !errors.Is(failed.Err, errReported) {
			return nil, err
		}
	}
	return found, nil
}

// forEnv returns the variables without what env misunderstands: it takes an empty
// list for none at all, so a lone comma stands there instead, and a variable
// without a name, which Windows has, for the value of a structure.
func forEnv(variables map[string]string) map[string]string {
	given := map[string]string{}
	maps.Copy(given, variables)
	delete(given, "")
	for _, field := range fields(&Config{}) {
		value, ok := given[field.name]
		if _, isList := field.value.Interface().([]string); ok && isList && strings.TrimSpace(value) == "" {
			given[field.name] = ","
		}
	}
	return given
}

// mistakes collects what is wrong, one mistake for each variable.
type mistakes struct {
	allowed map[string]string
	order   []string
	texts   map[string]string
}

func newMistakes() *mistakes {
	m := &mistakes{allowed: map[string]string{}, texts: map[string]string{}}
	for _, field := range fields(&Config{}) {
		m.allowed[field.name] = field.allowed
		m.order = append(m.order, field.name)
	}
	return m
}

// add reports a problem with a variable, and what the variable's tag allows.
func (m *mistakes) add(name, problem string) { m.addAllowed(name, problem, m.allowed[name]) }

// addAll reports the problems of a list's elements.
func (m *mistakes) addAll(name string, problems []string) {
	if len(problems) > 0 {
		m.add(name, strings.Join(problems, ", "))
	}
}

// addAllowed reports a problem with a variable that has none yet.
func (m *mistakes) addAllowed(name, problem, allowed string) {
	if m.has(name) {
		return
	}
	m.texts[name] = problem + "; allowed: " + allowed
}

func (m *mistakes) has(name string) bool {
	_, has := m.texts[name]
	return has
}

func (m *mistakes) err() error {
	var err ConfigError
	for _, name := range m.order {
		if text, ok := m.texts[name]; ok {
			err.Mistakes = append(err.Mistakes, Mistake{Name: name, Text: text})
		}
	}
	if len(err.Mistakes) == 0 {
		return nil
	}
	return &err
}
