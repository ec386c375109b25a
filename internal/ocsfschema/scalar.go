package ocsfschema

import (
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"unicode/utf8"
)

const (
	// earliestEvent is 2000-01-01T00:00:00Z in milliseconds. A time in seconds lies before it until the year 31969.
	earliestEvent = 946_684_800_000
	// latestTimestamp is the end of the year 9999 in milliseconds. A time in microseconds or nanoseconds lies after it.
	latestTimestamp = 253_402_300_799_999
)

// check says what is wrong with a value of the type, or nothing.
func (sc *scalar) check(value any) string {
	if sc.base == "json_t" {
		return ""
	}
	if value == nil {
		return "null: leave the attribute out"
	}
	wrong := fmt.Sprintf("%s where %s is wanted", kindOf(value), sc.name)
	switch sc.base {
	case "boolean_t":
		if _, ok := value.(bool); !ok {
			return wrong
		}
	case "float_t":
		if !isNumber(value) {
			return wrong
		}
	case "integer_t", "long_t":
		n, ok := integer(value)
		if !ok {
			return wrong
		}
		return sc.checkInteger(n)
	default:
		s, ok := value.(string)
		if !ok {
			return wrong
		}
		return sc.checkString(s)
	}
	return ""
}

func (sc *scalar) checkInteger(n int64) string {
	switch {
	case sc.ranged && (n < sc.min || n > sc.max):
		return fmt.Sprintf("%d is not between %d and %d", n, sc.min, sc.max)
	case sc.name == "timestamp_t" && (n < 0 || n > latestTimestamp):
		return fmt.Sprintf("%d is no time in milliseconds since 1970", n)
	}
	return ""
}

func (sc *scalar) checkString(s string) string {
	ok := utf8.ValidString(s) && (sc.maxLen == 0 || utf8.RuneCountInString(s) <= sc.maxLen) && (sc.regex == nil || sc.regex.MatchString(s))
	switch sc.name {
	case "ip_t": // the published pattern takes any character for the dot
		_, err := netip.ParseAddr(s)
		ok = ok && err == nil
	case "subnet_t":
		_, err := netip.ParsePrefix(s)
		ok = ok && err == nil
	}
	if !ok {
		return fmt.Sprintf("%q is no %s", s, sc.name)
	}
	return ""
}

// integer returns a JSON number that has no fraction.
func integer(value any) (int64, bool) {
	switch n := value.(type) {
	case json.Number:
		i, err := strconv.ParseInt(n.String(), 10, 64)
		return i, err == nil
	case float64:
		// Both bounds are exact in a float64; the upper one is the first value beyond an int64.
		if n != math.Trunc(n) || n < math.MinInt64 || n >= math.MaxInt64 {
			return 0, false
		}
		return int64(n), true
	}
	return 0, false
}

func isNumber(value any) bool {
	switch value.(type) {
	case float64, json.Number:
		return true
	}
	return false
}

// enumKey is how an enumeration of the schema names the value.
func enumKey(value any) (string, bool) {
	if s, ok := value.(string); ok {
		return s, true
	}
	n, ok := integer(value)
	return strconv.FormatInt(n, 10), ok
}

// kindOf names the JSON type of a value.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case float64, json.Number:
		return "a number"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("a Go %T", value)
}
