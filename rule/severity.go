package rule

import (
	"fmt"
	"strings"
)

// Severity says how much a finding matters. The order is that of the numbers.
type Severity uint8

// The severities, in Sigma's words.
const (
	Informational Severity = iota + 1
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "informational", "low", "medium", "high", "critical"}

// String returns Sigma's word; "" for the zero value.
func (s Severity) String() string {
	if int(s) >= len(severityNames) {
		return ""
	}
	return severityNames[s]
}

// Raise returns the severity n steps higher (lower when negative), within
// Informational and Critical.
func (s Severity) Raise(n int) Severity {
	return Severity(min(max(int(s)+n, int(Informational)), int(Critical)))
}

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Severity) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSeverity(string(b))
	return err
}

// ParseSeverity reads one of Sigma's words; "info" is accepted for
// informational.
func ParseSeverity(text string) (Severity, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	if t == "info" {
		return Informational, nil
	}
	for i, n := range severityNames {
		if i > 0 && n == t {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("severity %q is none of informational, low, medium, high, critical", text)
}
