package policy

import "fmt"

// Severity says how bad a problem is.
type Severity uint8

// The severities.
const (
	Note    Severity = iota + 1 // worth knowing; nothing to do
	Warning                     // it does less, or costs more, than it seems to
	Error                       // it cannot be meant
	Refused                     // the API server does not start with it
)

var severityNames = [...]string{Note: "note", Warning: "warning", Error: "error", Refused: "refused"}

// String returns the severity in lower case.
func (s Severity) String() string { return severityNames[s] }

// Problem is something wrong in a policy.
type Problem struct {
	At       Pos
	Severity Severity
	// Kind tells problems apart for programs: unknown-field, level, ...
	Kind string
	// Path is where in the policy: rules[2].resources[0].group; "" for all of
	// it.
	Path string
	Text string
	// Advice is what to do about it; "" where the text says it.
	Advice string
	// Rules are names of detections that it is about.
	Rules []string
}

// String returns the problem on one line, without its advice.
func (p Problem) String() string {
	text := p.Severity.String() + ": "
	if p.At.Line > 0 {
		text = fmt.Sprintf("%d:%d: %s", p.At.Line, p.At.Col, text)
	}
	if p.Path != "" {
		text += p.Path + ": "
	}
	return text + p.Text
}
