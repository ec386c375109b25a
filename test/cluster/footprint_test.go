package cluster_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// machine is what no cluster may change.
type machine struct{ settings, mounts, interfaces, files []string }

func look(t *testing.T) machine {
	t.Helper()
	var m machine
	for _, name := range []string{"vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops", "net/ipv4/ip_forward", "net/netfilter/nf_conntrack_max"} {
		value, err := os.ReadFile(filepath.Join("/proc/sys", name))
		if err != nil {
			continue // not on this kernel
		}
		m.settings = append(m.settings, name+"="+strings.TrimSpace(string(value)))
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	ofTests := filepath.Join(os.TempDir(), "Test") // directories of other tests, which may run at the same time
	for line := range strings.Lines(string(mounts)) {
		if point := strings.Fields(line)[4]; !strings.HasPrefix(point, ofTests) {
			m.mounts = append(m.mounts, point)
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		m.interfaces = append(m.interfaces, i.Name)
	}
	for _, pattern := range []string{"/run/netns/*", "/var/lib/kubelet/*", "/var/lib/cni/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		m.files = append(m.files, found...)
	}
	return m
}

// checkSame compares the machine with what it was.
func (m machine) checkSame(t *testing.T) {
	t.Helper()
	now := look(t)
	for _, kind := range []struct {
		name        string
		before, now []string
	}{
		{"setting", m.settings, now.settings},
		{"mount", m.mounts, now.mounts},
		{"interface", m.interfaces, now.interfaces},
		{"file", m.files, now.files},
	} {
		for _, x := range kind.now {
			if !slices.Contains(kind.before, x) {
				t.Errorf("the cluster left the %s %s", kind.name, x)
			}
		}
	}
}

// trace is what one cluster has on the machine as long as it runs, apart from what others have.
type trace struct{ dir, group, namespace string }

func traces(t *testing.T, c *cluster.Cluster) trace {
	t.Helper()
	pid, err := c.Process()
	if err != nil {
		t.Fatal(err)
	}
	// Held until the test ends, so that no later namespace gets its number.
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/pid", pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ns.Close() })
	var stat unix.Stat_t
	if err := unix.Fstat(int(ns.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(c.Dir(), "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct{ Cgroup string }
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	return trace{dir: c.Dir(), group: config.Cgroup, namespace: strconv.FormatUint(stat.Ino, 10)}
}

// groups are the control groups of the cluster in all hierarchies.
func (tr trace) groups() []string {
	var out []string
	_ = filepath.WalkDir("/sys/fs/cgroup", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == tr.group {
			out = append(out, name)
			return fs.SkipDir
		}
		return nil // groups of others come and go
	})
	return out
}

// checkThere makes sure that checkGone looks at what exists.
func (tr trace) checkThere(t *testing.T) {
	t.Helper()
	if !slices.Contains(pidNamespaces(t), tr.namespace) || len(tr.groups()) == 0 || len(processesOf(t, tr.dir)) == 0 {
		t.Errorf("a running cluster shows no PID namespace %s, no control group %s or no process with %s", tr.namespace, tr.group, tr.dir)
	}
}

func (tr trace) checkGone(t *testing.T) {
	t.Helper()
	if slices.Contains(pidNamespaces(t), tr.namespace) {
		t.Errorf("the cluster left a process in its PID namespace %s", tr.namespace)
	}
	if pids := processesOf(t, tr.dir); len(pids) > 0 {
		t.Errorf("the cluster left the processes %v", pids)
	}
	if groups := tr.groups(); len(groups) > 0 {
		t.Errorf("the cluster left the control groups %s", strings.Join(groups, ", "))
	}
	if _, err := os.Stat(tr.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cluster left its directory %s: %v", tr.dir, err)
	}
}

// processesOf are the processes whose arguments name a cluster's directory.
func processesOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && bytes.Contains(line, []byte(dir)) {
			out = append(out, filepath.Base(filepath.Dir(file)))
		}
	}
	return out
}
