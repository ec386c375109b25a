package backtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/rule"
)

// Schema names the document that a Result is. Within a version members are
// only added.
const Schema = "lynceus.backtest/v1"

// Result is what rules would have found. Every member is always there; a time
// that is not known is null.
type Result struct {
	Schema string     `json:"schema"`
	Since  *time.Time `json:"since"` // as asked
	Until  *time.Time `json:"until"`
	First  *time.Time `json:"first"` // of the events that were judged
	Last   *time.Time `json:"last"`
	// Events were judged, stages of requests each for itself; Learned ones
	// came before and were only learned from.
	Events  int64 `json:"events"`
	Learned int64 `json:"learned"`
	// Unreadable are stored requests without a document that can be read.
	// They were not judged.
	Unreadable int64 `json:"unreadable"`
	// Forgotten counts what was forgotten for lack of room, by what it was.
	Forgotten map[string]int64 `json:"forgotten"`
	// Stopped says which bound ended it before the end of the span: StoppedTime
	// or StoppedBytes, "" for none. Then everything here is of the events up to
	// Last.
	Stopped   string `json:"stopped"`
	ReadBytes int64  `json:"read_bytes"` // of events as they were kept for judging
	ElapsedMs int64  `json:"elapsed_ms"`
	Findings  int    `json:"findings"` // of all rules
	Requests  int64  `json:"requests"`
	// ExclusionsKnown is whether the exclusions in force were looked at.
	ExclusionsKnown bool `json:"exclusions_known"`
	// Rules are those that were tried, the ones with most findings first.
	Rules []Rule `json:"rules"`
}

// Why a backtest stopped early.
const (
	StoppedTime  = "time"
	StoppedBytes = "bytes"
)

// Rule is what one rule would have found.
type Rule struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Findings int    `json:"findings"`
	Requests int64  `json:"requests"` // matches, or windows of a correlation
	Failed   int64  `json:"failed"`   // of them, those that were refused or failed
	// Muted says that the rule found so much that what was beyond became one
	// finding an hour, which is among the findings.
	Muted bool `json:"muted"`
	// Severities, Days and what follows count findings and their requests.
	// Days are those on which findings began, in UTC, in order and without
	// gaps; the others have the most findings first.
	Severities []Tally `json:"severities"`
	Days       []Tally `json:"days"`
	Workloads  Counted `json:"workloads"`
	Namespaces Counted `json:"namespaces"`
	Users      Counted `json:"users"`
	Targets    Counted `json:"targets"`
	// Samples are the gravest findings, then the latest.
	Samples []Sample `json:"samples"`
	Stored  Stored   `json:"stored"`
	// Excluded are the findings that an exclusion would cover.
	Excluded []Tally `json:"excluded"`
	// ExcludedFindings is how many they are.
	ExcludedFindings int `json:"excluded_findings"`
}

// Stored compares with the findings of the same rule and time that the store
// has.
type Stored struct {
	Findings int   `json:"findings"`
	Requests int64 `json:"requests"`
	Both     int   `json:"both"`        // stored, and found here
	OnlyHere int   `json:"only_here"`   // found here, not stored
	OnlyThen int   `json:"only_stored"` // stored, not found here
}

// Sample is one finding in a line.
type Sample struct {
	ID        string    `json:"id"`
	Severity  string    `json:"severity"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	Requests  int64     `json:"requests"`
	User      string    `json:"user"`
	Verb      string    `json:"verb"`
	Target    string    `json:"target"`
	Addresses []string  `json:"addresses"`
	EventUIDs []string  `json:"event_uids"` // the first few of its requests
	Excluded  string    `json:"excluded"`   // the exclusion that covers it
	rank      rule.Severity
}

// Input is what a Result is made of.
type Input struct {
	Rules    []*rule.Rule
	Findings []*detect.Finding
	Stored   []*detect.Finding
	Muted    []string // ids of rules
	// Exclusions are those in force at Now; nil means that they are not known.
	Exclusions []exclude.Exclusion
	Now        time.Time
}

// Bounds of what a Result shows of a rule.
const (
	maxSamples    = 10
	maxSampleUIDs = 5
)

// New makes a Result. The caller fills in what was read.
func New(in Input) *Result {
	r := &Result{Schema: Schema, ExclusionsKnown: in.Exclusions != nil, Rules: []Rule{}}
	set := exclude.NewSet(in.Exclusions)
	byRule, stored := group(in.Findings), group(in.Stored)
	for _, x := range in.Rules {
		one := newRule(x, byRule[x.ID], stored[x.ID], func(f *detect.Finding) string {
			id, _ := set.Match(f, in.Now)
			return id
		})
		one.Muted = slices.Contains(in.Muted, x.ID)
		r.Findings += one.Findings
		r.Requests += one.Requests
		r.Rules = append(r.Rules, one)
	}
	slices.SortStableFunc(r.Rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(b.Findings, a.Findings), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Title, b.Title))
	})
	return r
}

func group(findings []*detect.Finding) map[string][]*detect.Finding {
	out := map[string][]*detect.Finding{}
	for _, f := range findings {
		out[f.Rule.ID] = append(out[f.Rule.ID], f)
	}
	return out
}

// newRule counts the findings of a rule.
func newRule(x *rule.Rule, findings, stored []*detect.Finding, excluded func(*detect.Finding) string) Rule {
	r := Rule{ID: x.ID, Name: x.Name, Title: x.Title, Severity: x.Severity.String(), Samples: []Sample{}}
	severities, days, covered := tallies{}, tallies{}, tallies{}
	workloads, namespaces, users, targets := tallies{}, tallies{}, tallies{}, tallies{}
	here := map[string]bool{}
	for _, f := range findings {
		here[f.ID] = true
		r.Findings++
		r.Requests += f.Count
		r.Failed += f.Failed
		severities.add(f.Severity.String(), f)
		days.add(f.First.UTC().Format(time.DateOnly), f)
		workloads.add(workload(f), f)
		namespaces.add(f.Target.Namespace, f)
		users.add(f.Actor.User, f)
		targets.add(target(f), f)
		by := excluded(f)
		if by != "" {
			covered.add(by, f)
			r.ExcludedFindings++
		}
		r.sample(f, by)
	}
	r.Severities, r.Days, r.Excluded = severities.bySeverity(), days.byDay(), covered.most().Top
	r.Workloads, r.Namespaces, r.Users, r.Targets = workloads.most(), namespaces.most(), users.most(), targets.most()
	for _, f := range stored {
		r.Stored.Findings++
		r.Stored.Requests += f.Count
		if here[f.ID] {
			r.Stored.Both++
		}
	}
	r.Stored.OnlyHere, r.Stored.OnlyThen = r.Findings-r.Stored.Both, r.Stored.Findings-r.Stored.Both
	return r
}

// sample shows a finding if it is among the first.
func (r *Rule) sample(f *detect.Finding, by string) {
	s := Sample{
		ID: f.ID, Severity: f.Severity.String(), First: f.First, Last: f.Last, Requests: f.Count, User: f.Actor.User, Verb: f.Target.Verb, Target: target(f),
		Addresses: append([]string{}, f.Actor.IPs...), EventUIDs: append([]string{}, f.EventUIDs[:min(len(f.EventUIDs), maxSampleUIDs)]...), Excluded: by, rank: f.Severity,
	}
	at, _ := slices.BinarySearchFunc(r.Samples, s, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), b.First.Compare(a.First), cmp.Compare(a.ID, b.ID))
	})
	if at < maxSamples {
		r.Samples = slices.Insert(r.Samples, at, s)
		r.Samples = r.Samples[:min(len(r.Samples), maxSamples)]
	}
}
