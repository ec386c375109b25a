package eval

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Ratio is how many of how many.
type Ratio struct {
	Hit int `json:"hit"`
	All int `json:"all"`
}

func (r *Ratio) add(hit bool) {
	r.All++
	if hit {
		r.Hit++
	}
}

// Share is between 0 and 1; 1 where there was nothing to hit.
func (r Ratio) Share() float64 {
	if r.All == 0 {
		return 1
	}
	return float64(r.Hit) / float64(r.All)
}

// Outcome is what became of one attack step.
type Outcome struct {
	Step Step
	// Worst is the severity of the best finding that names the step; 0 when
	// none does.
	Worst rule.Severity
}

// Score is what one recording gave.
type Score struct {
	Recording string
	Hostile   bool
	Holdout   bool
	Outcomes  []Outcome // of the attack steps
	// Benign counts the requests that belong to no attack step; Loud the
	// findings above low that name no request of one, by rule.
	Benign int64
	Loud   map[string]int
	// Notable counts those of them that name a request of ordinary work that
	// the recording labels as worth naming.
	Notable  int
	Who      Who
	Mistaken []Mistaken
	// Incidents are those with a finding above low of an attack step;
	// Joined counts findings above low of ordinary work among theirs.
	Incidents, Joined int
	Requests          int64
	Elapsed           time.Duration
}

// Measure scans a recording with rules and compares what was found with what
// was done.
func Measure(ctx context.Context, r *Recording, rules []*rule.Rule) (*Score, error) {
	o := hub.ScanOptions{Files: []string{r.Audit}, Rules: rules, AuditIDs: -1}
	if r.Inventory != "" {
		o.Inventory = []string{r.Inventory}
	}
	result, err := hub.Scan(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	if n := result.Coverage.Total().Broken; n > 0 {
		return nil, fmt.Errorf("%s: %d documents of the log could not be read; record it again", r.Name, n)
	}
	return score(r, result), nil
}

func score(r *Recording, result *report.Result) *Score {
	s := &Score{Recording: r.Name, Hostile: r.Hostile(), Holdout: r.About.Holdout, Loud: map[string]int{}, Requests: result.Coverage.Requests, Elapsed: result.Coverage.Elapsed}
	naming := map[string][]*detect.Finding{} // by audit id
	stories := map[*detect.Finding]*incident.Incident{}
	for _, f := range result.Findings {
		for _, id := range f.AuditIDs {
			naming[id] = append(naming[id], f)
		}
	}
	for _, in := range result.Incidents {
		for _, f := range in.Findings {
			stories[f] = in
		}
	}
	attack, notable := map[string]bool{}, map[string]bool{}
	for _, step := range r.Steps {
		if step.Attack {
			for _, id := range step.AuditIDs {
				attack[id] = true
			}
			s.step(r.About, step, naming, stories)
			continue
		}
		for _, id := range step.AuditIDs {
			notable[id] = true
		}
	}
	s.Benign = s.Requests - int64(len(attack))
	names := func(f *detect.Finding, of map[string]bool) bool {
		return slices.ContainsFunc(f.AuditIDs, func(id string) bool { return of[id] })
	}
	hostile := func(f *detect.Finding) bool { return names(f, attack) }
	for _, f := range result.Findings {
		if f.Severity > rule.Low && !hostile(f) {
			s.Loud[f.Rule.Name]++
			if names(f, notable) {
				s.Notable++
			}
		}
	}
	for _, in := range result.Incidents {
		ours, others := 0, 0
		for _, f := range in.Findings {
			switch {
			case f.Severity <= rule.Low:
			case hostile(f):
				ours++
			default:
				others++
			}
		}
		if ours > 0 {
			s.Incidents++
			s.Joined += others
		}
	}
	return s
}

// step judges one attack step by the findings that name its requests.
func (s *Score) step(about About, step Step, naming map[string][]*detect.Finding, stories map[*detect.Finding]*incident.Incident) {
	o := Outcome{Step: step}
	var findings []*detect.Finding
	var told []*incident.Incident
	for _, id := range step.AuditIDs {
		for _, f := range naming[id] {
			o.Worst = max(o.Worst, f.Severity)
			findings = append(findings, f)
			if in := stories[f]; in != nil && !slices.Contains(told, in) {
				told = append(told, in)
			}
		}
	}
	s.Outcomes = append(s.Outcomes, o)
	for _, m := range s.Who.judge(about, step, findings, told) {
		m.Recording = s.Recording
		s.Mistaken = append(s.Mistaken, m)
	}
}
