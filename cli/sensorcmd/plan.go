//go:build linux

package sensorcmd

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// wish is one part of a plan: what is observed, and the rules that ask for it.
type wish struct {
	what, which string
	rules       []string
	host        bool // some rule asks for what the node's own processes do, too
}

// writePlan says what rules have the sensor observe, for whom, and which of them ask for every file.
func writePlan(out io.Writer, p *plan.Plan, needs []need.Need) {
	fmt.Fprintf(out, "\nwhat %d rules ask for\n", len(distinct(needs)))
	for _, w := range wishes(p, needs) {
		whom := "containers"
		if w.host {
			whom = "everybody"
		}
		fmt.Fprintf(out, "%s\tof %s\t%s\n", w.what, whom, strings.TrimSpace(w.which+"  for "+titles(w.rules)))
	}
	for _, n := range needs {
		for _, why := range n.Broad {
			fmt.Fprintf(out, "costly: rule %q asks for %s\n", n.Rule.Title, printable(why))
		}
	}
}

// wishes divides a plan into its parts. Processes are told anyway.
func wishes(p *plan.Plan, needs []need.Need) []wish {
	out := []wish{
		asked("processes that start and end", "", processes(needs), func(*plan.Plan) bool { return true }),
		asked("files read", paths(&p.Files.Read), needs, func(q *plan.Plan) bool { return !q.Files.Read.Empty() }),
		asked("files written", paths(&p.Files.Write), needs, func(q *plan.Plan) bool { return !q.Files.Write.Empty() }),
		asked("files changed", paths(&p.Files.Change), needs, func(q *plan.Plan) bool { return !q.Files.Change.Empty() }),
		asked("files opened by a name with ../", paths(&p.Files.Climbing), needs, func(q *plan.Plan) bool { return !q.Files.Climbing.Empty() }),
		asked("opens of these that fail", "", needs, func(q *plan.Plan) bool { return q.Files.Failed }),
		asked("connections and sockets", "", needs, func(q *plan.Plan) bool { return q.Network }),
		asked("questions to DNS", "", needs, func(q *plan.Plan) bool { return q.DNS }),
	}
	if len(p.Environment) > 0 {
		out = append(out, asked("variables of environments", "that contain one of "+printable(strings.Join(p.Environment, " ")), needs,
			func(q *plan.Plan) bool { return len(q.Environment) > 0 }))
	}
	for _, call := range p.Calls {
		out = append(out, asked("system call "+call, "", needs, func(q *plan.Plan) bool { return slices.Contains(q.Calls, call) }))
	}
	return slices.DeleteFunc(out, func(w wish) bool { return len(w.rules) == 0 })
}

// processes returns those needs that are about processes.
func processes(needs []need.Need) []need.Need {
	return slices.DeleteFunc(slices.Clone(needs), func(n need.Need) bool { return n.Rule.Table != event.ClassProcess })
}

func asked(what, which string, needs []need.Need, by func(*plan.Plan) bool) wish {
	w := wish{what: what, which: which}
	for _, n := range needs {
		if by(&n.Plan) {
			w.rules = append(w.rules, n.Rule.Title)
			w.host = w.host || !n.Containers
		}
	}
	slices.Sort(w.rules)
	w.rules = slices.Compact(w.rules)
	return w
}

// paths says in words which paths a set has.
func paths(p *plan.Paths) string {
	if p.All {
		return "of any name"
	}
	var out []string
	add := func(what string, list []string) {
		if len(list) > 0 {
			out = append(out, what+" "+printable(strings.Join(list, " ")))
		}
	}
	add("that begin with", p.Prefixes)
	add("called", p.Names)
	add("that end in", p.Suffixes)
	add("below directories called", p.Directories)
	add("with a part that contains", p.Contains)
	return strings.Join(out, "; ")
}

// titles names a few rules.
func titles(list []string) string {
	const most = 2
	if len(list) <= most {
		return printable(strings.Join(list, ", "))
	}
	return printable(fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most))
}

func distinct(needs []need.Need) []*rule.Rule {
	var rules []*rule.Rule
	for _, n := range needs {
		rules = append(rules, n.Rule)
	}
	return rule.Distinct(rules)
}
