package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// maxWhy is how many of a test's events are explained.
const maxWhy = 5

// why says of the first events of a test which selections of the rule they
// satisfy: what the author of a test that failed looks for. It returns
// nothing for correlations and for what cannot be read.
//
// Contextual fields are absent here: they need the events before.
func why(r *rule.Rule, events [][]byte) []string {
	names := slices.Sorted(maps.Keys(r.Selections))
	nodes := make([]expr.Node, len(names))
	for i, n := range names {
		nodes[i] = r.Selections[n]
	}
	program, err := expr.NewProgram(nodes, expr.Options{Lists: func(string) expr.List { return noList{} }})
	if err != nil || len(names) == 0 {
		return nil
	}
	d, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		return nil
	}
	var out []string
	rows, err := jsonl.NewDecoder()
	if err != nil {
		return nil
	}
	var arena audit.Arena
	var e event.Event
	subject := program.NewSubject()
	for n, doc := range events[:min(len(events), maxWhy)] {
		err := rows.Decode(doc, &e)
		if errors.Is(err, jsonl.ErrNotEvent) {
			_, err = d.Decode(doc, &arena, &e)
		}
		if err != nil {
			out = append(out, fmt.Sprintf("event %d: %v", n+1, err))
			continue
		}
		subject.Load(&e)
		words := make([]string, len(names))
		for i, name := range names {
			words[i] = name + " no"
			if program.Eval(subject, i) {
				words[i] = name + " yes"
			}
		}
		out = append(out, fmt.Sprintf("event %d: %s", n+1, strings.Join(words, ", ")))
	}
	return out
}

// noList stands for the lists that a test may have.
type noList struct{}

// Has implements expr.List.
func (noList) Has(string) bool { return false }
