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
		"exe_len": 104, "cwd_len": 108, "args_len": 112, "exe_inode": 120, "exe_size": 128, "exe_changed": 136, "exe_device": 144, "exe_magic": 148,
		"level": 152, "mount_flags": 156, "comm": 160, "tty": 176,
		"permitted": 192, "group": 200, "environment_len": 204, "tail": programSize,
	},
	"exit_record": {"tgid": 16, "status": 20, "start": 24, "exec_id": 32, "cgroup": 40, "comm": 48},
	"call_record": {
		"actor": 16, "result": 40, "args": 48, "number": 96, "flags": 100, "file_flags": 104, "file_mode": 108, "inode_mode": 112, "device": 116,
		"inode": 120, "caps": 128, "euid": 136, "uid": 140, "egid": 144, "family": 148, "places": 152, "texts": 160, "data": 172, "tail": callSize,
	},
	"actor": {"tgid": 0, "thread": 4, "start": 8, "cgroup": 16},
	"stop_record": {
		"actor": 16, "container": 40, "matched": 48, "enforced": 56, "what": 64, "result": 68, "unmarked": 72, "port": 76,
		"protocol": 78, "address": 80,
	},
	"cgroup_record": {"id": 16, "path_len": 24, "cut": 28, "tail": cgroupSize},
	"ends":          {"local": 0, "remote": 16, "local_port": 32, "remote_port": 34, "protocol": 36, "netns": 40},
	"connection_record": {
		"actor": 16, "ends": 40, "act": 84, "sock": 88, "began": 96, "bytes_in": 104, "bytes_out": 112, "packets_in": 120, "packets_out": 128,
		"error": 136, "flags": 140,
	},
	"dns_record":    {"actor": 16, "ends": 40, "flags": 84, "sock": 88, "number": 96, "used": 100, "tail": dnsSize},
	"socket_record": {"actor": 16, "family": 40, "type": 44, "protocol": 48, "netns": 52, "found": 56},
	"unix_record":   {"actor": 16, "type": 40, "flags": 44, "used": 48, "tail": unixSize},
}

// TestLayout holds the decoder against the types that the compiler wrote into the object.
func TestLayout(t *testing.T) {
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
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
		case "stop_record":
			if s.Size != stopSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, stopSize)
			}
		case "ends":
			if s.Size != endsSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, endsSize)
			}
		case "connection_record":
			if s.Size != connectionSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, connectionSize)
			}
		case "socket_record":
			if s.Size != socketSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, socketSize)
			}
		case "exit_record":
			if s.Size != exitSize {
				t.Errorf("%s has %d bytes, %d are read", name, s.Size, exitSize)
			}
		}
	}
}
