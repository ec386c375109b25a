package exclude

import (
	"slices"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Names of fields that are not one text of a finding.
const (
	fieldCluster   = "k8s.cluster"
	fieldAddress   = "src_endpoint.ip"
	fieldUserAgent = "http_request.user_agent"
	fieldOutside   = "audit.caller_outside"
	fieldGroups    = "actor.user.groups"
)

// text is a field of which a finding shows one value.
type text struct {
	of func(f *detect.Finding) string
	// fixed are sets of fields: where a rule tells its findings apart by all
	// fields of one set, all requests of a finding agree in this one.
	fixed [][]event.FieldID
}

func by(of func(f *detect.Finding) string, ids ...event.FieldID) text {
	return text{of, [][]event.FieldID{ids}}
}

// texts are the fields that a finding's actor and target show, by name.
var texts = map[string]text{
	"actor.user.name":           by(func(f *detect.Finding) string { return f.Actor.User }, event.ActorUserName.ID()),
	"actor.user.uid":            by(func(f *detect.Finding) string { return f.Actor.UID }, event.ActorUserUID.ID()),
	"audit.user.name":           by(func(f *detect.Finding) string { return f.Actor.RealUser }, event.AuditUserName.ID()),
	"audit.token_pod.name":      by(func(f *detect.Finding) string { return f.Actor.TokenPod }, event.AuditTokenPodName.ID()),
	"audit.token_pod.uid":       by(func(f *detect.Finding) string { return f.Actor.TokenPodUID }, event.AuditTokenPodUID.ID()),
	"audit.token_pod.workload":  by(func(f *detect.Finding) string { return f.Actor.TokenWorkload }, event.AuditTokenPodUID.ID()),
	"audit.caller_pod.workload": by(func(f *detect.Finding) string { return f.Actor.CallerWorkload }, event.AuditCallerPodUID.ID()),
	"audit.credential_id":       by(func(f *detect.Finding) string { return f.Actor.CredentialID }, event.AuditCredentialID.ID()),
	"api.operation":             by(func(f *detect.Finding) string { return f.Target.Verb }, event.APIOperation.ID()),
	"resource.group":            by(func(f *detect.Finding) string { return f.Target.Group }, event.ResourceGroup.ID()),
	"resource.type":             by(func(f *detect.Finding) string { return f.Target.Resource }, event.ResourceType.ID()),
	"resource.subresource":      by(func(f *detect.Finding) string { return f.Target.Subresource }, event.ResourceSubresource.ID()),
	"resource.name":             by(func(f *detect.Finding) string { return f.Target.Name }, event.ResourceName.ID()),
	"k8s.namespace":             by(func(f *detect.Finding) string { return f.Target.Namespace }, event.K8sNamespace.ID()),
	"http_request.url.path":     by(func(f *detect.Finding) string { return f.Target.URI }, event.HTTPRequestURLPath.ID()),
	"audit.exec.command_line":   by(func(f *detect.Finding) string { return f.Target.Command }, event.AuditExecCommandLine.ID()),
	"k8s.workload":              by(targetWorkload, event.ResourceType.ID(), event.ResourceName.ID()),
	"k8s.workload_kind":         by(targetKind, event.ResourceType.ID()),
	// The name of a service account's user says which it is.
	"k8s.service_account": {
		of:    func(f *detect.Finding) string { return f.Actor.ServiceAccount },
		fixed: [][]event.FieldID{{event.ActorUserName.ID()}, {event.K8sServiceAccount.ID()}},
	},
}

// kinds are the resources that are pod groups themselves. A pod is not among
// them: its group is its highest owner, which its name does not prove.
var kinds = map[string]string{
	"deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet", "cronjobs": "CronJob",
}

func targetKind(f *detect.Finding) string { return kinds[f.Target.Resource] }

func targetWorkload(f *detect.Finding) string {
	if kinds[f.Target.Resource] == "" {
		return ""
	}
	return f.Target.Name
}

// shown returns the one value that a finding shows of a field, "" for none.
func shown(f *detect.Finding, field string) string {
	if t, ok := texts[field]; ok {
		if v := t.of(f); v != "" {
			return v
		}
	}
	v, _ := evidence(f, field)
	return v
}

// evidence returns what the finding's rule shows of a field, as one text.
func evidence(f *detect.Finding, field string) (value string, ok bool) {
	for _, v := range f.Evidence {
		if v.Field == field || registryName(f.Rule, v.Field) == field {
			return v.Value, true
		}
	}
	return "", false
}

// registryName is the registry's name of a field as a rule writes it.
func registryName(r *rule.Rule, name string) string {
	if r.Correlation != nil {
		if d := event.BySigma("audit", name); d != nil {
			return d.Name
		}
		return name
	}
	ref, ok := r.Resolve(name)
	if !ok || r.Terms[name] != nil { // what is computed is no field's value
		return name
	}
	return ref.Name()
}

// agree reports whether all requests of a finding are known to have the same
// value in a field that its actor or target shows.
func agree(f *detect.Finding, fixed [][]event.FieldID) bool {
	c := f.Rule.Correlation
	switch {
	case f.Count <= 1:
		return true
	case f.Summary:
		return true // it shows what its requests have in common
	case c != nil:
		// One that counts shows what is common; one that looks for several
		// rules shows the first.
		return c.Type != rule.Temporal && c.Type != rule.TemporalOrdered
	}
	return slices.ContainsFunc(fixed, func(ids []event.FieldID) bool {
		return !slices.ContainsFunc(ids, func(id event.FieldID) bool { return !isKey(f.Rule, event.Ref{Field: id}) })
	})
}

// isKey reports whether a rule tells its findings apart by a field.
func isKey(r *rule.Rule, ref event.Ref) bool {
	actor, target := detect.Keys(r)
	return slices.Contains(actor, ref) || slices.Contains(target, ref)
}
