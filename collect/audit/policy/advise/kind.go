package advise

import (
	"slices"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
)

// caller is somebody who signed in.
type caller struct {
	title  string
	name   string
	groups []string
	// imitates says that the request impersonates somebody, nobody knows whom.
	imitates bool
}

// kind is a kind of request: what is known before the event. Zero members are
// not known.
type kind struct {
	caller    *caller
	verb      string
	resource  *Resource
	path      string  // of a request that is about no resource
	namespace *string // "" is none
	level     policy.Level
}

// knowledge says whether a field's value is known of a kind of request.
type knowledge uint8

const (
	unknown knowledge = iota
	known             // its value, or that it is absent
)

// knows says what is known of a field. The event of k has the values.
func (k *kind) knows(ref event.Ref) knowledge {
	if body := bodyOf(ref); body != policy.None {
		return knowledgeIf(!k.has(body))
	}
	switch ref {
	case event.Ref{Field: event.APIOperation.ID()}:
		return knowledgeIf(k.verb != "")
	case event.Ref{Field: event.ResourceType.ID()}, event.Ref{Field: event.ResourceSubresource.ID()}, event.Ref{Field: event.ResourceGroup.ID()}:
		return knowledgeIf(k.resource != nil || k.path != "")
	case event.Ref{Field: event.ResourceName.ID()}:
		return knowledgeIf(k.path != "")
	case event.Ref{Field: event.HTTPRequestURLPath.ID()}:
		return knowledgeIf(k.path != "")
	case event.Ref{Field: event.K8sNamespace.ID()}:
		return knowledgeIf(k.namespace != nil || k.path != "")
	case event.Ref{Field: event.AuditUserName.ID()}, event.Ref{Field: event.AuditUserGroups.ID()}:
		return knowledgeIf(k.caller != nil)
	case event.Ref{Field: event.ActorUserName.ID()}, event.Ref{Field: event.ActorUserGroups.ID()},
		event.Ref{Field: event.AuditImpersonatedUserName.ID()}, event.Ref{Field: event.AuditImpersonatedUserGroups.ID()}:
		return knowledgeIf(k.caller != nil && !k.caller.imitates)
	case event.Ref{Field: event.AuditDialect.ID()}:
		return known // who can set a policy runs the API server
	}
	return unknown
}

func knowledgeIf(yes bool) knowledge {
	if yes {
		return known
	}
	return unknown
}

// bodyless are verbs of requests that have no body; subresources that are
// streams have none either.
var (
	bodyless = []string{"get", "list", "watch"}
	streams  = []string{"exec", "attach", "portforward", "proxy", "log"}
)

// has reports whether an event of this kind has the body that is recorded
// from a level on.
func (k *kind) has(body policy.Level) bool {
	if k.level.Below(body) || k.path != "" {
		return false
	}
	stream := k.resource != nil && slices.Contains(streams, k.resource.Sub)
	return !stream && (body != policy.Request || !slices.Contains(bodyless, k.verb))
}

// fill makes e an event of this kind, as far as it is known.
func (k *kind) fill(e *event.Event) {
	e.Reset(event.ClassAudit)
	event.AuditDialect.Set(e, "kubernetes")
	if k.verb != "" {
		event.APIOperation.Set(e, k.verb)
	}
	if r := k.resource; r != nil {
		event.ResourceType.Set(e, r.Type)
		if r.Group != "" {
			event.ResourceGroup.Set(e, r.Group) // the core group is left out of the log
		}
		if r.Sub != "" {
			event.ResourceSubresource.Set(e, r.Sub)
		}
	}
	if k.path != "" {
		event.HTTPRequestURLPath.Set(e, k.path)
	}
	if k.namespace != nil && *k.namespace != "" {
		event.K8sNamespace.Set(e, *k.namespace)
	}
	if c := k.caller; c != nil {
		event.AuditUserName.Set(e, c.name)
		event.AuditUserGroups.Set(e, c.groups)
		event.ActorUserName.Set(e, c.name)
		event.ActorUserGroups.Set(e, c.groups)
	}
}

// attributes returns what a policy is asked about such a request.
func (k *kind) attributes() policy.Attributes {
	a := policy.Attributes{Verb: k.verb, Path: k.path}
	if c := k.caller; c != nil {
		a.Known, a.User, a.Groups = true, c.name, c.groups
	}
	if r := k.resource; r != nil {
		a.Resource, a.Group, a.Type, a.Sub, a.Name = true, r.Group, r.Type, r.Sub, "an-object"
	}
	if k.namespace != nil {
		a.Namespace = *k.namespace
	}
	return a
}
