package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/matrix"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
)

// sourceOf is the state of a source heard of just now.
func sourceOf(role coverage.Role, cluster string, silent, ended bool) coverage.State {
	return coverage.State{Key: coverage.Key{Cluster: cluster, Node: "secret-node", Source: string(role)}, Role: role, Last: time.Now(), Silent: silent, Ended: ended}
}

// What the sources are decides which cells are grey, and the reason says what
// is missing.
func TestAttackBySources(t *testing.T) {
	builtin := load.Load(files.Tree{FS: rules.FS, Root: ".", Name: "builtin"}).Rules
	lacks := func(roles ...coverage.Role) (out []api.MissingSource) {
		for _, r := range roles {
			out = append(out, api.MissingSource{Role: r, What: "much", Enable: "start one"})
		}
		return out
	}
	var now atomic.Pointer[api.SourceStates]
	s := limitedSite(t, func(o *api.Options) {
		o.Rules = func() []*rule.Rule { return builtin }
		o.Sources = func(sees func(cluster string) bool) api.SourceStates {
			s := *now.Load()
			s.Sources = slices.DeleteFunc(slices.Clone(s.Sources), func(x coverage.State) bool { return !sees(x.Cluster) })
			return s
		}
	})
	for name, tt := range map[string]struct {
		states         api.SourceStates
		audit, process matrix.State
		why            string // of process
		role           token.Role
	}{
		"nothing":              {api.SourceStates{Missing: lacks(coverage.Audit, coverage.Sensor)}, matrix.Missing, matrix.Missing, "no sensor reports", token.Viewer},
		"a log":                {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Audit, "", false, false)}, Missing: lacks(coverage.Sensor)}, matrix.Seen, matrix.Missing, "no sensor reports", token.Viewer},
		"both":                 {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Audit, "", false, false), sourceOf(coverage.Sensor, "prod", true, false), sourceOf(coverage.Sensor, "prod", false, false)}}, matrix.Seen, matrix.Seen, "", token.Viewer},
		"a silent sensor":      {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Sensor, "prod", true, false)}, Missing: lacks(coverage.Audit)}, matrix.Missing, matrix.Silent, "secret-node", token.Viewer},
		"a sensor that ended":  {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Sensor, "prod", false, true)}}, matrix.Seen, matrix.Missing, "any more", token.Viewer},
		"a log not yet told":   {api.SourceStates{Missing: lacks(coverage.Sensor)}, matrix.Seen, matrix.Missing, "no sensor reports", token.Viewer},
		"limited":              {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Audit, "", false, false), sourceOf(coverage.Sensor, "prod", true, false)}}, matrix.Seen, matrix.Silent, "nothing comes of its sources", token.Responder},
		"limited to elsewhere": {api.SourceStates{Sources: []coverage.State{sourceOf(coverage.Audit, "", false, false), sourceOf(coverage.Sensor, "other", false, false)}}, matrix.Seen, matrix.Missing, "no sensor reports", token.Responder},
	} {
		t.Run(name, func(t *testing.T) {
			now.Store(&tt.states)
			resp, text := s.ask(t, "GET", "/api/v1/attack", tt.role, "")
			var m api.AttackMatrix
			if err := json.Unmarshal([]byte(text), &m); err != nil || resp.StatusCode != 200 {
				t.Fatalf("%d %v %s", resp.StatusCode, err, text)
			}
			for _, table := range m.Tables {
				want := map[string]matrix.State{"audit": tt.audit, "bodies": tt.audit, "process": tt.process, "network": tt.process}[table.Name]
				if want != "" && table.State != want {
					t.Errorf("%s is %+v, want %s", table.Name, table, want)
				}
				if table.Name == "process" && (!strings.Contains(table.Why, tt.why) || (table.Do == "") != (tt.why == "")) {
					t.Errorf("%+v", table)
				}
			}
			grey := 0
			for _, c := range m.Tactics {
				for _, x := range c.Techniques {
					if x.State == matrix.Missing {
						grey++
					}
				}
			}
			if all := tt.audit == matrix.Missing || tt.process == matrix.Missing; (grey > 0) != all {
				t.Errorf("%d cells are grey", grey)
			}
			if tt.role == token.Responder && strings.Contains(text, "secret-node") {
				t.Errorf("a limited one is told of nodes")
			}
		})
	}
}

// One rule comes with its text, its tests and what it reads.
func TestRuleInFull(t *testing.T) {
	s := newSite(t, nil)
	_, text := s.ask(t, "GET", "/api/v1/rules/secrets_listed_everywhere", token.Viewer, "")
	var r api.Rule
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.Text, "detection:") || strings.HasPrefix(r.Text, "---") || len(r.Cases) != r.Tests || r.Tests == 0 || len(r.Cases[0].Events) == 0 || len(r.Tables) != 1 || len(r.Fields) == 0 {
		t.Errorf("%+v", r)
	}
}
