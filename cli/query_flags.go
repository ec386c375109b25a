package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/output"
)

// queryFlags are what query and ask have in common.
type queryFlags struct {
	sourceFlags
	since, until timeFlag
	form         answerForm
	out          string
	evidence     string
	explain      bool
	params       []string
	maxRows      int64
	timeout      time.Duration
	color        colorFlags
	quiet        bool
}

func (a *app) newQueryFlags() *queryFlags {
	return &queryFlags{since: timeFlag{now: a.now}, until: timeFlag{now: a.now}, form: "table"}
}

func (f *queryFlags) register(s *pflag.FlagSet) {
	s.SortFlags = false
	s.Var(&f.since, "since", "leave out events before `TIME`: 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d")
	s.Var(&f.until, "until", "leave out events from `TIME` on")
	s.StringArrayVarP(&f.params, "param", "p", nil, "value of a parameter that the query declares, as `NAME=VALUE` (repeatable)")
	f.registerAnswer(s)
}

// registerAnswer registers the flags that say who answers and how the answer
// is shown.
func (f *queryFlags) registerAnswer(s *pflag.FlagSet) {
	s.SortFlags = false
	s.VarP(&f.form, "output", "o", "`FORM`: "+strings.Join(output.AnswerForms(), ", "))
	s.StringVar(&f.out, "out", "", "write to `FILE` instead of standard output")
	s.StringVar(&f.evidence, "evidence", "", "also write the rows to `FILE` with a chain of hashes that lynceus verify checks")
	s.BoolVar(&f.explain, "explain", false, "say how the query would be answered, and do not run it")
	s.Int64Var(&f.maxRows, "max-rows", 0, "end after `N` rows; 0 means as many as the server allows")
	s.DurationVar(&f.timeout, "timeout", 0, "end after that long; 0 means as long as the server allows")
	f.sourceFlags.register(s)
	f.clickHouse.register(s, "ask the database of ClickHouse that lynceus up ships to, with a user who may read it,")
	f.color.register(s)
	s.BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary on standard error")
}

// request makes a question of a query's text and the flags.
func (f *queryFlags) request(c *cobra.Command, kql string, now time.Time) (hunt.Request, error) {
	r := hunt.Request{KQL: kql, From: f.since.at, To: f.until.at, MaxRows: f.maxRows, Timeout: f.timeout, Params: map[string]string{}}
	if err := f.color.check(c); err != nil {
		return r, err
	}
	switch {
	case f.maxRows < 0 || f.timeout < 0:
		return r, usagef(c, "--max-rows and --timeout cannot be negative")
	case !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To):
		return r, usagef(c, "--since %s is not before --until %s: no event can be between them", &f.since, &f.until)
	}
	for _, p := range f.params {
		name, text, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return r, usagef(c, "--param %s: write NAME=VALUE", p)
		}
		r.Params[name] = text
	}
	if f.evidence != "" {
		// Evidence is asked as of a moment that the file states, so that the
		// same question can be put again.
		if r.Now = r.To; r.Now.IsZero() {
			r.Now = now.UTC().Truncate(time.Millisecond)
		}
	}
	return r, nil
}

// answerForm is the form of an answer by name.
type answerForm string

// String implements pflag.Value.
func (f *answerForm) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *answerForm) Type() string { return "FORM" }

// Set implements pflag.Value.
func (f *answerForm) Set(text string) error {
	if !slices.Contains(output.AnswerForms(), text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(output.AnswerForms(), ", "))
	}
	*f = answerForm(text)
	return nil
}
