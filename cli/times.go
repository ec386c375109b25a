package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// timeFlag is a point in time: written as such, or as how long ago.
type timeFlag struct {
	now func() time.Time
	at  time.Time
}

// String implements pflag.Value.
func (f *timeFlag) String() string {
	if f.at.IsZero() {
		return ""
	}
	return f.at.Format(time.RFC3339)
}

// Type implements pflag.Value.
func (f *timeFlag) Type() string { return "TIME" }

// Set implements pflag.Value.
func (f *timeFlag) Set(text string) (err error) {
	f.at, err = parseTime(text, f.now())
	return err
}

// timeLayouts are the forms of a point in time, in UTC where they name no
// zone.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

// parseTime reads a point in time, or how long before now it was: "90m",
// "2h", "3d".
func parseTime(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, l := range timeLayouts {
		if t, err := time.Parse(l, text); err == nil {
			return t, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.Add(-time.Duration(n) * 24 * time.Hour), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: write one like 2026-03-04T10:00:00Z, or how long ago, like 90m, 2h or 3d", text)
}
