package audit

import (
	"strings"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// apiGroup is the group of audit documents, in whatever version.
const apiGroup = "audit.k8s.io/"

// isAudit reports whether the document in d.values is an audit event: one
// that says so, or, since some exports leave the type out, one that has what
// no other object of Kubernetes has. Objects of kind Event in the API groups
// v1 and events.k8s.io are none.
func (d *Decoder) isAudit() bool {
	kind, hasKind := d.peek(inKind)
	if hasKind && kind != "Event" {
		return false
	}
	if version, ok := d.peek(inAPIVersion); ok {
		return strings.HasPrefix(version, apiGroup)
	}
	if _, ok := d.peek(inAuditID); ok {
		return true
	}
	_, hasVerb := d.peek(inVerb)
	return hasVerb && (d.has(inObjectRef) || d.has(inRequestURI) || d.has(inUserName))
}

// has reports whether the document has anything at p.
func (d *Decoder) has(p place) bool { return len(d.values.Leaves(int(p))) > 0 }

// peek returns the text of the string at p; ok is false when there is none.
// It is valid until the next document.
func (d *Decoder) peek(p place) (text string, ok bool) {
	leaves := d.values.Leaves(int(p))
	if len(leaves) == 0 || leaves[len(leaves)-1].Kind != rawjson.String {
		return "", false
	}
	return alias(leaves[len(leaves)-1].Text), true
}
