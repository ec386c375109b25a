package record

import (
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

// offsets are where this package reads the members of the kernel's records.
var offsets = map[string]map[string]uint32{
	"head":        {"kind": 0, "size": 4, "time": 8},
	"fork_record": {"parent": 16, "child": 20, "parent_start": 24, "child_start": 32, "exec_base": 40, "cgroup": 48},
	"program_record": {
		"tgid": 16, "thread": 20, "start": 24, "parent": 32, "vpid": 36, "parent_start": 40, "exec_id": 48, "cgroup": 56,
		"caps": 64, "euid": 72, "uid": 76, "egid": 80, "loginuid": 84, "session": 88, "flags": 92, "args_total": 96,
		"exe_len": 104, "cwd_len": 108, "args_len": 112, "comm": 120, "tty": 136, "tail": programSize,
	},
	"exit_record":   {"tgid": 16, "status": 20, "start": 24, "exec_id": 32, "cgroup": 40, "comm": 48},
	"cgroup_record": {"id": 16, "path_len": 24, "cut": 28, "tail": cgroupSize},
}

// TestLayout holds the decoder against the types that the compiler wrote into the object.
func TestLayout(t *testing.T) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Process()))
	if err != nil {
		t.Fatal(err)
	}
	for name, members := range offsets {
		var s *btf.Struct
		if err := object.Types.TypeByName(name, &s); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		have := map[string]uint32{}
		for _, m := range s.Members {
			have[m.Name] = m.Offset.Bytes()
		}
		for member, want := range members {
			if got, ok := have[member]; !ok || got != want {
				t.Errorf("%s.%s is at %d (%v), read at %d", name, member, got, ok, want)
			}
		}
		switch name {
		case "fork_record":
			if s.Size != forkSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, forkSize)
			}
		case "exit_record":
			if s.Size != exitSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, exitSize)
			}
		}
	}
}
