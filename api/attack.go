package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/matrix"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/needs"
)

// AttackMatrix is the matrix of ATT&CK as far as it can be detected today.
type AttackMatrix struct {
	*matrix.Matrix
	// Since is from when on findings are counted.
	Since time.Time `json:"since"`
}

// defaultAttack is the time in which findings are counted unless told
// otherwise.
const defaultAttack = 30 * 24 * time.Hour

// attack answers what of ATT&CK can be detected with the rules and sources
// that there are, within what whoever asks may see.
func (c *call) attack() error {
	if c.s.o.Rules == nil {
		return missing("the list of rules")
	}
	back := defaultAttack
	for name, v := range c.r.URL.Query() {
		if name != "since" {
			return problem.New(problem.BadRequest, "there is no parameter %q: give since", name)
		}
		var err error
		if back, err = hunt.ParseSpan(v[0]); err != nil {
			return problem.New(problem.BadRequest, "since: %v", err)
		}
	}
	off := map[string]bool{}
	for _, s := range c.off() {
		off[s.Rule] = off[s.Rule] || s.Cluster == ""
	}
	in := matrix.Input{Rules: c.seenRules(), Off: func(id string) bool { return off[id] }, Bodies: matrix.Sight{State: matrix.Seen}}
	look, err := c.newLook(back)
	if err != nil {
		return err
	}
	defer look.done()
	if in.Findings, err = look.counts(`finding | where last_seen_time >= ago(_back) | summarize n = count() by name = finding_info.analytic.uid`); err != nil {
		return err
	}
	if in.Tables, err = look.tables(in.Rules); err != nil {
		return err
	}
	if in.Tables[event.ClassAudit].State == matrix.Seen {
		if in.Bodies, err = look.bodies(); err != nil {
			return err
		}
	} else if s, ok := in.Tables[event.ClassAudit]; ok {
		in.Bodies = s
	}
	return c.json(http.StatusOK, AttackMatrix{matrix.New(in), c.s.o.Now().Add(-back).UTC()})
}

// look is one look at what is seen.
type look struct {
	c      *call
	ctx    context.Context
	back   time.Duration
	states *SourceStates // nil where nobody keeps a ledger
	done   func()
}

func (c *call) newLook(back time.Duration) (*look, error) {
	if c.s.o.Queries == nil {
		return nil, missing("the store")
	}
	leave, err := c.slot()
	if err != nil {
		return nil, err
	}
	l := &look{c: c, back: back}
	var cancel context.CancelFunc
	l.ctx, cancel = context.WithTimeout(c.r.Context(), c.s.limits.Timeout)
	l.done = func() { cancel(); leave() }
	if c.s.o.Sources != nil {
		// A source that names no cluster may bring what is of theirs.
		s := c.s.o.Sources(func(cluster string) bool { return cluster == "" || c.seesCluster(cluster) })
		l.states = &s
	}
	return l, nil
}

// counts asks how many there are of each name: the columns n and name.
func (l *look) counts(kql string) (map[string]int64, error) {
	out := map[string]int64{}
	r := hunt.Request{
		KQL: "declare query_parameters(_back:timespan);\n" + kql + "\n| project name, n",
		Params: map[string]string{
			"_back": value.Timespan(int64(l.back) / 100).String(),
		},
	}
	_, err := hunt.Collect(l.ctx, l.c.queries(), l.c.s.limits.bound(r), func(row []value.Value) error {
		out[row[0].Text] = row[1].Int
		return nil
	})
	return out, err
}

// tables says what is seen of each table that rules read.
func (l *look) tables(rules []*rule.Rule) (map[event.Class]matrix.Sight, error) {
	out := map[event.Class]matrix.Sight{}
	for _, r := range rules {
		for _, t := range needs.Of(r, rules).Tables {
			if _, known := out[t]; known {
				continue
			}
			s, err := l.table(t)
			if err != nil {
				return nil, err
			}
			out[t] = s
		}
	}
	return out, nil
}

// lacking says in words that nothing of a kind reports.
var lacking = map[coverage.Role]string{
	coverage.Audit:     "no audit log comes in",
	coverage.Sensor:    "no sensor reports from any node",
	coverage.Inventory: "nobody reports what the clusters contain",
}

// table says what is seen of one table: its own kind of source counts, or that
// another tool's source filled it lately.
func (l *look) table(t event.Class) (matrix.Sight, error) {
	seen := matrix.Sight{State: matrix.Seen}
	roles := coverage.Roles([]event.Class{t})
	if l.states == nil || len(roles) == 0 || t == event.ClassFinding || t == event.ClassIncident {
		return seen, nil
	}
	s := l.source(roles[0])
	if t == event.ClassAlert { // no source of ours brings these
		s = matrix.Sight{State: matrix.Missing, Why: "no other tool's alerts come in", Do: "let Falco, Tetragon or KubeArmor send theirs (docs/sources.md)"}
	}
	if s.State == matrix.Seen || !slices.Contains(roles, coverage.Other) || !slices.ContainsFunc(l.states.Sources, func(x coverage.State) bool { return x.Role == coverage.Other && !x.Ended && !x.Silent }) {
		return s, nil
	}
	n, err := l.counts(t.String() + " | where time >= ago(_back) | take 1 | summarize n = count() | extend name = \"rows\"")
	if err != nil {
		return seen, err
	}
	if n["rows"] > 0 {
		return seen, nil
	}
	return s, nil
}

// source says what is seen by a kind of source.
func (l *look) source(role coverage.Role) matrix.Sight {
	var silent []string
	there := false
	for _, x := range l.states.Sources {
		if x.Role != role || x.Ended {
			continue
		}
		if !x.Silent {
			return matrix.Sight{State: matrix.Seen}
		}
		there = true
		if len(silent) < maxSilent {
			silent = append(silent, x.Key.String())
		}
	}
	if there && len(l.c.who.Scope.Namespaces) > 0 { // names of nodes are not theirs to know
		return matrix.Sight{State: matrix.Silent, Why: "nothing comes of its sources", Do: "ask somebody who is not limited"}
	}
	if there {
		return matrix.Sight{State: matrix.Silent, Why: "nothing comes of " + strings.Join(silent, ", "), Do: "see the page Coverage for since when"}
	}
	if len(l.c.who.Scope.Clusters) > 0 { // which sources other clusters have is not theirs to know
		return matrix.Sight{State: matrix.Missing, Why: lacking[role], Do: "ask somebody who is not limited"}
	}
	for _, m := range l.states.Missing {
		if m.Role == role {
			return matrix.Sight{State: matrix.Missing, Why: lacking[role], Do: m.Enable}
		}
	}
	// It ended, or came so lately that the ledger does not have it.
	if slices.ContainsFunc(l.states.Sources, func(x coverage.State) bool { return x.Role == role }) {
		return matrix.Sight{State: matrix.Missing, Why: lacking[role] + " any more", Do: "see the page Coverage for what ended, and start it again"}
	}
	return matrix.Sight{State: matrix.Seen}
}

// maxSilent bounds how many silent sources are named.
const maxSilent = 3

// bodies says whether requests came with their bodies. Where no request came in
// the time that is looked at nothing speaks against it.
func (l *look) bodies() (matrix.Sight, error) {
	levels, err := l.counts(`audit | where time >= ago(_back) | summarize n = count() by name = audit.level`)
	if err != nil {
		return matrix.Sight{}, err
	}
	if len(levels) == 0 || levels["Request"]+levels["RequestResponse"] > 0 {
		return matrix.Sight{State: matrix.Seen}, nil
	}
	return matrix.Sight{
		State: matrix.Missing, Why: "the audit policy records no bodies of requests", Do: "generate one that records what the rules need: lynceus audit-policy generate",
	}, nil
}
