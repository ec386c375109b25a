//go:build linux

package sensor

import (
	"errors"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/internal/require"
)

func TestCgroup2Mount(t *testing.T) {
	const v1 = "30 29 0:26 / /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids\n"
	tests := []struct{ name, in, want string }{
		{"version 2 alone", "24 23 0:22 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n", "/sys/fs/cgroup"},
		{"both", v1 + "31 29 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup/unified"},
		{"a part of it before the whole", "24 23 0:22 /a/b /part rw - cgroup2 cgroup2 rw\n25 23 0:22 / /whole rw - cgroup2 cgroup2 rw\n", "/whole"},
		{"version 1 alone", v1, ""},
		{"a directory of that name", "24 23 0:22 / /cgroup2 rw - tmpfs cgroup2 rw\n", ""},
		{"cut off", "24 23 0:22 /\n - cgroup2 \n24 23 0:22 / - cgroup2 x\n", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := cgroup2Mount(strings.NewReader(tt.in))
			if got != tt.want || (tt.want == "") != errors.Is(err, errNoCgroup2) {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestHooksFollowFromThePlan(t *testing.T) {
	require.BPF(t)
	count := func(p plan.Plan) int {
		t.Helper()
		hooks, err := hooksFor(&p, "/proc")
		if err != nil {
			t.Fatal(err)
		}
		return len(hooks)
	}
	none, network, names := count(plan.Plan{}), count(plan.Plan{Network: true}), count(plan.Plan{DNS: true})
	if none != 4 || network <= none || names != network {
		t.Errorf("%d hooks for nothing, %d for the network, %d for names", none, network, names)
	}
	for name, want := range map[string]bool{"": true, "task_struct": true, "BPF_CGROUP_INET4_CONNECT": true, "no_such_thing": false} {
		if got, err := kernelHas(name); err != nil || got != want {
			t.Errorf("%q is there: %v, %v", name, got, err)
		}
	}
}
