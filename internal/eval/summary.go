package eval

import (
	"maps"
	"slices"

	"github.com/lynceus-io/lynceus/rule"
)

// unlabelled stands where a step names no technique or no row.
const unlabelled = "(not labelled)"

// Recall says of a kind of attack steps how many were found. Quiet of the
// found ones have no finding above informational.
type Recall struct {
	Found Ratio `json:"found"`
	Quiet int   `json:"quiet"`
	// Alarm counts those with a finding above low.
	Alarm int `json:"alarm"`
}

func (r *Recall) add(o Outcome) {
	r.Found.add(o.Worst > 0)
	if o.Worst == rule.Informational {
		r.Quiet++
	}
	if o.Worst > rule.Low {
		r.Alarm++
	}
}

// Missed is an attack step that no finding names.
type Missed struct {
	Recording string `json:"recording"`
	Step      int    `json:"step"`
	Technique string `json:"technique"`
	What      string `json:"what"`
}

// Summary is the account of a set of recordings.
type Summary struct {
	Recordings int               `json:"recordings"`
	Attacks    int               `json:"attacks"`
	Requests   int64             `json:"requests"`
	All        Recall            `json:"all"`
	Techniques map[string]Recall `json:"techniques"`
	Matrix     map[string]Recall `json:"matrix,omitempty"`
	Missed     []Missed          `json:"missed"`
	// Loud counts findings above low about ordinary work, by rule;
	// LoudBenign are those of the recordings without an attack. Notable counts
	// those of either that are about work which is labelled as worth naming.
	Loud           map[string]int `json:"loud"`
	LoudBenign     int            `json:"loud_benign"`
	LoudBeside     int            `json:"loud_beside_attacks"`
	NotableBenign  int            `json:"loud_benign_notable"`
	NotableBeside  int            `json:"loud_beside_attacks_notable"`
	BenignRequests int64          `json:"benign_requests"`
	BesideRequests int64          `json:"requests_beside_attacks"`
	Who
	Mistaken  []Mistaken `json:"mistaken"`
	Incidents int        `json:"incidents"`
	Joined    int        `json:"joined_benign_findings"`
	// Holdout is the account of the recordings that are held out, which are
	// in none of the figures above; nil when there is none.
	Holdout *Summary `json:"holdout,omitempty"`
	// Seconds that the scans took; not compared from run to run.
	Seconds float64 `json:"-"`
}

// Summarize adds up the scores of several recordings, those that are held out
// apart.
func Summarize(scores []*Score) *Summary {
	var open, held []*Score
	for _, one := range scores {
		if one.Holdout {
			held = append(held, one)
		} else {
			open = append(open, one)
		}
	}
	s := addUp(open)
	if len(held) > 0 {
		s.Holdout = addUp(held)
	}
	return s
}

func addUp(scores []*Score) *Summary {
	s := &Summary{Techniques: map[string]Recall{}, Matrix: map[string]Recall{}, Missed: []Missed{}, Mistaken: []Mistaken{}, Loud: map[string]int{}}
	for _, one := range scores {
		s.Recordings++
		s.Requests += one.Requests
		s.Seconds += one.Elapsed.Seconds()
		loud := 0
		for name, n := range one.Loud {
			s.Loud[name] += n
			loud += n
		}
		if !one.Hostile {
			s.LoudBenign += loud
			s.NotableBenign += one.Notable
			s.BenignRequests += one.Benign
			continue
		}
		s.Attacks++
		s.LoudBeside += loud
		s.NotableBeside += one.Notable
		s.BesideRequests += one.Benign
		s.Incidents += one.Incidents
		s.Joined += one.Joined
		s.Who.add(one.Who)
		s.Mistaken = append(s.Mistaken, one.Mistaken...)
		for _, o := range one.Outcomes {
			s.All.add(o)
			count(s.Techniques, o.Step.Technique, o)
			count(s.Matrix, o.Step.Matrix, o)
			if o.Worst == 0 {
				s.Missed = append(s.Missed, Missed{one.Recording, o.Step.Number, o.Step.Technique, o.Step.What})
			}
		}
	}
	return s
}

// Per10000 is how many of n there are for 10,000 of all; 0 of nothing.
func Per10000(n int, all int64) float64 {
	if all <= 0 {
		return 0
	}
	return float64(n) * 10000 / float64(all)
}

func sum(a, b Ratio) Ratio { return Ratio{a.Hit + b.Hit, a.All + b.All} }

func count(to map[string]Recall, key string, o Outcome) {
	if key == "" {
		key = unlabelled
	}
	r := to[key]
	r.add(o)
	to[key] = r
}

// loudest returns the names of the rules, those with the most findings first.
func (s *Summary) loudest() []string {
	names := slices.Sorted(maps.Keys(s.Loud))
	slices.SortStableFunc(names, func(a, b string) int { return s.Loud[b] - s.Loud[a] })
	return names
}
