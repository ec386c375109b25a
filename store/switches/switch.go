package switches

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Switch says that a rule makes no findings, and since when and until when.
type Switch struct {
	Rule    string `json:"rule"`    // its id
	Cluster string `json:"cluster"` // "" for all clusters
	Reason  string `json:"reason"`
	Author  string `json:"author"`
	// Since it was switched off; it goes on again at Until, which is zero where
	// that has not been said.
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
	// EndedBy is who switched it on again before that, "" for nobody.
	EndedBy string `json:"ended_by,omitempty"`
}

// Stored is a switch and its revision.
type Stored struct {
	Switch
	Revision uint64 `json:"revision"`
}

// Active reports whether the rule is off at a time.
func (s *Switch) Active(at time.Time) bool {
	return !at.Before(s.Since) && (s.Until.IsZero() || at.Before(s.Until))
}

// Bounds of what people write, in bytes, and of how long ahead an end may be.
const (
	maxReason = 1000
	maxName   = 300
	maxLife   = 366 * 24 * time.Hour
)

// ErrInvalid is what the errors of a switch wrap that cannot be kept.
var ErrInvalid = errors.New("the rule cannot be switched so")

// validate returns everything that is wrong with a switch.
func (s *Switch) validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	text := func(what, v string, most int) {
		if len(v) > most || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
			wrong("%s is longer than %d bytes, or has characters that are no text", what, most)
		}
	}
	if s.Rule == "" {
		wrong("name the rule by its id")
	}
	if strings.TrimSpace(s.Reason) == "" {
		wrong("give the reason: somebody will ask why nothing is found")
	}
	if s.Author == "" {
		wrong("say who switches it off")
	}
	text("the rule's id", s.Rule, maxName)
	text("the cluster", s.Cluster, maxName)
	text("the reason", s.Reason, maxReason)
	if !s.Until.IsZero() && !s.Until.After(s.Since) {
		wrong("its end has passed already")
	}
	if s.Until.Sub(s.Since) > maxLife {
		wrong("an end is at most %d days ahead; leave it out to switch the rule off until somebody switches it on", maxLife/(24*time.Hour))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}
