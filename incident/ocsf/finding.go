package ocsf

import (
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/incident"
)

// Finding returns a finding as a Detection Finding. Incident is the id of the
// incident that it belongs to, or "".
func Finding(f *detect.Finding, incidentID, version string) map[string]any {
	d := base(event.ClassFinding, f.Severity, f.First, f.Last, f.ID, version)
	d["message"] = incident.Responsible(f) + " " + incident.Describe(f)
	d["count"] = f.Count
	d["is_alert"] = true
	d["finding_info"] = info(f)
	if incidentID != "" {
		d["metadata"].(object)["correlation_uid"] = incidentID
	}
	put(d, "resources", resources(&f.Target), "evidences", evidences(f), "unmapped", unmapped(f))
	if x := f.Rule.Ext; x != nil {
		put(d, "risk_details", x.Risk)
		if len(x.Runbook) > 0 {
			d["remediation"] = object{"desc": strings.Join(x.Runbook, "\n")}
		}
	}
	return d
}

// info is what a finding is about, as finding_info.
func info(f *detect.Finding) object {
	o := object{
		"uid": f.ID, "title": f.Rule.Title, "first_seen_time": millis(f.First), "last_seen_time": millis(f.Last),
		"analytic": put(object{"type_id": analyticRule, "type": "Rule", "uid": f.Rule.ID, "name": f.Rule.Title}, "desc", f.Rule.Description),
	}
	var events []object
	for _, uid := range f.EventUIDs {
		events = append(events, object{"uid": uid, "type_uid": event.ClassAudit.UID() * 100})
	}
	put(o, "desc", f.Rule.Description, "attacks", attacks(f.Rule.Tags), "related_events", events)
	o["related_events_count"] = f.AuditIDsTotal
	return o
}

// resources is what the requests were about.
func resources(t *detect.Target) []object {
	if t.Resource == "" {
		return nil
	}
	kind := t.Resource
	if t.Subresource != "" {
		kind += "/" + t.Subresource
	}
	name := t.Name
	if name == "" {
		name = "*"
	}
	return []object{put(object{"name": name, "type": kind}, "namespace", t.Namespace)}
}

// evidences are who called, from where, and what.
func evidences(f *detect.Finding) []object {
	e := object{"api": object{"operation": operation(&f.Target)}}
	if f.Actor.User != "" || f.Actor.UID != "" {
		e["actor"] = object{"user": user(&f.Actor)}
	}
	out := []object{e}
	for i, ip := range f.Actor.IPs {
		if _, err := netip.ParseAddr(ip); err != nil {
			continue
		}
		endpoint := object{"ip": ip}
		if i == 0 {
			e["src_endpoint"] = endpoint
			continue
		}
		out = append(out, object{"src_endpoint": endpoint})
	}
	if len(f.Actor.UserAgents) > 0 {
		e["http_request"] = object{"user_agent": f.Actor.UserAgents[0]}
	}
	return out
}

func operation(t *detect.Target) string {
	if t.Verb == "" {
		return "unknown"
	}
	return t.Verb
}

func user(a *detect.Actor) object {
	var groups []object
	for _, g := range a.Groups {
		if g != "" {
			groups = append(groups, object{"name": g})
		}
	}
	return put(object{"type_id": ocsf.UserType(a.User)}, "name", a.User, "uid", a.UID, "groups", groups, "credential_uid", a.CredentialID)
}

// unmapped is what OCSF has no place for.
func unmapped(f *detect.Finding) object {
	o := object{"failed": f.Failed, "audit_ids_total": f.AuditIDsTotal}
	put(o, "audit_ids", f.AuditIDs, "reasons", f.Reasons, "parts", f.Parts, "tags", f.Rule.Tags, "outside", f.Actor.Outside,
		"real_user", f.Actor.RealUser, "token_pod", f.Actor.TokenPod, "token_workload", f.Actor.TokenWorkload, "token_writer", f.Actor.TokenWriter,
		"caller_pod", f.Actor.CallerPod, "caller_workload", f.Actor.CallerWorkload, "workload", f.Target.Workload, "writer", f.Target.Writer, "uri", f.Target.URI, "command", f.Target.Command)
	evidence := object{}
	for _, v := range f.Evidence {
		evidence[v.Field] = v.Value
	}
	if len(evidence) > 0 {
		o["evidence"] = evidence
	}
	if f.Cluster != "" {
		o["k8s"] = object{"cluster": f.Cluster}
	}
	return o
}
