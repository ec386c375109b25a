package advise

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
)

// bodyOf returns the level from which on a field or path has a value: Request
// or RequestResponse for what stands in a body, None for what stands in every
// audit event.
func bodyOf(ref event.Ref) policy.Level {
	f := event.Lookup(ref.Field)
	switch {
	case f == nil:
		return bodyOfPath(ref.Path)
	case f.ID == event.AuditRequestObject.ID():
		return policy.Request
	case f.ID == event.AuditResponseObject.ID():
		return policy.RequestResponse
	case len(f.Paths) == 0:
		return policy.None
	}
	least := policy.RequestResponse
	for _, p := range f.Paths {
		if l := bodyOfPath(p); l.Below(least) {
			least = l
		}
	}
	return least
}

func bodyOfPath(path string) policy.Level {
	head, _, _ := strings.Cut(path, ".")
	head, _, _ = strings.Cut(head, "[")
	switch head {
	case "requestObject":
		return policy.Request
	case "responseObject":
		return policy.RequestResponse
	}
	return policy.None
}
