package cgroup

import (
	"slices"
	"testing"
)

func TestHierarchies(t *testing.T) {
	tests := []struct {
		mounts string
		want   []string
	}{
		{"", nil},
		{"cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", []string{"/sys/fs/cgroup"}},
		{
			"tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n" +
				"cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n",
			[]string{"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified"},
		},
	}
	for _, tt := range tests {
		if got := Hierarchies([]byte(tt.mounts)); !slices.Equal(got, tt.want) {
			t.Errorf("Hierarchies(%q) = %q, want %q", tt.mounts, got, tt.want)
		}
	}
}

func TestRemoveRefuses(t *testing.T) {
	for _, name := range []string{"", ".", "..", "/", "a/b", "../a"} {
		if err := Remove(name); err == nil {
			t.Errorf("Remove(%q) went on", name)
		}
	}
	if err := Remove("lynceus-no-such-group"); err != nil {
		t.Error(err)
	}
}
