package matrix

import (
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

var (
	gone  = Sight{Missing, "no sensor reports", "start one"}
	quiet = Sight{Silent, "it says nothing", "look at it"}
	seen  = Sight{State: Seen}
)

func onTable(id string, c event.Class, tags ...string) *rule.Rule {
	return &rule.Rule{ID: id, Title: "Rule " + id, Severity: rule.High, Table: c, Tags: tags}
}

// cell finds a technique below a tactic.
func cell(t *testing.T, m *Matrix, tactic, technique string) Technique {
	t.Helper()
	for _, c := range m.Tactics {
		if c.Name != tactic {
			continue
		}
		for _, x := range c.Techniques {
			if x.ID == technique {
				return x
			}
		}
	}
	t.Fatalf("%s %s is not there", tactic, technique)
	return Technique{}
}

// A missing source greys the cells that nothing else fills.
func TestMissingSource(t *testing.T) {
	body := onTable("body", event.ClassAudit, "attack.persistence", "attack.t1525")
	body.Expr = &expr.Pred{Field: event.Ref{Field: event.AuditRequestObject.ID(), Path: "spec"}, Op: expr.OpExists}
	rules := []*rule.Rule{
		onTable("asked", event.ClassAudit, "attack.credential_access", "attack.t1552.007"),
		onTable("read", event.ClassFile, "attack.credential_access", "attack.t1552.007", "attack.t1552.001"),
		onTable("ran", event.ClassProcess, "attack.execution", "attack.t1609"),
		onTable("either", event.ClassProcess, "attack.impact"), onTable("either", event.ClassAudit, "attack.impact"),
		{ID: "joined", Title: "Joined", Tags: []string{"attack.execution", "attack.t1609"}, Correlation: &rule.Correlation{Rules: []string{"asked", "ran"}}},
		body,
		{ID: "part", Table: event.ClassProcess, Silent: true, Tags: []string{"attack.impact", "attack.t1496"}},
	}
	m := New(Input{
		Rules: rules, Off: func(string) bool { return false }, Bodies: gone, Findings: map[string]int64{"asked": 3, "read": 2},
		Tables: map[event.Class]Sight{event.ClassAudit: seen, event.ClassProcess: gone, event.ClassFile: quiet},
	})
	for _, tt := range []struct {
		tactic, technique string
		state             State
		rules             int
		findings          int64
	}{
		{"Credential Access", "T1552.007", Seen, 2, 5},
		{"Credential Access", "T1552.001", Silent, 1, 2},
		{"Execution", "T1609", Missing, 2, 0},
		{"Impact", "", Seen, 1, 0},
		{"Persistence", "T1525", Missing, 1, 0},
	} {
		if c := cell(t, m, tt.tactic, tt.technique); c.State != tt.state || len(c.Rules) != tt.rules || c.Findings != tt.findings {
			t.Errorf("%s %s: %+v, want %+v", tt.tactic, tt.technique, c, tt)
		}
	}
	at := slices.IndexFunc(m.Rules, func(r Rule) bool { return r.ID == "joined" })
	if r := m.Rules[at]; r.Why != gone.Why || r.Do != gone.Do || len(r.Tables) != 2 {
		t.Errorf("%+v", r)
	}
	var names []string
	for _, c := range m.Tactics {
		names = append(names, c.Name)
	}
	if len(names) != 15 || names[0] != "Reconnaissance" || names[14] != "Impact" || m.Tactics[0].State != NoRule || len(m.Rules) != 6 || len(m.Tables) != 4 {
		t.Errorf("%v, %d rules, %v", names, len(m.Rules), m.Tables)
	}
}

// A rule that is off detects nothing, whatever can be seen.
func TestOff(t *testing.T) {
	m := New(Input{
		Rules: []*rule.Rule{onTable("a", event.ClassAudit, "attack.impact", "attack.t1485"), onTable("b", event.ClassAudit, "attack.impact", "attack.defense_evasion")},
		Off:   func(id string) bool { return id == "a" },
	})
	if c := cell(t, m, "Impact", "T1485"); c.State != Off {
		t.Errorf("%+v", c)
	}
	if c := cell(t, m, "Defense Evasion", ""); c.State != Seen {
		t.Errorf("%+v", c)
	}
}
