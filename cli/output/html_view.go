package output

import (
	"fmt"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
)

// htmlRows bounds the findings that the page shows, the worst first: a
// browser should open it in a moment. JSON has all of them.
const htmlRows = 2000

// htmlPage is what the page template shows. All text in it is cleaned.
type htmlPage struct {
	Version   string
	Summary   string
	Span      string
	Tiles     []htmlTile
	Overview  *htmlLanes
	Incidents []htmlIncident
	Findings  []htmlFinding
	Unshown   string
	Coverage  htmlCoverage
}

// htmlTile is a number with what it counts.
type htmlTile struct{ Number, Label, Note, Class string }

type htmlIncident struct {
	ID, Title, Severity, When, Reasons, Risk, Cluster string
	Tactics                                           []attack.Tactic
	Techniques                                        []attack.Technique
	Actors, Pods                                      []string
	Targets                                           []string
	TargetsMore                                       string
	Todo, Links                                       []string
	Steps                                             []htmlStep
	StepsMore                                         string
	Lanes                                             *htmlLanes
}

type htmlStep struct{ Time, ISO, Severity, Text, Titles, Href string }

type htmlFinding struct {
	ID, Severity, Time, ISO, Title, Rule, Who, What, From, Count string
	Incident, IncidentTitle                                      string
	Reasons, AuditIDs, Runbook, FalsePositives                   []string
	AuditMore, Risk, Agent                                       string
	Evidence                                                     []detect.Value
	Techniques                                                   []attack.Technique
}

type htmlCoverage struct {
	Sentence string
	History  string
	Sources  []htmlSource
	Problems []htmlProblem
	Gaps     []string
}

type htmlSource struct{ Name, Dialect, Events, Size, Span, Broken string }

type htmlProblem struct{ Place, Text string }

func newHTMLPage(r *report.Result, version string) *htmlPage {
	p := &htmlPage{Version: Clean(version), Summary: summary(r), Tiles: tiles(r), Coverage: newHTMLCoverage(r)}
	if t := r.Coverage.Total(); !t.Span.First.IsZero() {
		p.Span = span(t.Span.First, t.Span.Last, "15:04")
	}
	titles := map[string]string{}
	for _, i := range r.Incidents {
		p.Incidents = append(p.Incidents, newHTMLIncident(i))
		for _, f := range i.Findings {
			titles[f.ID] = Clean(i.Title)
		}
	}
	in := r.IncidentOf()
	for n, f := range r.Findings {
		if n == htmlRows {
			p.Unshown = fmt.Sprintf("%s, less severe or later, stand in the JSON output only.", amount(int64(len(r.Findings)-n), "more finding"))
			break
		}
		p.Findings = append(p.Findings, newHTMLFinding(f, in[f.ID], titles[f.ID]))
	}
	p.Overview = overview(r)
	return p
}

// summary is the page's first sentence.
func summary(r *report.Result) string {
	in := " in " + amount(read(&r.Coverage))
	switch {
	case len(r.Incidents) > 0:
		return amount(int64(len(r.Incidents)), "incident") + in
	case len(r.Findings) > 0:
		return "No incident, " + amount(int64(len(r.Findings)), "finding") + in
	}
	return strings.TrimSuffix(nothing(r), ".")
}

func tiles(r *report.Result) []htmlTile {
	var out []htmlTile
	var incidents, findings [rule.Critical + 1]int
	for _, i := range r.Incidents {
		incidents[i.Severity]++
	}
	for _, f := range r.Findings {
		findings[f.Severity]++
	}
	n, noun := read(&r.Coverage)
	out = append(out,
		htmlTile{number(int64(len(r.Incidents))), plural(len(r.Incidents), "Incident"), tally(incidents), worstClass(incidents)},
		htmlTile{number(int64(len(r.Findings))), plural(len(r.Findings), "Finding"), tally(findings), worstClass(findings)},
		htmlTile{number(n), capital(noun) + "s read", amount(int64(r.Coverage.Rules), "rule"), ""},
	)
	if complete(&r.Coverage) {
		return append(out, htmlTile{"100 %", "Could be read", "nothing was lost", "ok"})
	}
	t := r.Coverage.Total()
	return append(out, htmlTile{number(max(t.Broken, int64(problems(&r.Coverage)))), "Not read or noted", "see coverage", "medium"})
}

func problems(r *coverage.Report) int {
	n := len(Gaps(r, nil))
	for _, s := range r.Sources {
		n += len(s.Problems)
	}
	return n
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

func worstClass(counts [rule.Critical + 1]int) string {
	for s := rule.Critical; s >= rule.Informational; s-- {
		if counts[s] > 0 {
			return s.String()
		}
	}
	return "ok"
}

func newHTMLIncident(i *incident.Incident) htmlIncident {
	h := htmlIncident{
		ID: i.ID, Title: Clean(i.Title), Severity: i.Severity.String(), Risk: Clean(i.Risk), Cluster: Clean(i.Cluster), Tactics: i.Tactics,
		Techniques: i.Techniques, Targets: cleanAll(i.Targets), Todo: cleanAll(i.Todo), Links: cleanAll(i.Links), Lanes: incidentLanes(i),
		When: span(i.First, i.Last, "15:04:05"),
	}
	if d := i.Last.Sub(i.First); d > 0 {
		h.When += " · " + duration(d)
	}
	h.When += " · " + amount(int64(len(i.Findings)), "finding") + " · " + amount(i.Requests, "request")
	if len(i.Reasons) > 0 {
		h.Reasons = Clean("Raised to " + i.Severity.String() + ": " + strings.Join(i.Reasons, "; ") + ".")
	}
	for _, pod := range i.Pods {
		h.Pods = append(h.Pods, Clean(pod.String()))
	}
	for _, a := range i.Actors {
		h.Actors = append(h.Actors, actorText(a))
	}
	if rest := i.TargetsTotal - len(i.Targets); rest > 0 {
		h.TargetsMore = fmt.Sprintf("and %d more", rest)
	}
	layout := "15:04:05"
	if !sameDay(i.First, i.Last) {
		layout = "01-02 15:04:05"
	}
	from := ""
	for _, s := range i.Timeline {
		text := stepText(s, "")
		if s.From != from {
			text, from = stepText(s, s.From), s.From
		}
		h.Steps = append(h.Steps, htmlStep{
			Time: s.First.UTC().Format(layout), ISO: iso(s.First), Severity: s.Severity.String(), Text: text,
			Titles: stepTitles(s), Href: "#f-" + s.Findings[0],
		})
	}
	if i.StepsOmitted > 0 {
		h.StepsMore = "and " + amount(int64(i.StepsOmitted), "less severe step")
	}
	return h
}

func newHTMLFinding(f *detect.Finding, inc, incTitle string) htmlFinding {
	h := htmlFinding{
		ID: f.ID, Severity: f.Severity.String(), Time: f.First.UTC().Format("01-02 15:04:05"), ISO: iso(f.First), Title: Clean(f.Rule.Title),
		Rule: Clean(f.Rule.ID), Who: Clean(incident.Responsible(f)), What: Clean(incident.Describe(f)), Count: number(max(f.Count, 1)),
		Incident: inc, IncidentTitle: incTitle, Reasons: cleanAll(f.Reasons), FalsePositives: cleanAll(f.Rule.FalsePositives),
		Techniques: attack.Techniques(f.Rule.Tags), From: Clean(some(f.Actor.IPs, len(f.Actor.IPs), 2)),
		Agent: Clean(some(f.Actor.UserAgents, len(f.Actor.UserAgents), 3)), AuditIDs: cleanAll(f.AuditIDs[:min(len(f.AuditIDs), 5)]),
	}
	if rest := f.AuditIDsTotal - int64(len(h.AuditIDs)); rest > 0 {
		h.AuditMore = "and " + number(rest) + " more"
	}
	for _, v := range f.Evidence {
		h.Evidence = append(h.Evidence, detect.Value{Field: Clean(v.Field), Value: Clean(v.Value)})
	}
	if f.Rule.Ext != nil {
		h.Risk, h.Runbook = Clean(f.Rule.Ext.Risk), cleanAll(f.Rule.Ext.Runbook)
	}
	return h
}

func newHTMLCoverage(result *report.Result) htmlCoverage {
	r := &result.Coverage
	h := htmlCoverage{Sentence: "Looked at " + lookedAt(r) + ".", Gaps: Gaps(r, ruleTitles(result.Findings))}
	if r.Learned.Events > 0 {
		h.History = fmt.Sprintf("History: %s of %s, from which what is new was judged.", amount(r.Learned.Events, "event"), span(r.Learned.First, r.Learned.Last, "15:04"))
	}
	for _, s := range r.Sources {
		src := htmlSource{Name: Clean(s.Name), Dialect: Clean(s.Dialect), Events: number(s.Events), Size: size(float64(s.Text)), Broken: number(s.Broken)}
		if !s.Span.First.IsZero() {
			src.Span = span(s.Span.First, s.Span.Last, "15:04")
		}
		h.Sources = append(h.Sources, src)
		for _, p := range s.Problems {
			h.Problems = append(h.Problems, htmlProblem{Clean(Place(p)), Clean(p.Text)})
		}
	}
	return h
}

func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Clean(s)
	}
	return out
}
