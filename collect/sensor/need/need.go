// Package need works out what a sensor has to observe for rules to be judged: which system calls, and opens of which
// files. A need is never too small: whatever a rule can match is in it, but for what the package says here.
//
//   - A rule that asks for no system call by name, nor for another kind of event, needs none: it is judged on the rows
//     that there are for other reasons.
//   - Names of files and processes are taken as the rule writes them, also where it compares without regard to case: to Linux, names
//     that differ in case are different names.
package need

import (
	"slices"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Need is what one rule needs in one table.
type Need struct {
	Rule *rule.Rule
	Plan plan.Plan
	// Containers says that it is about what containers do, not about the node's own processes.
	Containers bool
	// Broad says in words what about the rule makes the sensor tell of every file; nil where nothing does.
	Broad []string
}

// Of returns what a rule needs. A correlation needs nothing besides the rules it joins.
func Of(r *rule.Rule) Need {
	n := Need{Rule: r}
	if r.Disabled || r.Expr == nil {
		return n
	}
	n.Containers = inContainers(r.Expr)
	n.Plan.Environment = environment(r.Expr)
	switch r.Table {
	case event.ClassFile:
		n.files()
	case event.ClassNetwork:
		n.network()
	case event.ClassDNS:
		n.Plan.DNS = !never(suppose(r.Expr, without(event.SyscallName.ID())))
	case event.ClassModule:
		n.module()
	case event.ClassProcess, event.ClassKernel, event.ClassMemory:
		n.Plan.Calls = needed(r.Expr, callsNamed(r), always)
	}
	return n
}

// All returns what rules need together, and each for itself.
func All(rules []*rule.Rule) (plan.Plan, []Need) {
	var p plan.Plan
	var out []Need
	for _, r := range rules {
		n := Of(r)
		p.Add(n.Plan)
		out = append(out, n)
	}
	return p, out
}

// always are calls that show in rows which are made anyway: programs that are executed, processes that end. Of those
// that were made but have executed nothing there is no row.
var always = []string{"clone", "clone3", "execve", "execveat", "exit", "exit_group", "fork", "procexit", "vfork"}

// sockets are calls that show in what is told of the network. That a socket is made does not.
var sockets = []string{
	"accept", "accept4", "bind", "connect", "listen", "recv", "recvfrom", "recvmmsg", "recvmsg", "send", "sendmmsg", "sendmsg", "sendto", "shutdown",
}

// needed returns those of calls on which a condition can hold, but for some.
func needed(n expr.Node, calls, but []string) []string {
	var out []string
	for _, call := range calls {
		if !slices.Contains(but, call) && !never(suppose(n, of(event.SyscallName.ID(), call))) {
			out = append(out, call)
		}
	}
	return out
}

func (n *Need) network() {
	calls := callsNamed(n.Rule)
	n.Plan.Calls = needed(n.Rule.Expr, calls, sockets)
	rest := suppose(n.Rule.Expr, without(event.SyscallName.ID()))
	n.Plan.Network = !never(rest) || len(needed(n.Rule.Expr, calls, n.Plan.Calls)) > 0
}

// module adds the calls by which modules come and go where the rule names none: rows say so by what was done, too.
func (n *Need) module() {
	n.Plan.Calls = needed(n.Rule.Expr, callsNamed(n.Rule), nil)
	if fromFalco(n.Rule) || mentions(n.Rule.Expr, event.SyscallName.ID()) {
		return
	}
	for activity, calls := range map[string][]string{"Load": {"finit_module", "init_module"}, "Unload": {"delete_module"}} {
		if !never(suppose(n.Rule.Expr, without(event.SyscallName.ID()), of(event.Activity.ID(), activity))) {
			n.Plan.Add(plan.Plan{Calls: calls})
		}
	}
}

// fromFalco reports whether a rule is one of Falco's, which are about every kind of event that they do not exclude.
func fromFalco(r *rule.Rule) bool { return r.Feed != "" }

// inContainers reports whether a condition holds only where there is a container.
func inContainers(n expr.Node) bool {
	return never(suppose(n, without(event.ContainerUID.ID())))
}

// never reports whether a condition holds on nothing.
func never(n expr.Node) bool {
	c, ok := n.(*expr.Const)
	return ok && !c.Value
}
