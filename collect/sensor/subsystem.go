//go:build linux

package sensor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/cilium/ebpf/btf"
)

// unified says that processes are grouped by the hierarchy of version 2.
const unified int32 = -1

// controllers are those of version 1 by which container runtimes group processes, the most dependable first: the kubelet
// does without some, and a service manager puts its own services into others.
var controllers = []string{"pids", "memory", "devices", "freezer", "cpu", "cpuset"}

// cgroupSubsystem returns the index in css_set.subsys of the hierarchy by which processes are grouped, or unified. On
// hybrid machines, the controllers are of version 1, and what a container is in there is not in the other.
func cgroupSubsystem(proc string) (int32, error) {
	f, err := os.Open(filepath.Join(proc, "cgroups"))
	if errors.Is(err, fs.ErrNotExist) { // a kernel without version 1 need not have it
		return unified, nil
	}
	if err != nil {
		return 0, fmt.Errorf("which version of cgroups: %w", err)
	}
	defer f.Close()
	name, err := controllerV1(f)
	if name == "" || err != nil {
		return unified, err
	}
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return 0, explain("read the kernel's types", err)
	}
	var ids *btf.Enum
	if err := kernel.TypeByName("cgroup_subsys_id", &ids); err != nil {
		return 0, explain("which cgroup controllers there are", err)
	}
	for _, v := range ids.Values {
		if v.Name == name+"_cgrp_id" {
			return int32(v.Value), nil
		}
	}
	return unified, nil
}

// controllerV1 returns the first of controllers that /proc/cgroups says is in a hierarchy of version 1, or nothing.
func controllerV1(r io.Reader) (string, error) {
	inV1 := map[string]bool{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text()) // name, hierarchy, number of cgroups, enabled
		if len(fields) == 4 && fields[1] != "0" && fields[3] == "1" {
			inV1[fields[0]] = true
		}
	}
	for _, name := range controllers {
		if inV1[name] {
			return name, lines.Err()
		}
	}
	return "", lines.Err()
}
