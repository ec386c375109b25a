package report

import (
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
)

// Finding is the document of a finding.
type Finding struct {
	Schema        string      `json:"schema"`
	ID            string      `json:"id"`
	Rule          string      `json:"rule"`        // the rule's id
	RuleName      string      `json:"rule_name"`   // what rules and people call it by, "" without one
	RuleSource    string      `json:"rule_source"` // where the rule stands: file:line
	Title         string      `json:"title"`
	Severity      string      `json:"severity"`
	Reasons       []string    `json:"reasons"`
	Time          *string     `json:"time"`
	LastTime      *string     `json:"last_time"`
	Count         int64       `json:"count"`
	Failed        int64       `json:"failed"`
	Denied        bool        `json:"denied"` // Lynceus stopped it
	Cluster       string      `json:"cluster"`
	Text          string      `json:"text"`
	Output        string      `json:"output"` // what the rule's author wants an alert to say, "" where nothing
	Actor         Actor       `json:"actor"`
	Resource      Resource    `json:"resource"`
	AuditIDs      []string    `json:"audit_ids"`
	AuditIDsTotal int64       `json:"audit_ids_total"`
	EventUIDs     []string    `json:"event_uids"`
	Evidence      []Value     `json:"evidence"`
	Novelty       []Novelty   `json:"novelty"`
	Parts         []string    `json:"parts"`
	Tags          []string    `json:"tags"`
	Tactics       []Tactic    `json:"tactics"`
	Techniques    []Technique `json:"techniques"`
	Risk          string      `json:"risk"`
	Runbook       []string    `json:"runbook"`
	Incident      string      `json:"incident"` // its id, "" when it is part of none
}

// Actor is who did it.
type Actor struct {
	User           string   `json:"user"`
	UID            string   `json:"uid"`
	Groups         []string `json:"groups"`
	RealUser       string   `json:"real_user"`
	IPs            []string `json:"ips"`
	UserAgents     []string `json:"user_agents"`
	ServiceAccount string   `json:"service_account"`
	TokenPod       string   `json:"token_pod"`
	TokenPodUID    string   `json:"token_pod_uid"`
	TokenWorkload  string   `json:"token_workload"`
	TokenWriter    string   `json:"token_writer"`
	CallerPod      string   `json:"caller_pod"`
	CallerWorkload string   `json:"caller_workload"`
	CredentialID   string   `json:"credential_id"`
	Outside        string   `json:"outside"`
}

// Resource is what it was done to.
type Resource struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	URI         string `json:"uri"`
	Command     string `json:"command"`
	Workload    string `json:"workload"`
	Writer      string `json:"writer"`
	Node        string `json:"node,omitempty"`
}

// Value is the value of a field of the first match.
type Value struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Novelty is what was known about the past.
type Novelty struct {
	Key    string `json:"key"`
	Answer string `json:"answer"`
}

// NewFindings returns the documents of all findings of a run, in its order.
func NewFindings(r *Result) []Finding {
	in := r.IncidentOf()
	out := make([]Finding, 0, len(r.Findings))
	for _, f := range r.Findings {
		out = append(out, NewFinding(f, in[f.ID]))
	}
	return out
}

// NewFinding returns the document of a finding that belongs to incident inc, ""
// for none.
func NewFinding(f *detect.Finding, inc string) Finding {
	a, t := &f.Actor, &f.Target
	d := Finding{
		Schema: FindingSchema, ID: f.ID, Rule: f.Rule.ID, RuleName: f.Rule.Name, RuleSource: f.Rule.Source.String(), Title: f.Rule.Title, Severity: f.Severity.String(), Reasons: list(f.Reasons),
		Time: stamp(f.First), LastTime: stamp(f.Last), Count: f.Count, Failed: f.Failed, Denied: f.Denied, Cluster: f.Cluster, Text: incident.Describe(f), Output: f.Output(),
		Actor: Actor{
			User: a.User, UID: a.UID, Groups: list(a.Groups), RealUser: a.RealUser, IPs: list(a.IPs), UserAgents: list(a.UserAgents),
			ServiceAccount: a.ServiceAccount, TokenPod: a.TokenPod, TokenPodUID: a.TokenPodUID,
			TokenWorkload: a.TokenWorkload, TokenWriter: a.TokenWriter, CallerPod: a.CallerPod, CallerWorkload: a.CallerWorkload, CredentialID: a.CredentialID, Outside: a.Outside,
		},
		Resource: Resource{
			Verb: t.Verb, Group: t.Group, Resource: t.Resource, Subresource: t.Subresource, Namespace: t.Namespace, Name: t.Name,
			URI: t.URI, Command: t.Command, Workload: t.Workload, Writer: t.Writer, Node: t.Node,
		},
		AuditIDs: list(f.AuditIDs), AuditIDsTotal: f.AuditIDsTotal, EventUIDs: list(f.EventUIDs), Evidence: []Value{}, Novelty: []Novelty{},
		Parts: list(f.Parts), Tags: list(f.Rule.Tags), Tactics: Tactics(f.Rule.Tags),
		Techniques: Techniques(f.Rule.Tags), Runbook: []string{}, Incident: inc,
	}
	for _, v := range f.Evidence {
		d.Evidence = append(d.Evidence, Value{v.Field, v.Value})
	}
	for _, n := range f.Novelty {
		d.Novelty = append(d.Novelty, Novelty{n.Key, n.Answer})
	}
	if f.Rule.Ext != nil {
		d.Risk, d.Runbook = f.Rule.Ext.Risk, list(f.Rule.Ext.Runbook)
	}
	return d
}
