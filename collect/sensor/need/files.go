package need

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// opening are the calls by which files are opened.
var opening = []string{"creat", "open", "open_by_handle_at", "openat", "openat2"}

// changing are those that make, move, link and remove names, and set modes and owners.
var changing = []string{
	"chmod", "chown", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "lchown", "link", "linkat", "mkdir", "mkdirat", "mknod", "mknodat", "rename",
	"renameat", "renameat2", "rmdir", "symlink", "symlinkat", "unlink", "unlinkat",
}

// The activities of rows about files that name no call: what opens, and what changes.
var (
	opens   = []string{"Open", "Create"}
	changes = []string{"Delete", "Rename", "Link", "Set Attributes", "Create"}
)

// files works out what a rule about files needs.
func (n *Need) files() {
	tree := n.Rule.Expr
	named := callsNamed(n.Rule)
	for _, call := range named {
		rest := suppose(tree, of(event.SyscallName.ID(), call))
		switch {
		case never(rest):
		case slices.Contains(opening, call):
			n.open(rest)
		case slices.Contains(changing, call):
			if where := pathsOf(rest); !where.All {
				n.Plan.Files.Change.Add(where)
				continue
			}
			fallthrough
		default:
			n.Plan.Add(plan.Plan{Calls: []string{call}})
		}
	}
	if mentions(tree, event.SyscallName.ID()) {
		if fromFalco(n.Rule) {
			return // a row by another way stands for one of these
		}
		for _, call := range opening { // one part of the condition may name calls, another what was done
			for _, activity := range opens {
				if rest := suppose(tree, of(event.SyscallName.ID(), call), of(event.Activity.ID(), activity)); !slices.Contains(named, call) && !never(rest) {
					n.open(rest)
				}
			}
		}
		tree = suppose(tree, without(event.SyscallName.ID()))
	}
	for _, activity := range opens {
		n.open(suppose(tree, of(event.Activity.ID(), activity)))
	}
	for _, activity := range changes {
		if rest := suppose(tree, of(event.Activity.ID(), activity)); !never(rest) {
			n.Plan.Files.Change.Add(pathsOf(rest))
		}
	}
}

// open adds what a condition about an open needs. An open that can write is told as one that writes, even if the rule
// asks for reading.
func (n *Need) open(tree expr.Node) {
	var files plan.Files
	done := suppose(tree, of(event.SyscallStatus.ID(), "SUCCESS"))
	failed := suppose(tree, of(event.FileDescriptor.ID(), "-1"), of(event.SyscallResult.ID(), "-1"))
	either := []expr.Node{done}
	if (fromFalco(n.Rule) || asksFailure(tree)) && !never(failed) {
		files.Failed = true
		either = append(either, failed)
	}
	for _, tree := range either {
		files.Read.Add(n.where(suppose(tree, of(event.FileOpenRead.ID(), "true"), of(event.FileOpenWrite.ID(), "false")), "reads"))
		files.Write.Add(n.where(tree, "writes"))
	}
	if climbs(tree) {
		files.Climbing, files.Write = files.Write, plan.Paths{}
		files.Climbing.Add(files.Read)
		files.Read = plan.Paths{}
	}
	n.Plan.Add(plan.Plan{Files: files})
}

// climbs reports whether a condition holds only where the name that the caller wrote goes up.
func climbs(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.And:
		return slices.ContainsFunc(n.X, climbs)
	case *expr.Or:
		return !slices.ContainsFunc(n.X, func(x expr.Node) bool { return !climbs(x) })
	case *expr.Pred:
		return n.Field == (event.Ref{Field: event.SyscallArguments.ID(), Path: "name"}) &&
			(n.Op == expr.OpContains && strings.Contains(n.Text, "../") || n.Op == expr.OpGlob && strings.Contains(longest(n.Text), "../"))
	}
	return false
}

// asksFailure reports whether a condition asks how a call ended. Falco's rules are about what failed unless they say
// otherwise, others only where they say so.
func asksFailure(tree expr.Node) bool {
	return mentions(tree, event.SyscallStatus.ID()) || mentions(tree, event.SyscallResult.ID()) || mentions(tree, event.FileDescriptor.ID())
}

// where returns the files that a condition is about, and notes why when it is about all of them.
func (n *Need) where(tree expr.Node, what string) plan.Paths {
	if never(tree) {
		return plan.Paths{}
	}
	p := pathsOf(tree)
	if p.All && !climbs(tree) {
		n.broad(what, tree)
	}
	return p
}

// broad notes what makes a rule one about all files.
func (n *Need) broad(what string, tree expr.Node) {
	why := "every file that somebody " + what + ": nothing in the rule says which"
	if part := widest(tree); part != nil {
		why = "every file that somebody " + what + ": " + expr.Print(part) + " does not say where it lies"
	}
	if !slices.Contains(n.Broad, why) {
		n.Broad = append(n.Broad, why)
	}
}
