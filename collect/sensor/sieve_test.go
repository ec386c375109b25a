//go:build linux

package sensor

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
)

// TestSieve holds the filter in the kernel against the plan: of files with random names, those of the plan have rows and
// no others.
func TestSieve(t *testing.T) {
	ofKernel(t)
	const files = 400
	random := rand.New(rand.NewPCG(1, 2))
	root := realTempDir(t)
	parts := []string{"etc", "ssh", ".ssh", "a", "id_rsa", "my_id_rsa_2", "kubernetes.io", "secret", "secrets", "x.pem", "y_history", "authorized_keys", "authorized_key",
		"a-name-of-more-than-thirty-two-bytes-to-be-sure", "conf.d", "conf", "shadow", "shadow-", "9"}
	of := plan.Paths{
		Prefixes: []string{root + "/etc/", root + "/a/conf", root + "/secret/x.pem"}, Names: []string{"authorized_keys", "shadow"},
		Suffixes: []string{".pem", "_history"}, Directories: []string{".ssh", "kubernetes.io"}, Contains: []string{"id_rsa"},
	}
	rec := start(t, Spec{Plan: plan.Plan{Files: plan.Files{Read: of}}})
	want := map[string]bool{}
	for range files {
		dir := root
		for range random.IntN(5) {
			dir = filepath.Join(dir, parts[random.IntN(len(parts))])
		}
		name := filepath.Join(dir, parts[random.IntN(len(parts))])
		if os.MkdirAll(dir, 0o755) != nil || os.WriteFile(name, nil, 0o644) != nil {
			continue // a part of it is a file, or it is a directory
		}
		readAll(t, name)
		if of.Match(name) {
			want[name] = true
		}
	}
	last := filepath.Join(root, "etc", "last")
	if err := os.MkdirAll(filepath.Dir(last), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(last, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	readAll(t, last)
	rec.await(t, 1, "the last", func(e *event.Event) bool { return event.FilePath.Get(e) == last })
	got := map[string]bool{}
	for _, e := range rec.all(func(e *event.Event) bool { return event.FileOpenRead.Get(e) && !event.FileOpenWrite.Get(e) }) {
		got[event.FilePath.Get(e)] = true
	}
	for name := range want {
		if !got[name] {
			t.Errorf("%s is in the plan and has no row", name)
		}
	}
	for name := range got {
		if !of.Match(name) {
			t.Errorf("%s is not in the plan and has a row", name)
		}
	}
	if len(want) < files/4 {
		t.Errorf("only %d files are in the plan", len(want))
	}
}

// TestClimbing holds that where only a name that goes up makes an open one to be told of, the kernel keeps back all others.
func TestClimbing(t *testing.T) {
	ofKernel(t)
	for name, untyped := range map[string]bool{"typed": false, "untyped": true} {
		t.Run(name, func(t *testing.T) { testClimbing(t, untyped) })
	}
}

func testClimbing(t *testing.T, untyped bool) {
	root := realTempDir(t)
	for _, dir := range []string{"etc", "other"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"etc/plain", "etc/shadow", "other/plain"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// What the machine itself opens must not count: the plan is of this directory alone.
	s, rec := startSensor(t, Spec{untyped: untyped, Plan: plan.Plan{Files: plan.Files{
		Read: plan.Paths{Prefixes: []string{root + "/etc/shadow"}}, Climbing: plan.Paths{Prefixes: []string{root + "/etc/"}},
	}}})
	const plain = 1000
	for range plain {
		readAll(t, root+"/etc/plain")
	}
	far := strings.Repeat("/.", 40) + "/etc/plain" // longer than what the kernel looks at
	for _, path := range []string{"/etc/shadow", "/other/../etc/plain", "/other/../other/plain", far, strings.Repeat("/other/..", 20) + "/etc/plain"} {
		readAll(t, root+path)
	}
	rec.await(t, 3, "opens", func(e *event.Event) bool {
		return strings.HasPrefix(event.FilePath.Get(e), root+"/etc/") && event.FileOpenRead.Get(e)
	})
	if n := len(rec.all(func(e *event.Event) bool { return strings.HasPrefix(event.FilePath.Get(e), root) })); n != 3 {
		t.Errorf("%d rows", n)
	}
	stats, err := s.Stats()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range stats.Hooks {
		if h.Hook == "tp_btf/sys_exit" && h.Sent >= plain {
			t.Errorf("%d records of calls", h.Sent)
		}
	}
}
