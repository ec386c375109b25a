//go:build linux

package sensor

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// Ancestors of a process in a container end with who asked the runtime to start it; on the node they do not end there.
func TestAncestors(t *testing.T) {
	const node, first, second = 1, 7, 8
	for _, test := range []struct {
		name string
		// the process and its ancestors, each with its cgroup, the process first
		tree []process.Process
		want string
	}{
		{"started by containerd", []process.Process{
			{Comm: "sh", Cgroup: first}, {Comm: "web", Cgroup: first}, {Comm: "runc:[2:INIT]", Cgroup: first}, {Comm: "runc", Cgroup: node},
			{Comm: "containerd-shim", Cgroup: node}, {Comm: "containerd", Cgroup: node}, {Comm: "make", Cgroup: node}, {Comm: "bash", Cgroup: node},
		}, "web runc:[2:INIT] runc containerd-shim containerd"},
		{"built in another container", []process.Process{
			{Comm: "apt-get", Cgroup: first}, {Comm: "sh", Cgroup: first}, {Comm: "buildkit-runc", Cgroup: second}, {Comm: "buildkitd", Cgroup: second}, {Comm: "sh", Cgroup: second},
		}, "sh buildkit-runc buildkitd"},
		{"on the node", []process.Process{
			{Comm: "go", Cgroup: node}, {Comm: "make", Cgroup: node}, {Comm: "bash", Cgroup: node}, {Comm: "sshd", Cgroup: node},
		}, "make bash sshd"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRows(nil)
			r.cgroups.known[first] = container.ID{Container: strings.Repeat("a", 64)}
			r.cgroups.known[second] = container.ID{Container: strings.Repeat("b", 64)}
			for i := range test.tree {
				p := &test.tree[i]
				p.Known, p.LoginUID, p.Key.TGID = true, record.NoLogin, uint32(100-i)
				if i > 0 {
					test.tree[i-1].Parent = p
				}
			}
			var e event.Event
			r.describe(&e, &test.tree[0], &ofRow)
			if got := strings.Join(event.ProcessAncestryName.Get(&e), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
