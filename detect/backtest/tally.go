package backtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

// Tally counts findings under a name.
type Tally struct {
	Name     string `json:"name"`
	Findings int    `json:"findings"`
	Requests int64  `json:"requests"`
}

// Counted is how many different names there were, and those with the most
// findings. What has no name is not among them.
type Counted struct {
	Distinct int     `json:"distinct"`
	Top      []Tally `json:"top"`
}

// Bounds of what is counted and shown.
const (
	// maxCounted is how many names are told apart, as many as a State keeps
	// findings of ordinary size.
	maxCounted = 50_000
	maxTop     = 10
	// maxDays is how many days are shown: the latest.
	maxDays = 400
)

// tallies counts by name.
type tallies map[string]*Tally

func (t tallies) add(name string, f *detect.Finding) {
	if name == "" {
		return
	}
	n := t[name]
	if n == nil {
		if len(t) >= maxCounted {
			return
		}
		n = &Tally{Name: name}
		t[name] = n
	}
	n.Findings++
	n.Requests += f.Count
}

func (t tallies) list() []Tally {
	out := make([]Tally, 0, len(t))
	for _, n := range t {
		out = append(out, *n)
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Findings, a.Findings), cmp.Compare(b.Requests, a.Requests), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// most returns the names with the most findings.
func (t tallies) most() Counted {
	list := t.list()
	return Counted{Distinct: len(list), Top: list[:min(len(list), maxTop)]}
}

// bySeverity returns the counts, the gravest first.
func (t tallies) bySeverity() []Tally {
	out := []Tally{}
	for s := rule.Critical; s >= rule.Informational; s-- {
		if n := t[s.String()]; n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// byDay returns the counts of all days from the first to the last.
func (t tallies) byDay() []Tally {
	out := []Tally{}
	first, last := "", ""
	for day := range t {
		if first == "" || day < first {
			first = day
		}
		last = max(last, day)
	}
	at, err := time.Parse(time.DateOnly, first)
	end, err2 := time.Parse(time.DateOnly, last)
	if err != nil || err2 != nil {
		return out // years that no calendar writes with four digits
	}
	if earliest := end.AddDate(0, 0, 1-maxDays); at.Before(earliest) {
		at = earliest
	}
	for ; !at.After(end); at = at.AddDate(0, 0, 1) {
		day := at.Format(time.DateOnly)
		if n := t[day]; n != nil {
			out = append(out, *n)
		} else {
			out = append(out, Tally{Name: day})
		}
	}
	return out
}

// workloadKinds are the resources that are pod groups themselves.
var workloadKinds = map[string]string{"deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "cronjobs": "CronJob", "jobs": "Job"}

// workload names the pod group that a finding is about, as
// namespace/kind/name, where the event says it: it is not guessed from the
// name of a pod, which whoever makes pods may choose.
func workload(f *detect.Finding) string {
	var kind, name string
	for _, v := range f.Evidence {
		switch v.Field {
		case "k8s.workload":
			name = v.Value
		case "k8s.workload_kind":
			kind = v.Value
		}
	}
	if name == "" {
		if k := workloadKinds[f.Target.Resource]; k != "" && f.Target.Name != "" {
			kind, name = k, f.Target.Name
		}
	}
	if name == "" {
		return ""
	}
	return join(f.Target.Namespace, kind, name)
}

// target says what a finding is about: namespace/resource/name, or the path
// of a request for no object.
func target(f *detect.Finding) string {
	t := &f.Target
	if t.Resource == "" {
		return cmp.Or(t.URI, join(t.Namespace, t.Name))
	}
	resource := t.Resource
	if t.Subresource != "" {
		resource += "/" + t.Subresource
	}
	return join(t.Namespace, resource, t.Name)
}

// join joins what is not empty.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "/")
}
