//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
)

// object is something in the kernel that a descriptor of a process stands for.
type object struct {
	kind string // prog, map or link
	id   uint32
}

// descriptors returns, of the processes that match, what their descriptors stand for in the kernel, and how many groups of
// fanotify there are among them. Processes that end meanwhile are left out.
func descriptors(t *testing.T, pids string) (objects map[object]bool, groups int) {
	t.Helper()
	files, err := filepath.Glob("/proc/" + pids + "/fdinfo/*")
	if err != nil {
		t.Fatal(err)
	}
	objects = map[object]bool{}
	for _, name := range files {
		b, _ := os.ReadFile(name)
		if strings.Contains(string(b), "\nfanotify ") {
			groups++
		}
		for line := range strings.Lines(string(b)) {
			for _, kind := range []string{"prog", "map", "link"} {
				text, ok := strings.CutPrefix(line, kind+"_id:")
				if !ok {
					continue
				}
				id, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
				if err != nil {
					t.Fatal(err)
				}
				objects[object{kind, uint32(id)}] = true
			}
		}
	}
	return objects, groups
}

// processesOf returns the processes that run a program.
func processesOf(t *testing.T, program string) (pids []string) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range links {
		if at, err := os.Readlink(name); err == nil && strings.TrimSuffix(at, " (deleted)") == program {
			pids = append(pids, filepath.Base(filepath.Dir(name)))
		}
	}
	return pids
}

// ownNames are what the sensor's programs and maps are called in the kernel. Maps of constants and variables, whose names
// others have, too, are left out.
func ownNames(t *testing.T) map[string]bool {
	t.Helper()
	spec, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
	if err != nil {
		t.Fatal(err)
	}
	const longest = 15 // BPF_OBJ_NAME_LEN of linux/bpf.h, without the zero
	out := map[string]bool{}
	for name := range spec.Programs {
		out["prog "+name[:min(len(name), longest)]] = true
	}
	for name := range spec.Maps {
		if !strings.HasPrefix(name, ".") {
			out["map "+name[:min(len(name), longest)]] = true
		}
	}
	return out
}

// inKernel returns the programs and maps of a sensor that there are in the kernel, whoever holds them, and all links.
func inKernel(t *testing.T, own map[string]bool) map[object]bool {
	t.Helper()
	out := map[object]bool{}
	for id := ebpf.ProgramID(0); ; {
		next, err := ebpf.ProgramGetNextID(id)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		id = next
		p, err := ebpf.NewProgramFromID(id)
		if err != nil {
			continue // it has gone
		}
		if info, err := p.Info(); err == nil && own["prog "+info.Name] {
			out[object{"prog", uint32(id)}] = true
		}
		_ = p.Close()
	}
	for id := ebpf.MapID(0); ; {
		next, err := ebpf.MapGetNextID(id)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		id = next
		m, err := ebpf.NewMapFromID(id)
		if err != nil {
			continue
		}
		if info, err := m.Info(); err == nil && own["map "+info.Name] {
			out[object{"map", uint32(id)}] = true
		}
		_ = m.Close()
	}
	links := new(link.Iterator)
	defer links.Close()
	for links.Next() {
		out[object{"link", uint32(links.ID)}] = true
	}
	return out
}

// pinned returns what is pinned in file systems of eBPF.
func pinned(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	_ = filepath.WalkDir("/sys/fs/bpf", func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			out[path] = true
		}
		return nil
	})
	return out
}

// leftovers says what is there of ended sensors: objects in the kernel that were not there before and that no process
// holds, processes of the program, what is pinned, and cgroups by its name.
func leftovers(t *testing.T, program string, own map[string]bool, before map[object]bool, pins map[string]bool) (out []string) {
	t.Helper()
	now := inKernel(t, own)
	held, _ := descriptors(t, "[0-9]*") // sensors of other tests may run beside
	for o := range now {
		if !before[o] && !held[o] {
			out = append(out, fmt.Sprintf("%s %d", o.kind, o.id))
		}
	}
	for _, pid := range processesOf(t, program) {
		_, groups := descriptors(t, pid)
		out = append(out, fmt.Sprintf("process %s with %d groups of fanotify", pid, groups))
	}
	for path := range pinned(t) {
		if !pins[path] {
			out = append(out, path+" is pinned")
		}
	}
	for _, pattern := range []string{"/sys/fs/cgroup/*lynceus-sensor*", "/sys/fs/cgroup/*/*lynceus-sensor*"} {
		cgroups, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, cgroups...)
	}
	return out
}
