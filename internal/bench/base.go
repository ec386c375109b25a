package bench

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Base returns conditions such as audit rules have, for Mutate where no rules
// are at hand.
func Base() []*rule.Rule {
	verb, resource, group := event.APIOperation.ID(), event.ResourceType.ID(), event.ResourceGroup.ID()
	writes := []string{"create", "update", "patch", "delete"}
	privileged, _ := event.Resolve(event.ClassAudit, "audit.request_object.spec.containers.securityContext.privileged")
	conditions := []expr.Node{
		all(any1(verb, "delete"), any1(resource, "events")),
		all(any1(verb, writes...), any1(resource, "jobs", "cronjobs"), any1(group, "batch")),
		all(any1(verb, "create"), any1(resource, "pods"), any1(event.K8sNamespace.ID(), "kube-system")),
		any1(event.APIResponseCode.ID(), "401", "403"),
		all(any1(verb, "create"), any1(resource, "pods"), &expr.Pred{Field: privileged, Op: expr.OpEq, Text: "true", Fold: true}),
		all(any1(verb, writes...), any1(resource, "secrets")),
		all(any1(verb, "create"), any1(resource, "pods"), any1(event.ResourceSubresource.ID(), "exec", "attach")),
		all(any1(verb, writes...), any1(resource, "rolebindings", "clusterrolebindings"), any1(group, "rbac.authorization.k8s.io")),
		all(any1(verb, writes...), any1(resource, "mutatingwebhookconfigurations", "validatingwebhookconfigurations")),
		all(any1(verb, "list"), any1(resource, "secrets"), &expr.Not{X: any1(event.ActorUserName.ID(), "system:kube-controller-manager", "system:apiserver")}),
		part(event.HTTPRequestURLPath.ID(), "/bin/sh", "/bin/bash", "%2fbin%2fsh", "%2fbin%2fbash", "/usr/bin/curl", "%2fusr%2fbin%2fwget"),
		part(event.HTTPRequestUserAgent.ID(), "scanner", "hound", "hunter", "peirates"),
	}
	out := make([]*rule.Rule, len(conditions))
	for i, c := range conditions {
		out[i] = &rule.Rule{Title: "base", Table: event.ClassAudit, Expr: c, Severity: rule.Medium}
	}
	return out
}

func all(nodes ...expr.Node) expr.Node { return &expr.And{X: nodes} }

// any1 holds when the field equals one of texts.
func any1(id event.FieldID, texts ...string) expr.Node { return choice(id, expr.OpEq, texts) }

// part holds when the field contains one of texts.
func part(id event.FieldID, texts ...string) expr.Node { return choice(id, expr.OpContains, texts) }

func choice(id event.FieldID, op expr.Op, texts []string) expr.Node {
	out := make([]expr.Node, len(texts))
	for i, t := range texts {
		out[i] = &expr.Pred{Field: ref(id), Name: ref(id).Name(), Op: op, Text: t, Fold: true}
	}
	return &expr.Or{X: out}
}
