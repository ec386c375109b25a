package sieve

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

var several = plan.Paths{
	Prefixes: []string{"/etc/", "/root/.ssh", "/var/run/secrets/", "/proc/sys/kernel/core_pattern", "memfd:"},
	Names:    []string{"authorized_keys", "release_agent"}, Suffixes: []string{".pem", "_history", "/id_ecdsa"},
	Directories: []string{".kube"}, Contains: []string{"id_rsa"},
}

func TestPasses(t *testing.T) {
	s := New(&several)
	for path, want := range map[string]bool{
		"/etc/passwd": true, "/etc/ssl/certs/ca.crt": true, "/etcetera/x": false, "/usr/etc/x": false, "/etc": false,
		"/root/.ssh": true, "/root/.sshd/x": true, "/root/.bashrc": false, "/home/u/.ssh/config": false,
		"/var/run/secrets/token": true, "/var/run/utmp": false, "/proc/sys/kernel/core_pattern": true, "/proc/sys/kernel/panic": false,
		"memfd:hidden": true, "/memory": false, "/x/authorized_keys": true, "/x/release_agen": false, "/x/release_agent2": false,
		"/sys/fs/cgroup/a/release_agent": true, "/a/b/c.pem": true, "/a/b/pem": false, "/home/u/.bash_history": true,
		"/a/id_ecdsa": true, "/home/u/.kube/config": true, "/home/u/.kub/config": false, "/a/id_rsa": true, "/a/old.id_rsa.bak": true, "/a/rsa": false,
		"/usr/lib/x86_64-linux-gnu/libc.so.6": false, "/tmp/lynceus-load/17": false, "/": false,
		strings.Repeat("/d", 40): true,
	} {
		if got := s.Passes(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if !New(&plan.Paths{All: true}).Passes("/x") || New(&plan.Paths{}).Passes("/x") {
		t.Error("all or nothing")
	}
}

// FuzzPasses holds that no path of a set is kept back.
func FuzzPasses(f *testing.F) {
	f.Add("/etc/", "shadow", "_key", ".ssh", "id_rsa", "/root/.ssh/id_rsa")
	f.Add("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "n", "s", "d", "/x/yz/", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r")
	f.Fuzz(func(t *testing.T, prefix, name, suffix, directory, contains, path string) {
		if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.HasSuffix(path, "/") || strings.Contains(prefix, "//") {
			t.Skip("the kernel makes no such path")
		}
		for part := range strings.SplitSeq(path, "/") {
			if len(part) > maxLength {
				t.Skip("nor such a name")
			}
		}
		p := plan.Paths{Prefixes: []string{prefix}, Names: []string{name}, Suffixes: []string{suffix}, Directories: []string{directory}, Contains: []string{contains}}
		if p.Match(path) && !New(&p).Passes(path) {
			t.Errorf("%q is in %+v and kept back", path, p)
		}
	})
}
