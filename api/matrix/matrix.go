// Package matrix puts rules into the matrix of MITRE ATT&CK and says what of
// it can be detected today: by rules that are on, on what the sources there are
// let them see.
package matrix

import (
	"cmp"
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
	"github.com/lynceus-io/lynceus/rule/needs"
)

// State is whether something can be seen, from best to worst.
type State string

// The states.
const (
	Seen    State = "seen"    // its sources report
	Silent  State = "silent"  // its sources are known and say nothing
	Missing State = "missing" // there is no such source
	Off     State = "off"     // somebody switched the rule off
	NoRule  State = "none"    // nothing looks for it
)

// order is from best to worst.
var order = map[State]int{Seen: 0, Silent: 1, Missing: 2, Off: 3, NoRule: 4}

// Sight is what is seen of something, why not, and what to do about it.
type Sight struct {
	State State  `json:"state"`
	Why   string `json:"why"` // "" where it is seen
	Do    string `json:"do"`
}

// Table is what is seen of one table.
type Table struct {
	Name string `json:"name"`
	Sight
}

// Input is what a Matrix is made of.
type Input struct {
	// Rules are those that run; Off tells which make no findings anywhere.
	Rules []*rule.Rule
	Off   func(id string) bool
	// Tables are what is seen of each table that rules read; one that is not
	// there is seen. Bodies is what is seen of the bodies of requests, where
	// requests are.
	Tables map[event.Class]Sight
	Bodies Sight
	// Findings are how many each rule made in the time that is looked at.
	Findings map[string]int64
}

// Matrix is rules by tactic and technique.
type Matrix struct {
	Tactics []Tactic `json:"tactics"`
	// Rules are those in Tactics and those of no tactic, which make findings.
	Rules []Rule `json:"rules"`
	// Tables are those that rules read, and "bodies" for the bodies of requests.
	Tables []Table `json:"tables"`
}

// Tactic is a column.
type Tactic struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	State      State       `json:"state"` // of the best seen technique
	Techniques []Technique `json:"techniques"`
}

// Technique is a cell. One without an id stands for the rules that name the
// tactic only.
type Technique struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	State    State    `json:"state"` // of the rule that sees most
	Rules    []string `json:"rules"` // ids
	Findings int64    `json:"findings"`
}

// Rule is a rule and whether it can see what it looks for.
type Rule struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Tables   []string `json:"tables"`
	Fields   []string `json:"fields"`
	Body     bool     `json:"body"` // it needs the bodies of requests
	Findings int64    `json:"findings"`
	Sight
}

// New puts rules into the matrix. Tactics without rules are there, too, but
// for those that are the same under other names.
func New(in Input) *Matrix {
	m := &Matrix{Rules: []Rule{}, Tables: []Table{}}
	at := map[string]int{}
	cells := map[[2]string]*Technique{} // by the names of tactic and the id of the technique
	used := map[event.Class]bool{}
	for _, r := range in.Rules {
		if r.Silent || r.Disabled {
			continue
		}
		need := needs.Of(r, in.Rules)
		for _, c := range need.Tables {
			used[c] = true
		}
		one := newRule(r, need, &in)
		if i, known := at[r.ID]; known { // another table of the same rule
			m.Rules[i].also(one)
			continue
		}
		at[r.ID] = len(m.Rules)
		m.Rules = append(m.Rules, one)
	}
	for _, r := range rule.Distinct(in.Rules) {
		i, told := at[r.ID]
		if !told {
			continue
		}
		for _, c := range attack.Cells(r.Tags) {
			key := [2]string{c.Tactic.Name, c.Technique.ID}
			if cells[key] == nil {
				cells[key] = &Technique{ID: c.Technique.ID, Name: c.Technique.Name, State: NoRule}
			}
			cells[key].add(&m.Rules[i])
		}
	}
	m.Tactics = columns(cells)
	for c := range used {
		m.Tables = append(m.Tables, Table{c.String(), in.table(c)})
	}
	if used[event.ClassAudit] {
		m.Tables = append(m.Tables, Table{"bodies", in.Bodies})
	}
	slices.SortFunc(m.Tables, func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	return m
}

// evasion are one tactic and the two that came in its place: rules speak of
// either, so those that no rule speaks of are left out where another is there, and
// the one that ended always.
var evasion = []string{"Defense Evasion", "Stealth", "Defense Impairment"}

// columns puts cells under their tactics.
func columns(cells map[[2]string]*Technique) []Tactic {
	out := []Tactic{}
	for _, t := range attack.Matrix() {
		column := Tactic{ID: t.ID, Name: t.Name, State: NoRule, Techniques: []Technique{}}
		for key, x := range cells {
			if key[0] == t.Name {
				column.Techniques = append(column.Techniques, *x)
				column.State = better(column.State, x.State)
			}
		}
		slices.SortFunc(column.Techniques, func(a, b Technique) int { return cmp.Compare(a.ID, b.ID) })
		out = append(out, column)
	}
	filled := slices.ContainsFunc(out, func(t Tactic) bool { return slices.Contains(evasion, t.Name) && len(t.Techniques) > 0 })
	return slices.DeleteFunc(out, func(t Tactic) bool {
		return len(t.Techniques) == 0 && (t.Name == evasion[0] || filled && slices.Contains(evasion, t.Name))
	})
}

func (t *Technique) add(r *Rule) {
	t.Rules = append(t.Rules, r.ID)
	t.Findings += r.Findings
	t.State = better(t.State, r.State)
}

func better(a, b State) State {
	if order[b] < order[a] {
		return b
	}
	return a
}

func worse(a, b Sight) Sight {
	if order[b.State] > order[a.State] {
		return b
	}
	return a
}

// table is what is seen of a table.
func (in *Input) table(c event.Class) Sight {
	if s, ok := in.Tables[c]; ok {
		return s
	}
	return Sight{State: Seen}
}

// newRule says what a rule sees: no more than the worst of what it needs.
func newRule(r *rule.Rule, need needs.Need, in *Input) Rule {
	out := Rule{
		ID: r.ID, Title: r.Title, Severity: r.Severity.String(), Tables: []string{}, Fields: append([]string{}, need.Fields...), Body: need.Body,
		Findings: in.Findings[r.ID], Sight: Sight{State: Seen},
	}
	for _, c := range need.Tables {
		out.Tables = append(out.Tables, c.String())
		out.Sight = worse(out.Sight, in.table(c))
	}
	if need.Body {
		out.Sight = worse(out.Sight, in.Bodies)
	}
	if in.Off != nil && in.Off(r.ID) {
		out.Sight = Sight{Off, "somebody switched it off", "switch it on again on its page"}
	}
	return out
}

// also adds another table that the rule reads: what is seen there suffices.
func (r *Rule) also(x Rule) {
	r.Tables = append(r.Tables, x.Tables...)
	r.Fields = append(r.Fields, x.Fields...)
	slices.Sort(r.Fields)
	r.Fields = slices.Compact(r.Fields)
	if order[x.State] < order[r.State] {
		r.Sight = x.Sight
	}
}
