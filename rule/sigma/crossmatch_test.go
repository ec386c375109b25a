package sigma

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// crossmatch is a row of k8s_crossmatch.jsonl: which of the public Kubernetes
// rules an audit event matches, and on which of them two other engines differ.
type crossmatch struct {
	ID              string
	Match, Disagree []ruleRef
}

type ruleRef struct {
	RuleID string `json:"rule_id"`
}

func has(refs []ruleRef, id string) bool {
	return slices.ContainsFunc(refs, func(r ruleRef) bool { return r.RuleID == id })
}

// The public Kubernetes rules match the audit events that two independent
// engines say they match.
func TestKubernetesCrossmatch(t *testing.T) {
	dir := require.Corpora(t)
	rules := Load(Options{}, Path(filepath.Join(dir, "sigma", "rules", "rules", "application", "kubernetes"))).Rules
	events := auditEvents(t, filepath.Join(dir, "panther-k8s", "tests.jsonl"))
	decode, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var rows, pairs, undecided int
	var missing []string
	readLines(t, filepath.Join(dir, "sigma", "k8s_crossmatch.jsonl"), func(line []byte) {
		var c crossmatch
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		doc := events[c.ID]
		if doc == nil {
			missing = append(missing, c.ID)
			return
		}
		rows++
		var arena audit.Arena
		var e event.Event
		if _, err := decode.Decode(doc, &arena, &e); err != nil {
			t.Errorf("%s: %v", c.ID, err)
			return
		}
		for _, x := range rules {
			if has(c.Disagree, x.ID) {
				undecided++
				continue
			}
			pairs++
			if got, want := matches(t, x, &e), has(c.Match, x.ID); got != want {
				t.Errorf("%s: rule %q: match = %v, want %v", c.ID, x.Title, got, want)
			}
		}
	})
	t.Logf("%d events, %d verdicts compared, %d undecided; the events of %d rows are not in the corpora: %s", rows, pairs, undecided, len(missing), strings.Join(missing, " "))
	if len(rules) != 16 || rows == 0 {
		t.Errorf("%d rules, %d events", len(rules), rows)
	}
}

// matches tells whether a rule matches an event.
func matches(t *testing.T, x *rule.Rule, e *event.Event) bool {
	t.Helper()
	p, err := expr.NewProgram([]expr.Node{x.Expr}, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := p.NewSubject()
	s.Load(e)
	return p.Eval(s, 0)
}

// auditEvents reads the audit events of tests.jsonl by their ids.
func auditEvents(t *testing.T, name string) map[string]json.RawMessage {
	t.Helper()
	out := map[string]json.RawMessage{}
	readLines(t, name, func(line []byte) {
		var row struct {
			ID    string          `json:"id"`
			Event json.RawMessage `json:"audit_event"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		if len(row.Event) > 0 && row.Event[0] == '{' {
			out[row.ID] = row.Event
		}
	})
	return out
}
