package audit

import (
	"errors"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// account adds what a batch met to the account of its source.
func (s *source) account(c *batchCounts) {
	s.report.Text += c.text
	s.report.Ignored += c.ignored
	s.report.Broken += c.broken
	s.report.Filtered += c.filtered
	s.report.Redacted += c.decoder.Redacted
	s.report.WrongTypes += c.decoder.WrongTypes
	s.dialect.add(c.dialects)
	for _, p := range c.problems {
		if len(s.report.Problems) < maxProblems {
			s.report.Problems = append(s.report.Problems, p)
		}
	}
}

// span makes the account's span of time reach to t.
func (s *source) span(t int64) {
	at := time.Unix(0, t).UTC()
	if sp := &s.report.Span; sp.Events == 0 || at.Before(sp.First) {
		sp.First = at
	}
	if sp := &s.report.Span; sp.Events == 0 || at.After(sp.Last) {
		sp.Last = at
	}
	s.report.Span.Events++
}

// finish closes the account of a source whose queue is closed.
func (r *Reader) finish(s *source) {
	if s.err == nil || r.ctx.Err() != nil {
		return
	}
	p := coverage.Problem{File: s.file.Name, Text: fileAdvice(s.err)}
	var syntax *rawjson.SyntaxError
	if errors.As(s.err, &syntax) {
		p.Line, p.Offset = syntax.Line, syntax.Offset
	}
	s.report.Problems = append(s.report.Problems, p)
}

// Report gives the account of every file that was read, in order of name. It
// is complete once Next has returned io.EOF.
func (r *Reader) Report() []coverage.Source {
	out := make([]coverage.Source, len(r.all))
	for i, s := range r.all {
		out[i] = s.report
		out[i].Bytes = s.read.Load()
		out[i].Dialect = s.dialect.most()
	}
	return out
}

// Skipped is how many files found in directories were passed over because
// they hold no JSON.
func (r *Reader) Skipped() int { return r.skipped }
