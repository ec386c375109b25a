package report

import "github.com/lynceus-io/lynceus/incident"

// Incident is the document of an incident.
type Incident struct {
	Schema       string      `json:"schema"`
	ID           string      `json:"id"`
	Title        string      `json:"title"`
	Severity     string      `json:"severity"`
	Reasons      []string    `json:"reasons"`
	Cluster      string      `json:"cluster"`
	Time         *string     `json:"time"`
	LastTime     *string     `json:"last_time"`
	Requests     int64       `json:"requests"`
	Tactics      []Tactic    `json:"tactics"`
	Techniques   []Technique `json:"techniques"`
	Actors       []Party     `json:"actors"`
	Pods         []Pod       `json:"pods"`
	Targets      []string    `json:"targets"`
	TargetsTotal int         `json:"targets_total"`
	Risk         string      `json:"risk"`
	Todo         []string    `json:"todo"`
	Links        []string    `json:"links"`
	Root         string      `json:"root"`     // id of the oldest finding
	Findings     []string    `json:"findings"` // ids, in order of time
	Timeline     []Step      `json:"timeline"`
	StepsOmitted int         `json:"steps_omitted"`
}

// Party is one who took part in an incident.
type Party struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	As         []string `json:"as"`
	Addresses  []string `json:"addresses"`
	Outside    string   `json:"outside"`
	UserAgents []string `json:"user_agents"`
	Severity   string   `json:"severity"`
	Findings   int      `json:"findings"`
}

// Pod is a pod of an incident.
type Pod struct {
	Name     string   `json:"name"`
	Workload string   `json:"workload"`
	Writer   string   `json:"writer"`
	Parts    []string `json:"parts"`
}

// Step is one step of an incident's timeline.
type Step struct {
	Time     *string  `json:"time"`
	LastTime *string  `json:"last_time"`
	Severity string   `json:"severity"`
	Actor    string   `json:"actor"`
	As       string   `json:"as"`
	From     string   `json:"from"`
	External bool     `json:"external"`
	Text     string   `json:"text"`
	Titles   []string `json:"titles"`
	Findings []string `json:"findings"`
	Count    int64    `json:"count"`
	Failed   int64    `json:"failed"`
}

// NewIncident returns the document of an incident.
func NewIncident(i *incident.Incident) Incident {
	d := Incident{
		Schema: IncidentSchema, ID: i.ID, Title: i.Title, Severity: i.Severity.String(), Reasons: list(i.Reasons), Cluster: i.Cluster,
		Time: stamp(i.First), LastTime: stamp(i.Last), Requests: i.Requests, Tactics: tactics(i.Tactics), Techniques: techniques(i.Techniques),
		Actors: []Party{}, Pods: []Pod{}, Targets: list(i.Targets), TargetsTotal: i.TargetsTotal, Risk: i.Risk, Todo: list(i.Todo), Links: list(i.Links),
		Root: i.Root.ID, Findings: []string{}, Timeline: []Step{}, StepsOmitted: i.StepsOmitted,
	}
	for _, a := range i.Actors {
		d.Actors = append(d.Actors, Party{
			Name: a.Name, Kind: string(a.Kind), As: list(a.As), Addresses: list(a.Addresses), Outside: a.Outside,
			UserAgents: list(a.UserAgents), Severity: a.Severity.String(), Findings: a.Findings,
		})
	}
	for _, p := range i.Pods {
		d.Pods = append(d.Pods, Pod{Name: p.Name, Workload: p.Workload, Writer: p.Writer, Parts: list(p.Parts)})
	}
	for _, f := range i.Findings {
		d.Findings = append(d.Findings, f.ID)
	}
	for _, s := range i.Timeline {
		d.Timeline = append(d.Timeline, Step{
			Time: stamp(s.First), LastTime: stamp(s.Last), Severity: s.Severity.String(), Actor: s.Actor, As: s.As, From: s.From,
			External: s.External, Text: s.Text, Titles: list(s.Titles), Findings: list(s.Findings), Count: s.Count, Failed: s.Failed,
		})
	}
	return d
}
