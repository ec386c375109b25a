package triage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/cases"
)

// Edit is what a step says of findings. What is nil stays as it is. Statuses
// and resolutions are those of incidents.
type Edit struct {
	Status *cases.Status `json:"status,omitempty"`
	// Resolution goes with cases.StatusClosed, and only with it.
	Resolution cases.Resolution `json:"resolution,omitempty"`
	Assignee   *string          `json:"assignee,omitempty"`
	Comment    string           `json:"comment,omitempty"`
}

// Step is an Edit that was made.
type Step struct {
	ID string `json:"id"`
	Edit
	Findings int       `json:"findings"` // how many
	Time     time.Time `json:"time"`
	By       string    `json:"by"`
	// Undone is when it was taken back, zero where it holds, and UndoneBy by
	// whom.
	Undone   time.Time `json:"undone,omitzero"`
	UndoneBy string    `json:"undone_by,omitempty"`
}

// Bounds of what people write, in bytes.
const (
	maxAssignee = 200
	maxComment  = 8 << 10
)

// Errors of a step.
var (
	// ErrInvalid is wrapped by those of a step that cannot be made.
	ErrInvalid = errors.New("findings cannot be decided about so")
	// ErrNotFound says that there is no such step.
	ErrNotFound = errors.New("there is no such step")
	// ErrUndone says that a step was undone before.
	ErrUndone = errors.New("the step was undone before")
	// ErrFull says that no more can be kept.
	ErrFull = errors.New("so many decisions about findings are kept that there is no room for these")
)

// check says everything that is wrong with an edit, and returns it as it is
// kept.
func (e Edit) check() (Edit, error) {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	e.Comment = strings.TrimSpace(e.Comment)
	if e.Status == nil && e.Assignee == nil && e.Comment == "" {
		wrong("say what to change: the status or the assignee, or leave a comment")
	}
	if e.Status != nil && !slices.Contains(cases.Statuses(), *e.Status) {
		wrong("status %.40q is none of open, investigating, closed", *e.Status)
	}
	closed := e.Status != nil && *e.Status == cases.StatusClosed
	switch {
	case closed && !slices.Contains(cases.Resolutions(), e.Resolution):
		wrong("findings are closed as something: true_positive, false_positive, expected or duplicate")
	case !closed && e.Resolution != "":
		wrong("only closed findings have a resolution")
	}
	if e.Assignee != nil {
		name := strings.TrimSpace(*e.Assignee)
		e.Assignee = &name
		if !isText(name, maxAssignee, false) {
			wrong("the assignee is longer than %d bytes, or no text", maxAssignee)
		}
	}
	if !isText(e.Comment, maxComment, true) {
		wrong("the comment is longer than %d bytes, or no text", maxComment)
	}
	if err := errors.Join(errs...); err != nil {
		return e, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return e, nil
}

// isText refuses what is too long, or no text. Only comments have lines.
func isText(text string, most int, lines bool) bool {
	odd := func(r rune) bool { return unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) }
	return len(text) <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, odd)
}

// Words says what a step did: "closed as expected, assigned to ann".
func (e *Edit) Words() string {
	var out []string
	if e.Status != nil {
		if *e.Status == cases.StatusClosed {
			out = append(out, "closed as "+e.Resolution.Words())
		} else {
			out = append(out, string(*e.Status))
		}
	}
	switch {
	case e.Assignee != nil && *e.Assignee == "":
		out = append(out, "assigned to nobody")
	case e.Assignee != nil:
		out = append(out, "assigned to "+*e.Assignee)
	}
	if e.Comment != "" {
		out = append(out, "commented")
	}
	return strings.Join(out, ", ")
}

// Standing is what holds of a finding. The zero value is what holds where
// nobody decided.
type Standing struct {
	Status     cases.Status // "" is open
	Resolution cases.Resolution
	Assignee   string
	// Decided is when the status was set, zero where nobody did.
	Decided time.Time
}

// with is what holds after a step.
func (s Standing) with(step *Step) Standing {
	if step.Status != nil {
		s.Status, s.Resolution, s.Decided = *step.Status, step.Resolution, step.Time
	}
	if step.Assignee != nil {
		s.Assignee = *step.Assignee
	}
	return s
}

// parseIDs reads the ids of findings, and leaves out what comes twice.
func parseIDs(ids []string) ([]event.UID, error) {
	out := make([]event.UID, 0, len(ids))
	seen := make(map[event.UID]bool, len(ids))
	for _, text := range ids {
		id, ok := parseID(text)
		if !ok {
			return nil, fmt.Errorf("%w: %.80q is no id of a finding", ErrInvalid, text)
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out, nil
}
