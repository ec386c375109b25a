package lake

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	kqlsql "github.com/lynceus-io/lynceus/kql/sql"
)

var update = flag.Bool("update", false, "write testdata/older anew")

// olderFields are the columns of the release that wrote testdata/older.
func olderFields(c event.Class) []*event.Field {
	left := []event.FieldID{event.K8sServiceAccount.ID(), event.Status.ID(), event.AuditDialect.ID(), event.AuditCredentialPlaces.ID(), event.AuditListedAddress.ID(), event.AuditDryRun.ID()}
	return slices.DeleteFunc(event.Columns(c), func(f *event.Field) bool { return slices.Contains(left, f.ID) })
}

// writeOlder makes a store with fewer columns: a merged segment of requests
// and two appended ones.
func writeOlder(t *testing.T, dir string) {
	t.Helper()
	now := &clock{base}
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	l.tables[event.ClassAudit] = newTable(event.ClassAudit, olderFields(event.ClassAudit))
	m := newMaker(11)
	for seq := range uint64(4) {
		if seq == 2 {
			now.at = base.Add(80 * time.Minute)
			m.at = now.at
			maintain(t, l)
		}
		var events []*event.Event
		for range 5 {
			e := &event.Event{}
			m.audit(e)
			events = append(events, e.Clone())
		}
		store(t, l, "p", seq+1, seq+1, events...)
	}
	now.at = base.Add(100 * time.Minute)
	maintain(t, l) // removes what was merged
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOlder opens a store that an earlier release wrote, with fewer columns
// than there are today: it answers, is appended to and merged.
func TestOlder(t *testing.T) {
	golden := filepath.Join("testdata", "older")
	if *update {
		if err := os.RemoveAll(golden); err != nil {
			t.Fatal(err)
		}
		writeOlder(t, golden)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	now := &clock{base.Add(100 * time.Minute)}
	l, r := open(t, Options{Dir: dir, Now: now.now, Verify: true})
	if !r.Clean() || r.Rows != 20 || r.Segments != 3 || l.Mark("p") != 4 {
		t.Fatalf("mark %d: %s", l.Mark("p"), r)
	}
	m, want := newMaker(11), []string(nil)
	for i := range 20 {
		if i == 10 {
			m.at = base.Add(80 * time.Minute)
		}
		e := &event.Event{}
		m.audit(e)
		for _, f := range event.Columns(event.ClassAudit) {
			if !slices.Contains(olderFields(event.ClassAudit), f) {
				e.Clear(f.ID)
			}
		}
		want = append(want, sorted([]*event.Event{e})...)
	}
	slices.Sort(want)
	if got := sorted(scan(t, l, All(event.ClassAudit))); !slices.Equal(got, want) {
		t.Errorf("events of an earlier release came back as\n%q\nwant\n%q", got, want)
	}
	sel := All(event.ClassAudit)
	sel.Equal = []kqlsql.Equal{{Column: "audit_dialect", Values: []string{"kubernetes"}}}
	if got := scan(t, l, sel); len(got) != 0 {
		t.Errorf("%d events were read for a column that none has", len(got))
	}
	e := &event.Event{}
	m.at = now.at
	m.audit(e)
	store(t, l, "p", 5, 5, e)
	if got := scan(t, l, sel); len(got) != 1 {
		t.Errorf("%d events were read for a column that one has", len(got))
	}
	now.at = base.Add(4 * time.Hour)
	if u := maintain(t, l); u.Merged != 3 || u.Into != 1 {
		t.Errorf("merged: %s", u)
	}
	if got := sorted(scan(t, l, All(event.ClassAudit))); !slices.Equal(got, slices.Sorted(slices.Values(append(want, sorted([]*event.Event{e})...)))) {
		t.Error("merging changed events of an earlier release")
	}
}

// TestNewer holds that a store of a newer release is refused, and not
// changed.
func TestNewer(t *testing.T) {
	dir, _ := three(t)
	l, _ := open(t, Options{Dir: dir})
	if _, err := l.m.db.Exec(`UPDATE meta SET value = '99'`); err != nil {
		t.Fatal(err)
	}
	l.Close()
	files := func() (n int) {
		filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { n++; return err })
		return n
	}
	before := files()
	if _, _, err := Open(context.Background(), Options{Dir: dir}); err == nil || files() != before {
		t.Errorf("a newer store: %v, %d files of %d", err, files(), before)
	}
}
