//go:build linux

package guard

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// watch has a box watched by the policies that the rules have, and waits until it is.
func (b *box) watch(t *testing.T, c *Client, r Rules) {
	t.Helper()
	var all uint64
	for i := range r.Policies {
		all |= 1 << i
	}
	c.SetRules(r)
	c.Watch(b.id, all)
	defer func() { t.Logf("%+v", c.Stats()) }()
	eventually(t, "the box is watched", func() bool {
		s := c.Stats()
		if s.LastErr != nil {
			t.Fatal(s.LastErr)
		}
		return s.Counts.Watched > 0
	})
}

// next returns the next decision.
func next(t *testing.T, c *Client) Decision {
	t.Helper()
	select {
	case d := <-c.Decisions():
		return d
	case <-time.After(patience):
		t.Fatal("no decision")
		return Decision{}
	}
}

func TestDeniedByHash(t *testing.T) {
	b, other, c := newBox(t), newBox(t), start(t)
	sensortest.Program(t, b.path("bad"), append(sensortest.Writes(), "bad"...))
	sensortest.Program(t, other.path("bad"), append(sensortest.Writes(), "bad"...))
	sum := sumOf(t, b.path("bad"))
	b.watch(t, c, Rules{Bound: time.Second, Policies: map[int]Rule{3: {Enforce: true, SHA256: []string{sum}}}})
	expect := func(what, program, want string) {
		t.Helper()
		if got, took := b.run(program); got != want {
			t.Errorf("%s: %q in %v, want %q", what, got, took, want)
		}
	}
	expect("the image's own", "/image", ran)
	expect("denied", "/bad", denied)
	d := next(t, c)
	if d.Container != b.id || d.Policies != 1<<3 || !d.Denied || d.Late || d.SHA256 != sum || d.Path != "/bad" && d.Path != b.path("bad") || d.PID == 0 || d.Start == 0 {
		t.Errorf("decision %+v", d)
	}
	expect("denied again", "/bad", denied)
	if err := os.Link(b.path("bad"), b.path("link")); err != nil {
		t.Fatal(err)
	}
	expect("another link", "/link", denied)
	if err := os.Symlink("/bad", b.path("symlink")); err != nil {
		t.Fatal(err)
	}
	expect("a symbolic link", "/symlink", denied)
	content, _ := os.ReadFile(b.path("bad"))
	if err := os.WriteFile(b.path("copy"), content, 0o755); err != nil {
		t.Fatal(err)
	}
	expect("a copy", "/copy", denied)
	if err := os.Rename(b.path("bad"), b.path("renamed")); err != nil {
		t.Fatal(err)
	}
	expect("under another name", "/renamed", denied)
	if err := os.WriteFile(b.path("renamed"), append(content, '!'), 0o755); err != nil {
		t.Fatal(err)
	}
	expect("changed", "/renamed", ran)
	if err := os.WriteFile(b.path("image"), content, 0o755); err != nil {
		t.Fatal(err)
	}
	expect("the image's own with that content", "/image", denied)
	if got, _ := other.run("/bad"); got != ran {
		t.Errorf("in a container that is not watched: %q", got)
	}
	c.Watch(b.id, 0)
	eventually(t, "the box is watched no more", func() bool { return c.Stats().Counts.Watched == 0 })
	expect("not watched", "/copy", ran)
}

func TestDeniedByPath(t *testing.T) {
	b, c := newBox(t), start(t)
	sensortest.Program(t, b.path("bad"), sensortest.Writes())
	b.watch(t, c, Rules{Bound: time.Second, Policies: map[int]Rule{0: {Enforce: true, Paths: []string{"/bad", "/absent"}}}})
	expect := func(what, program, want string) {
		t.Helper()
		if got, took := b.run(program); got != want {
			t.Errorf("%s: %q in %v, want %q", what, got, took, want)
		}
	}
	expect("another", "/image", ran)
	expect("denied", "/bad", denied)
	if d := next(t, c); d.Policies != 1 || !d.Denied || d.SHA256 != "" {
		t.Errorf("decision %+v", d)
	}
	if err := os.Rename(b.path("bad"), b.path("renamed")); err != nil {
		t.Fatal(err)
	}
	expect("the same file under another name", "/renamed", denied)
	sensortest.Program(t, b.path("bad"), sensortest.Writes())
	expect("another file of that name", "/bad", denied)
	if err := os.Symlink("/image", b.path("absent")); err != nil {
		t.Fatal(err)
	}
	expect("what the path leads to", "/absent", denied)
	content, _ := os.ReadFile(b.path("renamed"))
	if err := os.WriteFile(b.path("copy"), content, 0o755); err != nil {
		t.Fatal(err)
	}
	expect("a copy", "/copy", ran)
}

func TestObserved(t *testing.T) {
	b, c := newBox(t), start(t)
	b.watch(t, c, Rules{Bound: time.Second, Policies: map[int]Rule{0: {SHA256: []string{sumOf(t, b.path("image"))}}}})
	if got, _ := b.run("/image"); got != ran {
		t.Errorf("%q", got)
	}
	if d := next(t, c); d.Policies != 1 || d.Denied {
		t.Errorf("decision %+v", d)
	}
}

// writeSlow writes a program that takes seconds to be read.
func writeSlow(t *testing.T, name string) {
	t.Helper()
	sensortest.Program(t, name, sensortest.Writes())
	err := os.Truncate(name, 16<<30)
	require.Need(t, "bpf", err == nil, fmt.Sprintf("a large file: %v", err))
}

// TestBound has the guard asked about a file that takes longer to read than an answer may take. The bound leaves a
// small file time to be read even where much else runs.
func TestBound(t *testing.T) {
	const bound = time.Second
	for _, deny := range []bool{false, true} {
		b, c := newBox(t), start(t)
		writeSlow(t, b.path("slow"))
		b.watch(t, c, Rules{Bound: bound, DenyLate: deny, Policies: map[int]Rule{0: {Enforce: true, SHA256: []string{"0"}}}})
		want := ran
		if deny {
			want = denied
		}
		got, took := b.run("/slow")
		t.Logf("%q in %v", got, took)
		if got != want || took < bound || took > bound+slack {
			t.Errorf("deny %v: %q in %v", deny, got, took)
		}
		if got, _ := b.run("/image"); got != ran {
			t.Errorf("meanwhile: %q", got)
		}
		if late := c.Stats().Counts.Late; late != 1 {
			eventually(t, "one late answer is counted", func() bool { return c.Stats().Counts.Late == 1 })
		}
		c.Close()
	}
}
