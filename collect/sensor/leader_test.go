//go:build linux

package sensor

import (
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// A session is called as its leader, or, when that has gone, as the eldest ancestor in it.
func TestSessionLeader(t *testing.T) {
	for _, test := range []struct {
		name string
		tree []process.Process // the process first, then its ancestors
		want string
	}{
		{"the leader is an ancestor", []process.Process{{Comm: "id", Session: 8}, {Comm: "sh", Session: 8}, {Comm: "bash", Session: 8, Key: record.Key{TGID: 8}}, {Comm: "sshd", Session: 1}}, "bash"},
		{"it leads itself", []process.Process{{Comm: "sshd", Session: 8, Key: record.Key{TGID: 8}}, {Comm: "systemd", Session: 1}}, "sshd"},
		{"the leader has gone", []process.Process{{Comm: "id", Session: 8}, {Comm: "sh", Session: 8}, {Comm: "systemd", Session: 1}}, "sh"},
		{"of no session", []process.Process{{Comm: "kthreadd"}}, ""},
	} {
		r := newRows(nil)
		for i := range test.tree {
			test.tree[i].Known = true
			if i > 0 {
				test.tree[i-1].Parent = &test.tree[i]
			}
		}
		var e event.Event
		r.leader(&e, &test.tree[0], &ofRow)
		if got := event.ProcessSessionLeader.Get(&e); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
