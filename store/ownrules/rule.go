package ownrules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/scope"
)

// Prefix begins the id of every rule that is kept here, so that none is taken
// for a rule that comes with Lynceus.
const Prefix = "own_"

// Bounds of what people write, in bytes, and of how many rules there are:
// each is judged on every event.
const (
	MaxDocument = 128 << 10
	MaxQuery    = 64 << 10
	MaxRules    = 200
	maxNote     = 1000
	maxID       = 64
)

// ErrInvalid is what the errors of a rule wrap that cannot be kept.
var ErrInvalid = errors.New("the rule cannot be kept")

// Rule is a rule that somebody wrote here.
type Rule struct {
	ID string `json:"id"`
	// Document is the rule as Sigma has it: one document, or several of which
	// one joins the others.
	Document string `json:"document"`
	// Query is the question that the rule was made of, "" for none.
	Query string `json:"query"`
	// On is whether it is judged.
	On bool `json:"on"`
	// Scope limits what it finds: the limit of who wrote it.
	Scope scope.Scope `json:"scope"`
	// Note says why it was changed last.
	Note string `json:"note"`
	// Author made it, ChangedBy changed it last.
	Author    string    `json:"author"`
	Created   time.Time `json:"created"`
	ChangedBy string    `json:"changed_by"`
	Changed   time.Time `json:"changed"`
}

// Stored is a rule and its revision, which a change must name.
type Stored struct {
	Rule
	Revision uint64 `json:"revision"`
}

var validID = regexp.MustCompile(`^own_[a-z0-9][a-z0-9_]*$`)

// validate says what is wrong with what a rule says of itself; its document is
// judged by Compile.
func (r *Rule) validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
	}
	switch {
	case len(r.ID) > maxID || !validID.MatchString(r.ID):
		return bad("the id %.70q is none: %s, then lower-case letters, digits and _, at most %d in all", r.ID, Prefix, maxID)
	case strings.TrimSpace(r.Document) == "":
		return bad("the document is empty")
	case len(r.Document) > MaxDocument:
		return bad("the document has more than %d bytes", MaxDocument)
	case len(r.Query) > MaxQuery:
		return bad("the query has more than %d bytes", MaxQuery)
	case len(r.Note) > maxNote || !utf8.ValidString(r.Note):
		return bad("the note is no text of at most %d bytes", maxNote)
	case !utf8.ValidString(r.Document) || !utf8.ValidString(r.Query):
		return bad("the document is no UTF-8 text")
	case r.ChangedBy == "":
		return bad("say who changes it")
	}
	if err := r.Scope.Check(); err != nil {
		return bad("%v", err)
	}
	return nil
}
