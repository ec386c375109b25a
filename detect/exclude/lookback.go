package exclude

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
)

// Bounds of what LookBack shows.
const (
	maxSamples = 10
	maxTallies = 50
)

// Past is what an exclusion would have covered.
type Past struct {
	Looked   int   `json:"looked"`   // findings of its rules that were looked at
	Covered  int   `json:"covered"`  // of those, the ones that would not have been told
	Requests int64 `json:"requests"` // requests of the covered ones
	// Uncertain findings show what the scope asks for, but stand for more
	// requests than they show: they would have been told.
	Uncertain int `json:"uncertain"`
	// Denied ones would have been told because Lynceus stopped what was done.
	Denied int `json:"denied"`
	// Oldest and Newest are the first and the last event time of the covered
	// ones; nil when there is none.
	Oldest *time.Time `json:"oldest"`
	Newest *time.Time `json:"newest"`
	// Rules, Workloads and Severities count the covered ones, most first, at most
	// 50 of each. What belongs to no pod group counts by namespace.
	Rules      []Tally `json:"rules"`
	Workloads  []Tally `json:"workloads"`
	Severities []Tally `json:"severities"`
	// Samples are the covered ones with the highest severity, then the latest.
	Samples []Sample `json:"samples"`
}

// Tally counts findings under a name.
type Tally struct {
	Name     string `json:"name"`
	Findings int    `json:"findings"`
	Requests int64  `json:"requests"`
}

// Sample is one finding in a line.
type Sample struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	Severity string    `json:"severity"`
	Time     time.Time `json:"time"` // of the first match
	Count    int64     `json:"count"`
	User     string    `json:"user"`
	Workload string    `json:"workload"`

	rank int
}

// LookBack says what an exclusion would have covered of stored findings, each
// given once in its latest state. It ends with the first error of findings.
func LookBack(e *Exclusion, findings iter.Seq2[*detect.Finding, error]) (*Past, error) {
	p := &Past{Samples: []Sample{}}
	conditions := e.Scope.Conditions()
	rules, workloads, severities := tallies{}, tallies{}, tallies{}
	for f, err := range findings {
		if err != nil {
			return nil, fmt.Errorf("look back: %w", err)
		}
		if !slices.Contains(e.Rules, f.Rule.ID) {
			continue
		}
		p.Looked++
		switch judge(conditions, f) {
		case Uncertain:
			p.Uncertain++
		case Denied:
			p.Denied++
		case Covered:
			p.cover(f)
			rules.add(f.Rule.ID, f)
			workloads.add(place(f), f)
			severities.add(f.Severity.String(), f)
		}
	}
	p.Rules, p.Workloads, p.Severities = rules.most(), workloads.most(), severities.most()
	return p, nil
}

// cover counts a covered finding.
func (p *Past) cover(f *detect.Finding) {
	p.Covered++
	p.Requests += f.Count
	first, last := f.First, f.Last
	if p.Oldest == nil || first.Before(*p.Oldest) {
		p.Oldest = &first
	}
	if p.Newest == nil || last.After(*p.Newest) {
		p.Newest = &last
	}
	s := Sample{ID: f.ID, Title: f.Rule.Title, Severity: f.Severity.String(), Time: f.First, Count: f.Count, User: f.Actor.User, Workload: place(f), rank: int(f.Severity)}
	at, _ := slices.BinarySearchFunc(p.Samples, s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), b.Time.Compare(a.Time), cmp.Compare(a.ID, b.ID))
	})
	if at < maxSamples {
		p.Samples = slices.Insert(p.Samples, at, s)
		p.Samples = p.Samples[:min(len(p.Samples), maxSamples)]
	}
}

// place names the pod group a finding is about, else its namespace.
func place(f *detect.Finding) string {
	ns := f.Target.Namespace
	if ns == "" {
		return "(cluster)"
	}
	name := shown(f, "k8s.workload")
	if name == "" {
		return ns
	}
	if kind := shown(f, "k8s.workload_kind"); kind != "" {
		name = kind + "/" + name
	}
	return ns + "/" + name
}

// maxCounted bounds how many names are counted apart; what comes later counts
// under otherName.
const (
	maxCounted = 10_000
	otherName  = "(others)"
)

type tallies map[string]*Tally

func (t tallies) add(name string, f *detect.Finding) {
	if t[name] == nil && len(t) >= maxCounted {
		name = otherName
	}
	if t[name] == nil {
		t[name] = &Tally{Name: name}
	}
	t[name].Findings++
	t[name].Requests += f.Count
}

// most returns the tallies with most findings, never nil.
func (t tallies) most() []Tally {
	out := make([]Tally, 0, len(t))
	for _, n := range t {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Findings, a.Findings), cmp.Compare(a.Name, b.Name))
	})
	return out[:min(len(out), maxTallies)]
}
