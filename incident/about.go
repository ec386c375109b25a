package incident

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// objectFields are what the names of fields begin with that say what a
// request did and to what.
var objectFields = []string{
	"resource.", "api.operation", "http_request.url", "k8s.namespace", "k8s.pod", "k8s.workload", "audit.exec", "audit.pod.", "audit.rbac", "audit.service",
	"audit.ingress", "audit.csr", "audit.config", "audit.request_object", "audit.response_object", "audit.mirror_pod", "audit.labels", "audit.impersonated",
	"raw.objectRef", "raw.verb", "raw.requestURI", "raw.requestObject", "raw.responseObject", "raw.impersonatedUser",
}

// aboutCaller reports whether a rule matches by who calls, and not by what is
// done: the objects of its matches are then of no account.
func aboutCaller(r *rule.Rule) bool { return r.Expr != nil && !readsObject(r.Expr) }

// readsObject reports whether a tree asks for something about the object.
// What it rules out does not count.
func readsObject(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.And:
		return slices.ContainsFunc(n.X, readsObject)
	case *expr.Or:
		return slices.ContainsFunc(n.X, readsObject)
	case *expr.Pred:
		if n.Op == expr.OpKeyword {
			return true
		}
		name := n.Field.Name()
		return slices.ContainsFunc(objectFields, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	return false
}

// Varied reports whether the requests of a finding may be about several
// objects, of which its target is the first: its rule does not tell its
// findings apart by name.
func Varied(f *detect.Finding) bool {
	if f.Count < 2 || f.Target.Name == "" || f.Rule.Ext == nil || len(f.Rule.Ext.Target) == 0 {
		return false
	}
	for _, ref := range f.Rule.Ext.Target {
		if name := ref.Name(); name == "resource.name" || name == "resource.uid" || name == "api.request.uid" {
			return false
		}
	}
	return true
}
