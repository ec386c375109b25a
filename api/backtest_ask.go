package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
)

// Bounds of what is asked for.
const (
	maxBacktestRules = 500
	defaultBacktest  = 24 * time.Hour
)

// backtestAsked reads the body.
func (c *call) backtestAsked() (b Backtest, notes []string, err error) {
	var in BacktestDocument
	if err := c.body(&in); err != nil {
		return b, nil, err
	}
	c.what = strings.Join(in.Rules, ", ")
	bad := func(format string, args ...any) (Backtest, []string, error) {
		return b, nil, problem.New(problem.BadRequest, format, args...)
	}
	now := c.s.o.Now()
	b = Backtest{Since: in.From, Until: in.To, Scope: c.who.Scope, MaxBytes: c.s.limits.BacktestBytes, Timeout: c.s.limits.BacktestTime}
	back := defaultBacktest
	switch {
	case in.MaxBytes < 0:
		return bad("max_bytes cannot be negative")
	case in.Since != "" && !in.From.IsZero():
		return bad("since and from contradict each other: give one")
	case in.Since != "":
		if back, err = hunt.ParseSpan(in.Since); err != nil {
			return bad("since: %v", err)
		}
	}
	if b.Since.IsZero() {
		b.Since = now.Add(-back)
	}
	if !b.Until.IsZero() && !b.Since.Before(b.Until) {
		return bad("from is not before to: no event can be between them")
	}
	if in.Learn != "" {
		if b.Learn, err = hunt.ParseSpan(in.Learn); err != nil {
			return bad("learn: %v", err)
		}
	}
	if in.Timeout != "" {
		d, err := hunt.ParseSpan(in.Timeout)
		if err != nil {
			return bad("timeout: %v", err)
		}
		b.Timeout = min(b.Timeout, d)
	}
	if in.MaxBytes > 0 {
		b.MaxBytes = min(b.MaxBytes, in.MaxBytes)
	}
	notes, err = c.backtestRules(&b, &in)
	return b, notes, err
}

// backtestRules finds the rules that are named and reads those that are given.
func (c *call) backtestRules(b *Backtest, in *BacktestDocument) ([]string, error) {
	if c.s.o.Rules != nil {
		b.All = c.seenRules()
	}
	notes := []string{}
	if in.Text != "" {
		loaded := load.Texts(files.File{Name: "rule", Text: in.Text})
		if len(loaded.Errors) > 0 {
			return nil, problem.OfRules(loaded.Errors)
		}
		if len(loaded.Rules) == 0 {
			if len(loaded.Unsupported) > 0 {
				return nil, problem.OfRules(loaded.Unsupported)
			}
			return nil, problem.New(problem.BadRule, "the text has no rule")
		}
		for _, p := range slices.Concat(loaded.Unsupported, loaded.Warnings) {
			notes = append(notes, p.Error())
		}
		b.All = slices.Concat(loaded.Rules, b.All)
		for _, r := range loaded.Rules {
			if !r.Silent {
				b.Rules = append(b.Rules, r)
			}
			c.what = strings.TrimPrefix(c.what+", given: "+r.Title, ", ")
		}
	}
	for _, name := range in.Rules {
		n := len(b.Rules)
		for _, r := range b.All {
			if (r.ID == name || r.Name == name) && !slices.Contains(b.Rules, r) {
				b.Rules = append(b.Rules, r)
			}
		}
		if len(b.Rules) == n {
			return nil, problem.New(problem.NotFound, "no rule has the id or name %q", name).Advise("GET /api/v1/rules lists them")
		}
	}
	switch n := len(b.Rules); {
	case n == 0:
		return nil, problem.New(problem.BadRequest, "there is nothing to try").Advise(`name "rules" by their ids, or give the "text" of some`)
	case n > maxBacktestRules:
		return nil, problem.New(problem.TooLarge, "%d rules are more than the %d that can be tried at once", n, maxBacktestRules)
	}
	return append(notes, silences(b)...), nil
}

// silences says which of the rules find nothing at first, since they find what
// is new alone and learn too little from before.
func silences(b *Backtest) (notes []string) {
	for _, r := range b.Rules {
		for _, l := range learnsOf(r) {
			need := time.Duration(l.Hours * float64(time.Hour))
			if !l.Silent || b.Learn >= need {
				continue
			}
			from := b.Since.Add(-b.Learn).UTC().Format(time.RFC3339)
			notes = append(notes, fmt.Sprintf("the rule %q finds only what is new, and in this try it learns from %s on: until it knows %g hours and %d matches it is silent. Learn from longer before to see what it would have found", r.Title, from, l.Hours, l.Matches))
		}
	}
	return notes
}
