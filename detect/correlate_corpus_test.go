package detect

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// corpusRow is a public correlation case: groups of rules that must all have
// matched (or must not) with equal keys in a window, matches with their keys
// and times, and whether that is enough.
type corpusRow struct {
	ID        string
	Detection []struct {
		Group []struct {
			ID            string
			MinMatchCount int
			Absence       bool
		}
		MatchCriteria         map[string][]struct{ GroupID, Match string }
		EventEvaluationOrder  string
		LookbackWindowMinutes int
	}
	Expected bool
	Outputs  []struct {
		ID      string
		Matches map[string]map[string][]any
	} `json:"rule_outputs"`
}

// correlation translates the row: each group becomes a rule, one that asks for
// more than one match an event_count that feeds the temporal correlation.
func (r *corpusRow) correlation(t *testing.T) []*rule.Rule {
	d := r.Detection[0]
	span := time.Duration(d.LookbackWindowMinutes) * time.Minute
	top := &rule.Correlation{Type: rule.Temporal, Timespan: span, GroupBy: []string{"actor.user.name"}}
	if d.EventEvaluationOrder == "Chronological" {
		top.Type = rule.TemporalOrdered
	}
	out := []*rule.Rule{{ID: "top", Title: r.ID, Severity: rule.High, Correlation: top}}
	for _, g := range d.Group {
		id := g.ID
		out = append(out, verbs(id)...)
		if g.MinMatchCount > 1 {
			id += " repeatedly"
			out = append(out, &rule.Rule{ID: id, Title: id, Silent: true, Correlation: &rule.Correlation{Type: rule.EventCount,
				Rules: []string{g.ID}, GroupBy: []string{"actor.user.name"}, Timespan: span, Conditions: ge(float64(g.MinMatchCount))}})
		}
		if top.Rules = append(top.Rules, id); g.Absence {
			top.Absent = append(top.Absent, id)
		}
	}
	if len(r.Detection) != 1 || len(d.Group) == 0 || span == 0 {
		t.Fatalf("%s: not understood", r.ID)
	}
	return out
}

// matches are the row's, as calls: the verb is the group, the user the key.
func (r *corpusRow) matches(t *testing.T) []call {
	var out []call
	for _, o := range r.Outputs {
		for _, byKey := range o.Matches {
			for key, times := range byKey {
				for i, at := range times {
					out = append(out, call{at: corpusTime(t, at), id: fmt.Sprint(o.ID, key, i), user: key, verb: o.ID})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b call) int { return strings.Compare(a.id, b.id) })
	return inOrder(out)
}

// corpusTime returns seconds; numbers in the corpus are minutes.
func corpusTime(t *testing.T, v any) float64 {
	switch v := v.(type) {
	case float64:
		return v * 60
	case string:
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			t.Fatal(err)
		}
		return at.Sub(start).Seconds()
	}
	t.Fatalf("time %v", v)
	return 0
}

func TestCorrelationCorpus(t *testing.T) {
	f, err := os.Open(filepath.Join(require.Corpora(t), "correlation", "tests.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, agree := 0, 0
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row corpusRow
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		rows++
		calls := row.matches(t)
		ids := map[event.UID]bool{}
		for _, c := range calls {
			ids[c.uid()] = true
		}
		if len(ids) != len(calls) {
			t.Fatalf("%s: matches share an identity", row.ID)
		}
		b := newBed(t, StateOptions{}, row.correlation(t)...)
		b.observe(calls...)
		if fs := b.state.Finish(); (len(fs) > 0) != row.Expected {
			t.Errorf("%s: expected %v, got %v", row.ID, row.Expected, lines(fs))
			continue
		}
		agree++
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d rows agree", agree, rows)
	if rows == 0 {
		t.Error("the corpus has no rows")
	}
}
