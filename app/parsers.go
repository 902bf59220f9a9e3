package app

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"github.com/seed-bbcc19ba/roster/adapters/sqlitestore"
	"github.com/seed-bbcc19ba/roster/domain"
)

// errReported stands for a problem that went to the reporter of parsers.
var errReported = errors.New("reported")

// parsers returns a parser for the type of each field of Config. White space
// around a value does not count, but for that of a secret. A value that cannot be
// read goes to report.
func parsers(report func(problem string)) map[reflect.Type]env.ParserFunc {
	return map[reflect.Type]env.ParserFunc{
		reflect.TypeFor[string]():        parser(report, func(text string) (string, error) { return text, nil }),
		reflect.TypeFor[bool]():          parser(report, parseBool),
		reflect.TypeFor[int]():           parser(report, parseInt),
		reflect.TypeFor[[]string]():      parser(report, parseList),
		reflect.TypeFor[time.Duration](): parser(report, parseDuration),
		reflect.TypeFor[ByteSize]():      parser(report, parseByteSize),
		reflect.TypeFor[LogLevel]():      parser(report, parseLogLevel),
		reflect.TypeFor[LogFormat]():     parser(report, parseLogFormat),
		reflect.TypeFor[StrategyName]():  parser(report, parseStrategyName),
		reflect.TypeFor[Database]():      parser(report, ParseDatabase),
		reflect.TypeFor[Secret]():        func(text string) (any, error) { return NewSecret(text), nil },

		reflect.TypeFor[domain.Rate]():             parser(report, parseRate),
		reflect.TypeFor[RateLimitStore]():          parser(report, parseRateLimitStore),
		reflect.TypeFor[sqlitestore.Synchronous](): parser(report, parseSynchronous),
	}
}

func parser[T any](report func(problem string), parse func(string) (T, error)) env.ParserFunc {
	return func(text string) (any, error) {
		value, err := parse(strings.TrimSpace(text))
		if err != nil {
			report(err.Error())
			return nil, errReported
		}
		return value, nil
	}
}

// parseBool reads what Python's packages for settings read.
func parseBool(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "1", "true", "t", "yes", "y", "on":
		return true, nil
	case "0", "false", "f", "no", "n", "off":
		return false, nil
	default:
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
}

func parseInt(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number in range", text)
	}
	return number, nil
}

// parseList reads a list with commas. Empty elements are dropped.
func parseList(text string) ([]string, error) {
	list := []string{}
	for element := range strings.SplitSeq(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			list = append(list, element)
		}
	}
	return list, nil
}

func parseDuration(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration", text)
	}
	return duration, nil
}

// ByteSize is a number of bytes.
type ByteSize int64

// byteUnits are the units of a ByteSize, the greatest first.
var byteUnits = []struct {
	name  string
	bytes ByteSize
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

func parseByteSize(text string) (ByteSize, error) {
	number, unit := text, ByteSize(1)
	for _, u := range byteUnits {
		if before, ok := strings.CutSuffix(text, u.name); ok {
			number, unit = strings.TrimSpace(before), u.bytes
		}
	}
	count, err := strconv.ParseInt(number, 10, 32) // 32 bits times a GiB cannot overflow
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of bytes in range", text)
	}
	return ByteSize(count) * unit, nil
}

// String returns the number with the greatest unit that divides it, such as 1MiB.
func (b ByteSize) String() string {
	for _, unit := range byteUnits {
		if b != 0 && b%unit.bytes == 0 {
			return strconv.FormatInt(int64(b/unit.bytes), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}
