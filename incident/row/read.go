package row

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// ReadFinding returns the finding that a row of the finding table holds. rules
// finds a rule by its id; when it returns nil the finding's rule has only what
// the row says of it.
func ReadFinding(e *event.Event, rules func(id string) *rule.Rule) (*detect.Finding, error) {
	var d report.Finding
	if err := json.Unmarshal(e.Raw, &d); err != nil {
		return nil, fmt.Errorf("finding %s: its document cannot be read: %w", event.MetadataUID.Get(e), err)
	}
	if d.Schema != report.FindingSchema {
		return nil, fmt.Errorf("finding %s: its document has schema %q, this program reads %q", event.MetadataUID.Get(e), d.Schema, report.FindingSchema)
	}
	severity, err := rule.ParseSeverity(d.Severity)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", d.ID, err)
	}
	f := &detect.Finding{
		ID: d.ID, Rule: rules(d.Rule), Severity: severity, Reasons: d.Reasons, Cluster: d.Cluster, First: timeOf(d.Time), Last: timeOf(d.LastTime),
		Count: d.Count, Failed: d.Failed, Denied: d.Denied, AuditIDs: d.AuditIDs, AuditIDsTotal: d.AuditIDsTotal, EventUIDs: d.EventUIDs, Parts: d.Parts,
		Actor: detect.Actor{
			User: d.Actor.User, UID: d.Actor.UID, Groups: d.Actor.Groups, RealUser: d.Actor.RealUser, IPs: d.Actor.IPs, UserAgents: d.Actor.UserAgents,
			ServiceAccount: d.Actor.ServiceAccount, TokenPod: d.Actor.TokenPod, TokenPodUID: d.Actor.TokenPodUID,
			TokenWorkload: d.Actor.TokenWorkload, TokenWriter: d.Actor.TokenWriter, CallerPod: d.Actor.CallerPod, CallerWorkload: d.Actor.CallerWorkload, CredentialID: d.Actor.CredentialID,
			Outside: d.Actor.Outside,
		},
		Target: detect.Target{
			Verb: d.Resource.Verb, Group: d.Resource.Group, Resource: d.Resource.Resource, Subresource: d.Resource.Subresource,
			Namespace: d.Resource.Namespace, Name: d.Resource.Name, URI: d.Resource.URI, Command: d.Resource.Command,
			Workload: d.Resource.Workload, Writer: d.Resource.Writer, Node: d.Resource.Node,
		},
	}
	if f.Rule == nil {
		f.Rule = &rule.Rule{ID: d.Rule, Name: d.RuleName, Title: d.Title, Severity: severity, Tags: d.Tags}
	}
	for _, v := range d.Evidence {
		f.Evidence = append(f.Evidence, detect.Value{Field: v.Field, Value: v.Value})
	}
	for _, n := range d.Novelty {
		f.Novelty = append(f.Novelty, detect.NoveltyAnswer{Key: n.Key, Answer: n.Answer})
	}
	return f, nil
}

// timeOf reads a time of a document; what cannot be read is the zero time.
func timeOf(text *string) time.Time {
	if text == nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, *text)
	if err != nil {
		return time.Time{}
	}
	return t
}
