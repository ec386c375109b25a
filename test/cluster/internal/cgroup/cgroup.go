// Package cgroup makes and removes a control group in every hierarchy of the machine: the unified one, or each of the
// version 1 controllers, or both.
package cgroup

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// removeTimeout is how long Remove waits for the kernel to let go of a group whose last process has just ended.
const removeTimeout = 30 * time.Second

// Hierarchies are the mount points of every cgroup hierarchy, from a /proc/self/mounts file's content.
func Hierarchies(mounts []byte) []string {
	var out []string
	sc := bufio.NewScanner(bytes.NewReader(mounts))
	for sc.Scan() {
		fields := strings.Fields(sc.Text())
		if len(fields) >= 3 && (fields[2] == "cgroup" || fields[2] == "cgroup2") && !slices.Contains(out, fields[1]) {
			out = append(out, fields[1])
		}
	}
	return out
}

// Make creates the group in every hierarchy; it may exist.
func Make(name string) error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	for _, root := range Hierarchies(mounts) {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("control group: %w", err)
		}
		if err := inherit(root, dir); err != nil {
			return fmt.Errorf("control group: %w", err)
		}
	}
	return nil
}

// controllers are those that kubelet uses (k8s.io/kubernetes/pkg/kubelet/cm, supported v2 controllers).
var controllers = []string{"cpu", "cpuset", "hugetlb", "io", "memory", "pids"}

// inherit gives a new group what it does not get by itself: in version 1 the processors and memory nodes, in version 2
// the controllers.
func inherit(root, dir string) error {
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		have, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || len(bytes.TrimSpace(have)) > 0 {
			continue // another hierarchy, or set already
		}
		value, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // the root of version 2 has none, and its groups need none
		}
		if err := os.WriteFile(filepath.Join(dir, file), value, 0); err != nil {
			return err
		}
	}
	available, err := os.ReadFile(filepath.Join(root, "cgroup.controllers"))
	if err != nil {
		return nil // version 1
	}
	enabled, err := os.ReadFile(filepath.Join(root, "cgroup.subtree_control"))
	if err != nil {
		return err
	}
	for _, c := range strings.Fields(string(available)) {
		if !slices.Contains(controllers, c) || slices.Contains(strings.Fields(string(enabled)), c) {
			continue
		}
		if err := os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte("+"+c), 0); err != nil {
			return fmt.Errorf("delegate %s: %w", c, err)
		}
	}
	return nil
}

// Remove removes the group and those below it from every hierarchy. Its processes must have been killed; a group that
// is not there is no error. The name is a single element: nobody can ask for a whole hierarchy.
func Remove(name string) error {
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
		return fmt.Errorf("control group: %q is no name of one", name)
	}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	deadline := time.Now().Add(removeTimeout)
	var errs []error
	for _, root := range Hierarchies(mounts) {
		dir := filepath.Join(root, name)
		for {
			err := removeTree(dir)
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				errs = append(errs, err)
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	return errors.Join(errs...)
}

// removeTree removes a directory of groups, deepest first. The files in it are the kernel's and go with it.
func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeTree(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
