package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Status is how far the work on an incident is.
type Status string

// The statuses that people give. An incident that became part of another one
// has the status "merged" in the table incident, whatever was decided before.
const (
	StatusOpen          Status = "open"
	StatusInvestigating Status = "investigating"
	StatusClosed        Status = "closed"
)

// Statuses returns all of them, in order of the work.
func Statuses() []Status { return []Status{StatusOpen, StatusInvestigating, StatusClosed} }

// Resolution is what a closed incident was.
type Resolution string

// The resolutions.
const (
	TruePositive  Resolution = "true_positive"  // it was an attack, or a test of one
	FalsePositive Resolution = "false_positive" // the rules were wrong
	Expected      Resolution = "expected"       // it happened, and was meant to
	Duplicate     Resolution = "duplicate"      // another incident tells the same
)

// Resolutions returns all of them.
func Resolutions() []Resolution {
	return []Resolution{TruePositive, FalsePositive, Expected, Duplicate}
}

// Words returns a resolution as a sentence has it: "false positive".
func (r Resolution) Words() string { return strings.ReplaceAll(string(r), "_", " ") }

// Case is what was decided about an incident.
type Case struct {
	Incident   string     `json:"incident"`
	Status     Status     `json:"status"`
	Resolution Resolution `json:"resolution"` // "" unless StatusClosed
	Assignee   string     `json:"assignee"`   // who works on it, "" for nobody
	// Requests that the incident had when its status was set: it grew since
	// then where it has more.
	Requests int64     `json:"requests"`
	Changed  time.Time `json:"changed,omitzero"` // zero where nothing was decided
	By       string    `json:"by"`               // who made the last change
}

// Stored is a case and its revision, which a change must name: 0 for one that
// nothing was decided about.
type Stored struct {
	Case
	Revision uint64 `json:"revision"`
}

// Detail says in words how the status came about, "" where nothing was
// decided.
func (c *Case) Detail() string {
	switch {
	case c.By == "":
		return ""
	case c.Status == StatusClosed:
		return "closed as " + c.Resolution.Words() + " by " + c.By
	}
	return string(c.Status) + ", says " + c.By
}

// Edit is a change of a case. What is nil stays as it is.
type Edit struct {
	Status *Status
	// Resolution goes with StatusClosed, and only with it.
	Resolution *Resolution
	Assignee   *string
	// Requests that the incident has; see Case.
	Requests int64
	// Comment is added to the comments; "" adds none.
	Comment string
}

// Bounds of what people write, in bytes.
const (
	maxAssignee = 200
	maxComment  = 8 << 10
)

// ErrInvalid is what the errors of a change wrap that cannot be made.
var ErrInvalid = errors.New("the case cannot be changed so")

// apply returns c with a change made, or everything that is wrong with it.
func (c Case) apply(e Edit) (Case, error) {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if e.Status == nil && e.Resolution == nil && e.Assignee == nil {
		wrong("say what to change: the status or the assignee")
	}
	if c.By == "" {
		c.Requests = e.Requests
	}
	if e.Status != nil {
		if !slices.Contains(Statuses(), *e.Status) {
			wrong("status %.40q is none of open, investigating, closed", *e.Status)
		}
		c.Status, c.Resolution, c.Requests = *e.Status, "", e.Requests
	}
	if e.Resolution != nil && *e.Resolution != "" {
		if !slices.Contains(Resolutions(), *e.Resolution) {
			wrong("resolution %.40q is none of true_positive, false_positive, expected, duplicate", *e.Resolution)
		}
		c.Resolution = *e.Resolution
	}
	if e.Resolution != nil && *e.Resolution == "" {
		c.Resolution = ""
	}
	if c.Status == StatusClosed && c.Resolution == "" {
		wrong("an incident is closed as something: true_positive, false_positive, expected or duplicate")
	}
	if c.Status != StatusClosed && c.Resolution != "" {
		wrong("only a closed incident has a resolution")
	}
	if e.Assignee != nil {
		c.Assignee = strings.TrimSpace(*e.Assignee)
		if err := checkText("the assignee", c.Assignee, maxAssignee, false); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return c, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return c, nil
}

// checkText refuses what is too long, or no text. Only comments have lines.
func checkText(what, text string, most int, lines bool) error {
	if len(text) > most {
		return fmt.Errorf("%s is longer than %d bytes", what, most)
	}
	odd := func(r rune) bool { return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) }
	if !utf8.ValidString(text) || strings.ContainsFunc(text, odd) {
		return fmt.Errorf("%s has characters that are no text", what)
	}
	return nil
}
