package sigma

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// spanUnits are the units of a timespan. A month counts 30 days and a year
// 365.
var spanUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day, "M": 30 * day, "y": 365 * day,
}

// parseTimespan reads a whole number and one unit, such as 15m.
func parseTimespan(text string) (time.Duration, error) {
	digits := strings.TrimRight(text, "smhdwMy")
	unit, ok := spanUnits[text[len(digits):]]
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || n < 0 || strings.HasPrefix(digits, "+") {
		return 0, fmt.Errorf("%q is no time span: a whole number and one of s, m, h, d, w, M, y", text)
	}
	if n > math.MaxInt64/int64(unit) {
		return 0, fmt.Errorf("%q is longer than 292 years", text)
	}
	return time.Duration(n) * unit, nil
}
