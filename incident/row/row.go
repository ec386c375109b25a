// Package row turns findings and incidents into rows of the store's tables,
// and findings back into what they were.
//
// A finding that grows, and an incident that changes, is written again under
// the same metadata.uid with the next metadata.revision; whoever asks sees the
// latest.
package row

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Standing is what a row says beyond the finding or incident itself.
type Standing struct {
	Revision int64
	Received time.Time
	// Incident is the id of the incident that a finding belongs to, "" for
	// none.
	Incident string
	// Excluded names the exclusion that keeps a finding from being told, ""
	// for none.
	Excluded string
	// MergedInto is the id of the incident that an incident became part of.
	MergedInto string
	// Case is what was decided about an incident; the zero value is nothing.
	Case Case
}

// Case is what people decided about an incident, as its row says it.
type Case struct {
	Status     string // "" means open
	Resolution string
	Assignee   string
	Detail     string // how the status came about, in words
}

// Finding makes e the row of a finding.
func Finding(e *event.Event, f *detect.Finding, s Standing) error {
	doc, err := encode(report.NewFinding(f, s.Incident))
	if err != nil {
		return fmt.Errorf("finding %s: %w", f.ID, err)
	}
	begin(e, event.ClassFinding, f.ID, f.Rule.Title, f.Severity, f.Cluster, f.First, f.Last, s, doc)
	event.Count.Set(e, f.Count)
	event.FailedCount.Set(e, f.Failed)
	event.FindingInfoAnalyticUID.Set(e, f.Rule.ID)
	event.Message.Set(e, incident.Describe(f))
	event.StatusDetail.Set(e, strings.Join(f.Reasons, "; "))
	event.IncidentUID.Set(e, s.Incident)
	event.IsExcluded.Set(e, s.Excluded != "")
	if s.Excluded != "" {
		event.StatusDetail.Set(e, "excluded by "+s.Excluded)
	}
	event.RelatedEvents.Set(e, f.EventUIDs)
	event.ActorUserName.Set(e, f.Actor.User)
	event.ActorUserUID.Set(e, f.Actor.UID)
	event.ActorUserGroups.Set(e, f.Actor.Groups)
	event.K8sServiceAccount.Set(e, f.Actor.ServiceAccount)
	if len(f.Actor.IPs) > 0 {
		event.SrcEndpointIP.Set(e, f.Actor.IPs[0])
	}
	event.K8sNamespace.Set(e, f.Target.Namespace)
	event.K8sNode.Set(e, f.Target.Node)
	if kind, name, ok := strings.Cut(f.Target.Workload, "/"); ok {
		event.K8sWorkloadKind.Set(e, kind)
		event.K8sWorkload.Set(e, name)
	}
	event.FindingInfoAbout.Set(e, about(&f.Target))
	var tactics, techniques []string
	for _, t := range report.Tactics(f.Rule.Tags) {
		tactics = append(tactics, t.Name)
	}
	for _, t := range report.Techniques(f.Rule.Tags) {
		techniques = append(techniques, t.ID)
	}
	event.AttacksTactics.Set(e, tactics)
	event.AttacksTechniques.Set(e, techniques)
	return nil
}

// Incident makes e the row of an incident.
func Incident(e *event.Event, i *incident.Incident, s Standing) error {
	doc, err := encode(report.NewIncident(i))
	if err != nil {
		return fmt.Errorf("incident %s: %w", i.ID, err)
	}
	begin(e, event.ClassIncident, i.ID, i.Title, i.Severity, i.Cluster, i.First, i.Last, s, doc)
	event.Count.Set(e, i.Requests)
	event.Message.Set(e, i.Risk)
	event.StatusDetail.Set(e, strings.Join(i.Reasons, "; "))
	s.Case.set(e)
	if s.MergedInto != "" {
		event.Status.Set(e, Merged)
		event.StatusDetail.Set(e, mergedInto+s.MergedInto)
	}
	var findings, tactics, techniques []string
	for _, f := range i.Findings {
		findings = append(findings, f.ID)
	}
	for _, t := range i.Tactics {
		tactics = append(tactics, t.Name)
	}
	for _, t := range i.Techniques {
		techniques = append(techniques, t.ID)
	}
	event.RelatedEvents.Set(e, findings)
	event.FindingInfoNamespaces.Set(e, namespaces(i.Findings))
	event.AttacksTactics.Set(e, tactics)
	event.AttacksTechniques.Set(e, techniques)
	if len(i.Actors) > 0 {
		event.ActorUserName.Set(e, i.Actors[0].Name)
	}
	if len(i.Targets) > 0 {
		event.FindingInfoAbout.Set(e, i.Targets[0])
	}
	return nil
}

// begin sets what rows of both tables have. A finding that began in the
// future, as a client's clock may say, keeps its times.
func begin(e *event.Event, c event.Class, id, title string, sev rule.Severity, cluster string, first, last time.Time, s Standing, doc []byte) {
	e.Reset(c)
	e.Raw = doc
	event.MetadataUID.Set(e, id)
	event.MetadataRevision.Set(e, s.Revision)
	event.MetadataSource.Set(e, "lynceus")
	event.Time.Set(e, last.UnixNano())
	event.ReceivedTime.Set(e, s.Received.UnixNano())
	event.K8sCluster.Set(e, cluster)
	event.Status.Set(e, "open")
	event.FindingInfoUID.Set(e, id)
	event.FindingInfoTitle.Set(e, title)
	event.Severity.Set(e, sev.String())
	event.SeverityID.Set(e, int64(sev))
	event.FirstSeenTime.Set(e, first.UnixNano())
	event.LastSeenTime.Set(e, last.UnixNano())
}

// about says in one word or path what was done something to.
func about(t *detect.Target) string {
	if t.Resource == "" && t.URI != "" {
		return t.URI
	}
	parts := []string{t.Namespace, t.Resource, t.Name}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "/")
}

// encode writes a document without escaping what only HTML needs escaped.
func encode(doc any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
