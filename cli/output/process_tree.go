package output

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxTree bounds the processes that a tree remembers. Beyond it the tree begins anew: those that follow stand below the
// name of their parent.
const maxTree = 16 << 10

// maxDepth is how deep lines are indented at most.
const maxDepth = 20

// ProcessTree writes what processes do as lines of a tree that grows downwards, one part for each container: + is a
// process that begins, > one that becomes another program, - one that ends, and = one that ran before.
type ProcessTree struct {
	p     paint
	width int // 0 means no bound
	at    map[string]int
	known map[string]branch // by identity
	place string            // of the last line
	last  string            // identity of its process
}

// branch is a process of the tree.
type branch struct {
	parent string
	name   string
	place  string
	depth  int
}

// NewProcessTree returns a tree of rows of the table process, which have cols.
func NewProcessTree(cols []plan.Column, o TextOptions) *ProcessTree {
	t := &ProcessTree{p: paint{o.Color}, width: o.Width, at: map[string]int{}, known: map[string]branch{}}
	for i, c := range cols {
		t.at[c.Name] = i
	}
	return t
}

// Lines returns the lines of a row: its own, and those that say where it belongs when that is not where the line before
// does.
func (t *ProcessTree) Lines(row []value.Value) (lines []string) {
	get := func(name string) string { return t.get(row, name) }
	id, place := get("process.uid"), t.placeOf(row)
	if len(t.known) >= maxTree {
		clear(t.known)
	}
	b, known := t.known[id]
	if !known {
		b = branch{parent: get("process.parent_process.uid"), place: place}
		if parent, ok := t.known[b.parent]; ok && parent.place == place {
			b.depth = parent.depth + 1
		}
	}
	b.name = cmp.Or(get("process.name"), get("process.file.path"))
	if place != t.place {
		lines = append(lines, t.p.bold(place))
	}
	if above := t.above(b); above != "" && (place != t.place || !t.near(id, b)) {
		lines = append(lines, t.line(row, max(b.depth-1, 0), "", t.p.dim(above)))
	}
	mark, text := t.act(row, b, known)
	lines = append(lines, t.line(row, b.depth, mark, text))
	t.place, t.last = place, id
	t.known[id] = b
	if get("activity") == "Terminate" {
		delete(t.known, id)
	}
	return lines
}

// near reports whether the line before is of the process itself, its parent, or another child of that.
func (t *ProcessTree) near(id string, b branch) bool {
	return t.last == id || b.depth > 0 && (t.last == b.parent || t.known[t.last].parent == b.parent)
}

// above is the chain of names above a process, the oldest first; "" where none is known.
func (t *ProcessTree) above(b branch) string {
	var names []string
	for parent, depth := b.parent, 0; depth < maxDepth; depth++ {
		p, ok := t.known[parent]
		if !ok || p.place != b.place {
			break
		}
		names = append([]string{p.name}, names...)
		parent = p.parent
	}
	return strings.Join(names, " › ")
}

// act says what the row tells, with the sign that stands before it.
func (t *ProcessTree) act(row []value.Value, b branch, known bool) (mark, text string) {
	what := cmp.Or(t.get(row, "process.cmd_line"), t.get(row, "process.file.path"), t.get(row, "process.name"))
	text = fmt.Sprintf("%s %s", t.short(what, b.depth), t.p.dim("["+t.get(row, "process.pid")+"]"))
	if parent := t.get(row, "process.parent_process.name"); parent != "" && !known {
		if _, shown := t.known[t.get(row, "process.parent_process.uid")]; !shown {
			text = t.p.dim(parent+" › ") + text
		}
	}
	if user := t.get(row, "process.user.uid"); user != "" {
		text += t.p.dim(" uid " + user)
	}
	switch t.get(row, "activity") {
	case "Terminate":
		return t.p.dim("-"), t.p.dim(cmp.Or(t.get(row, "process.name"), what)) + t.end(row)
	case "Running":
		return t.p.dim("="), text
	}
	if known {
		return t.p.with(sgrYellow, ">"), text
	}
	return t.p.with(sgrCyan, "+"), text
}

// besides is about what stands on a line besides a command and its indentation, minCommand what of a command is always
// there.
const (
	besides    = 50
	minCommand = 20
)

// short shortens a command to what fits on a line.
func (t *ProcessTree) short(command string, depth int) string {
	if t.width == 0 {
		return command
	}
	return fit(command, max(t.width-besides-2*depth, minCommand))
}

// end says how a process ended.
func (t *ProcessTree) end(row []value.Value) string {
	if signal := t.get(row, "exit_signal"); signal != "" {
		return t.p.with(sgrRed, " signal "+signal)
	}
	if code := t.get(row, "exit_code"); code != "" && code != "0" {
		return t.p.with(sgrYellow, " exit "+code)
	}
	return t.p.dim(" exit 0")
}

// placeOf names the container of a row, or the node.
func (t *ProcessTree) placeOf(row []value.Value) string {
	var parts []string
	for _, name := range []string{"k8s.namespace", "k8s.pod", "container.name"} {
		if v := t.get(row, name); v != "" {
			parts = append(parts, v)
		}
	}
	if id := t.get(row, "container.uid"); len(parts) == 0 && id != "" {
		parts = []string{"container " + id[:min(len(id), 12)]}
	}
	if len(parts) == 0 {
		parts = []string{strings.TrimSpace("node " + t.get(row, "k8s.node"))}
	}
	return strings.Join(parts, "/")
}

// line is one line: the time, the depth, a sign and text.
func (t *ProcessTree) line(row []value.Value, depth int, mark, text string) string {
	clock := strings.Repeat(" ", len("15:04:05"))
	if i, ok := t.at["time"]; ok && !row[i].Null && mark != "" {
		clock = row[i].Time().UTC().Format("15:04:05")
	}
	line := t.p.dim(clock) + strings.Repeat("  ", min(depth, maxDepth)+1) + strings.TrimSpace(mark+" "+text)
	if t.width > 0 && !t.p.on {
		line = fit(line, t.width)
	}
	return line
}

// get is a column of a row as text that cannot steer a terminal, "" where it has none.
func (t *ProcessTree) get(row []value.Value, name string) string {
	i, ok := t.at[name]
	if !ok {
		return ""
	}
	return cell(row[i])
}
