package exclude

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
)

// Limits of one exclusion. They bound what a match costs and what is kept.
const (
	MaxRules      = 100
	MaxConditions = 20
	MaxText       = 2 << 10 // of a value, a reason, a name, in bytes
)

// ErrInvalid is wrapped by what Validate returns.
var ErrInvalid = errors.New("the exclusion cannot be kept")

// Validate returns everything that is wrong with an exclusion that shall be
// kept from now on, joined, each with what to do.
func (e *Exclusion) Validate(now time.Time) error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...))
	}
	switch n := len(e.Rules); {
	case n == 0:
		bad("it names no rule; give the id of at least one")
	case n > MaxRules:
		bad("it names %d rules, at most %d are possible; make several", n, MaxRules)
	}
	for _, r := range e.Rules {
		if r == "" || !fine(r) {
			bad("%.40q cannot be the id of a rule", r)
		}
	}
	if strings.TrimSpace(e.Reason) == "" || !fine(e.Reason) {
		bad("it has no reason, or one of more than %d bytes; say in a sentence why these findings need not be told", MaxText)
	}
	if e.Author == "" || !fine(e.Author) {
		bad("it has no author; say who answers for it")
	}
	switch life := e.Expires.Sub(now); {
	case e.Expires.IsZero():
		bad("it has no end; the usual is %d days from now", DefaultLife/(24*time.Hour))
	case life <= 0:
		bad("it ended at %s; choose a time to come", e.Expires.UTC().Format(time.RFC3339))
	case life > MaxLife:
		bad("it would last for %d days, at most %d are possible; renew it when it ends", life/(24*time.Hour), MaxLife/(24*time.Hour))
	}
	conditions := e.Scope.Conditions()
	if len(conditions) > MaxConditions {
		bad("it has %d conditions, at most %d are possible", len(conditions), MaxConditions)
	}
	if e.Scope.WorkloadKind != "" && e.Scope.Workload == "" {
		bad("it names the kind of a workload, %s, and no workload; give its name too", e.Scope.WorkloadKind)
	}
	if e.Scope.Workload != "" && e.Scope.Namespace == "" {
		bad("it names workload %s and no namespace; give its namespace too", e.Scope.Workload)
	}
	for _, c := range conditions {
		if problem := c.problem(); problem != "" {
			bad("%s", problem)
		}
	}
	return errors.Join(problems...)
}

// problem says what is wrong with a condition, "" for nothing.
func (c Condition) problem() string {
	if f := event.ByName(c.Field); f == nil {
		if _, ok := event.Resolve(event.ClassAudit, c.Field); !ok {
			return fmt.Sprintf("there is no field %.60q; docs/fields.md lists them", c.Field)
		}
	}
	if c.Value == "" {
		return fmt.Sprintf("the condition on %s has no value; leave the condition out", c.Field)
	}
	if !fine(c.Value) {
		return fmt.Sprintf("the value of %s is no text, or has more than %d bytes", c.Field, MaxText)
	}
	return ""
}

// fine reports whether a text is short enough and readable.
func fine(s string) bool { return len(s) <= MaxText && utf8.ValidString(s) }
