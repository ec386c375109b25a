package need

import (
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// activityEnd is event.Activity of rows of processes that end. They are of no system call.
const activityEnd = "Terminate"

// Ends reports whether any of some rules can match the row of a process that ends.
func Ends(rules []*rule.Rule) bool {
	return slices.ContainsFunc(rules, func(r *rule.Rule) bool {
		return !r.Disabled && r.Expr != nil && r.Table == event.ClassProcess &&
			!never(suppose(r.Expr, of(event.Activity.ID(), activityEnd), without(event.SyscallName.ID())))
	})
}
