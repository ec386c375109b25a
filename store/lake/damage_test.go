package lake

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// three makes a store of three segments with one event each, and closes it.
func three(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	l, _ := open(t, Options{Dir: dir})
	for seq := range uint64(3) {
		e := full(event.ClassAudit)
		event.MetadataUID.Set(e, string(rune('a'+seq)))
		store(t, l, "p", seq+1, seq+1, e)
	}
	for _, s := range l.all() {
		files = append(files, l.disk.path(s.name))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, files
}

// change rewrites a file.
func change(t *testing.T, name string, f func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, f(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDamage(t *testing.T) {
	f := func(what, ext string, harm func([]byte) []byte, verify bool, wantRead, wantAside string) {
		t.Helper()
		dir, files := three(t)
		if harm == nil {
			if err := os.Remove(files[1] + ext); err != nil {
				t.Fatal(err)
			}
		} else {
			change(t, files[1]+ext, harm)
		}
		l, r := open(t, Options{Dir: dir, Verify: verify})
		got := strings.Join(uids(scan(t, l, All(event.ClassAudit))), "")
		if got != wantRead {
			t.Errorf("%s: %q answers, want %q", what, got, wantRead)
		}
		reasons := ""
		for _, a := range l.Stats().Aside {
			reasons += a.Reason
			if a.Rows != 1 || a.Class != event.ClassAudit || !strings.HasPrefix(a.Name, "aside/") {
				t.Errorf("%s: set aside %+v", what, a)
			}
		}
		if !strings.Contains(reasons, wantAside) || (wantAside == "") != (reasons == "") {
			t.Errorf("%s: set aside for %q, want %q; %s", what, reasons, wantAside, r)
		}
		store(t, l, "p", 4, 4, full(event.ClassAudit))
		l.Close()
		again, r := open(t, Options{Dir: dir})
		if len(again.Stats().Aside) != len(l.Stats().Aside) || len(r.Aside) != 0 {
			t.Errorf("%s: opened once more: %s", what, r)
		}
	}
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte {
			b = slices.Clone(b)
			b[(at+len(b))%len(b)] ^= 0x55
			return b
		}
	}
	f("a segment cut short", extData, cut, false, "ac", "bytes, the manifest says")
	f("an empty segment", extData, func([]byte) []byte { return nil }, false, "ac", "0 bytes")
	f("a missing segment", extData, nil, false, "ac", "missing")
	f("a flipped byte in the data, looked for", extData, flip(100), true, "ac", "checksum")
	f("a flipped byte in the footer", extData, flip(-8), false, "ac", "damaged")
	f("no magic number", extData, flip(-1), false, "ac", "no Parquet file")
	f("filters cut short", extFilters, cut, false, "abc", "")
	f("no filters", extFilters, nil, false, "abc", "")
	f("a flipped byte in the filters", extFilters, flip(10), false, "abc", "")
}

// TestDamagedFilters holds that filters that cannot be believed leave nothing
// out.
func TestDamagedFilters(t *testing.T) {
	dir, files := three(t)
	change(t, files[1]+extFilters, func(b []byte) []byte { b[3] ^= 1; return b })
	if err := os.Remove(files[2] + extFilters); err != nil {
		t.Fatal(err)
	}
	l, r := open(t, Options{Dir: dir})
	if len(r.NoFilters) != 1 {
		t.Errorf("recovery: %s", r)
	}
	sel := All(event.ClassAudit)
	sel.Equal = []sql.Equal{{Column: "metadata_uid", Values: []string{"nobody"}}}
	if got := strings.Join(uids(scan(t, l, sel)), ""); got != "bc" {
		t.Errorf("%q was read, want %q", got, "bc")
	}
}

// TestNoManifest holds that a store without its manifest is taken up from its
// segments.
func TestNoManifest(t *testing.T) {
	f := func(what string, harm func(dir string), want string, aside int) {
		t.Helper()
		dir, _ := three(t)
		harm(dir)
		l, r := open(t, Options{Dir: dir})
		if !r.Rebuilt || len(r.Aside) != aside {
			t.Errorf("%s: %s", what, r)
		}
		if got := strings.Join(uids(scan(t, l, All(event.ClassAudit))), ""); got != want || l.Mark("p") != uint64(len(want)) {
			t.Errorf("%s: %q answers with mark %d, want %q", what, got, l.Mark("p"), want)
		}
		s := l.Stats().Tables[0]
		if s.Open != int64(len(want)) || s.Oldest.IsZero() || s.OldestReceived.IsZero() {
			t.Errorf("%s: %+v", what, s)
		}
	}
	remove := func(dir string) {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(filepath.Join(dir, manifestName+suffix))
		}
	}
	f("no manifest", remove, "abc", 0)
	f("a manifest that is none", func(dir string) {
		remove(dir)
		os.WriteFile(filepath.Join(dir, manifestName), []byte(strings.Repeat("no database", 1000)), 0o600)
	}, "abc", 0)
	f("no manifest and a part of an append", func(dir string) {
		l, _ := open(t, Options{Dir: dir})
		store(t, l, "p", 4, 4, full(event.ClassAudit), full(event.ClassNetwork))
		l.Close()
		remove(dir)
		names, err := filepath.Glob(filepath.Join(dir, "seg/network/*/*/*.parquet"))
		if err != nil || len(names) != 1 {
			t.Fatal(names, err)
		}
		if err := os.Remove(names[0]); err != nil {
			t.Fatal(err)
		}
	}, "abc", 1)
}

// TestDamageIsNotMerged holds that a segment whose bytes changed is set aside
// when it is merged, and that the others are merged by the next call.
func TestDamageIsNotMerged(t *testing.T) {
	dir, files := three(t)
	now := &clock{base.Add(3 * time.Hour)}
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	change(t, files[1]+extData, func(b []byte) []byte { b[100] ^= 1; return b })
	if u, err := l.Maintain(t.Context()); err != nil || len(l.Stats().Aside) != 1 {
		t.Error(u, err)
	}
	if u := maintain(t, l); u.Merged != 2 {
		t.Error(u)
	}
	if got := strings.Join(uids(scan(t, l, All(event.ClassAudit))), ""); got != "ac" || len(l.Stats().Aside) != 1 {
		t.Errorf("%q answers; %+v", got, l.Stats())
	}
}

func TestVerify(t *testing.T) {
	dir, files := three(t)
	l, _ := open(t, Options{Dir: dir})
	if found, err := l.Verify(t.Context()); err != nil || len(found) != 0 {
		t.Errorf("a whole store: %v %v", found, err)
	}
	change(t, files[0]+extData, func(b []byte) []byte { b[100] ^= 1; return b })
	if found, err := l.Verify(t.Context()); err != nil || len(found) != 1 || !strings.Contains(found[0].Reason, "checksum") {
		t.Errorf("a damaged store: %v %v", found, err)
	}
	if got := strings.Join(uids(scan(t, l, All(event.ClassAudit))), ""); got != "bc" {
		t.Errorf("%q answers", got)
	}
}

// TestManifestAfterMerge holds that a manifest can be made anew from merged
// segments beside those that they replaced.
func TestManifestAfterMerge(t *testing.T) {
	dir, _ := three(t)
	now := &clock{base.Add(3 * time.Hour)}
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	maintain(t, l)
	l.Close()
	if err := os.Remove(filepath.Join(dir, manifestName)); err != nil {
		t.Fatal(err)
	}
	l, r := open(t, Options{Dir: dir, Now: now.now})
	if got := strings.Join(uids(scan(t, l, All(event.ClassAudit))), ""); got != "abc" || l.Mark("p") != 3 || l.Stats().Segments != 1 {
		t.Errorf("%q answers with mark %d: %s", got, l.Mark("p"), r)
	}
}
