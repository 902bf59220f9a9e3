package app

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// field is a field of Config that a variable sets.
type field struct {
	name    string // the variable
	allowed string
	value   reflect.Value
}

// fields returns the fields of config, those of its strategies among them.
func fields(config *Config) []field { return fieldsOf(reflect.ValueOf(config).Elem(), "") }

func fieldsOf(structure reflect.Value, prefix string) []field {
	var found []field
	for i := range structure.NumField() {
		tag := structure.Type().Field(i).Tag
		if within, ok := tag.Lookup("envPrefix"); ok {
			found = append(found, fieldsOf(structure.Field(i), prefix+within)...)
			continue
		}
		found = append(found, field{name: prefix + tag.Get("env"), allowed: tag.Get("allowed"), value: structure.Field(i)})
	}
	return found
}

// Setting is a variable and its value in a configuration, as .env writes it.
type Setting struct {
	Name string
	// Value is what holds. Of a secret it says no more than whether it is set.
	Value string
}

// Settings returns every variable and what holds for it, in the order of the
// fields of Config.
func (c Config) Settings() []Setting {
	var settings []Setting
	for _, field := range fields(&c) {
		settings = append(settings, Setting{Name: field.name, Value: write(field.value.Interface())})
	}
	return settings
}

// write returns a value of a field as a variable gives it.
func write(value any) string {
	switch value := value.(type) {
	case bool:
		if value {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(value)
	case []string:
		return strings.Join(value, ",")
	case time.Duration:
		return value.String()
	case interface{ String() string }:
		return value.String()
	default:
		return reflect.ValueOf(value).String()
	}
}
