package audit

import (
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// Origin returns where the text of a Live's batch comes from.
func (b *Batch) Origin() Origin { return b.origin }

// Received returns when the text of a Live's batch came, in nanoseconds since
// 1970 UTC.
func (b *Batch) Received() int64 { return b.received }

// HasAudit reports whether there is an audit event in a Live's batch.
func (b *Batch) HasAudit() bool {
	for i, n := range b.counts.dialects {
		if n > 0 && i < len(dialectNames)-len(foreignNames) {
			return true
		}
	}
	return false
}

// End returns the offset up to which the text that Live.Lines was given is in
// this batch or in those before it.
func (b *Batch) End() int64 { return b.end }

// Rejects returns what became no event in the text of a Live's batch. They
// are the first few: Cover counts all.
func (b *Batch) Rejects() []Reject { return b.rejects }

// Cover adds a Live's batch to the account of its source.
func (b *Batch) Cover(s *coverage.Source) {
	c := &b.counts
	s.Text += c.text
	s.Events += int64(len(b.items))
	s.Ignored += c.ignored
	s.Broken += c.broken
	s.Redacted += c.decoder.Redacted
	s.WrongTypes += c.decoder.WrongTypes
	if d := c.dialects.most(); d != "" {
		s.Dialect = d
	}
	ceiling := b.received + int64(maxAhead)
	for i := range b.items {
		t := b.items[i].time
		if t > ceiling {
			s.Future++
		}
		switch at := time.Unix(0, t).UTC(); {
		case s.Span.Events == 0:
			s.Span.First, s.Span.Last = at, at
		case at.Before(s.Span.Last):
			s.Late++
			if at.Before(s.Span.First) {
				s.Span.First = at
			}
		default:
			s.Span.Last = at
		}
		s.Span.Events++
	}
	for _, r := range b.rejects {
		if len(s.Problems) < maxProblems {
			s.Problems = append(s.Problems, coverage.Problem{File: b.origin.Source, Line: r.Line, Offset: r.Offset, Text: r.Reason})
		}
	}
}

// Rejected is how many documents became no event: those in Rejects, and those
// that were too many to keep.
func (b *Batch) Rejected() int64 { return b.counts.ignored + b.counts.broken }
