package lake

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// maintain runs Maintain, or fails.
func maintain(t testing.TB, l *Lake) Upkeep {
	t.Helper()
	u, err := l.Maintain(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// sorted returns the events in a form that can be compared, by identity.
func sorted(events []*event.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = fmt.Sprint(event.MetadataUID.Get(e), fields(stored(e)))
	}
	slices.Sort(out)
	return out
}

func TestMerge(t *testing.T) {
	at := &clock{base}
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir, Now: at.now})
	m := newMaker(3)
	var all []*event.Event
	for i := range uint64(10) {
		var events []*event.Event
		for n := range 200 {
			e := &event.Event{}
			if n%2 == 0 {
				m.audit(e)
			} else {
				m.network(e)
			}
			events = append(events, e.Clone())
		}
		event.RawData.Set(events[0], fmt.Sprintf(`{"note":"grüße %d from afar"}`, i))
		events[0].Raw = []byte(event.RawData.Get(events[0]))
		event.AuditExecCommand.Set(events[2], []string{"sh", "-c", ""})
		event.AuditListedAddress.Set(events[4], nil)
		store(t, l, "p", i+1, i+1, events...)
		all = append(all, events...)
	}
	read := func() []*event.Event {
		return append(scan(t, l, All(event.ClassAudit)), scan(t, l, All(event.ClassNetwork))...)
	}
	if u := maintain(t, l); u.Merged != 0 {
		t.Errorf("an hour that goes on was merged: %s", u)
	}
	at.at = base.Add(time.Hour + 10*time.Minute)
	u := maintain(t, l)
	if u.Merged != 20 || u.Into != 2 || u.MergedRows != 2000 || u.Superseded != 0 {
		t.Errorf("merged: %s", u)
	}
	if !reflect.DeepEqual(sorted(read()), sorted(all)) {
		t.Error("merging changed events")
	}
	if u := maintain(t, l); u.Merged != 0 || u.Removed != 0 {
		t.Errorf("merged once more: %s", u)
	}
	at.at = at.at.Add(time.Hour)
	if u := maintain(t, l); u.Removed != 20 {
		t.Errorf("after the grace period: %s", u)
	}
	s := l.Stats()
	if s.Segments != 2 || s.Rows != 2000 || s.Dropped != 0 {
		t.Errorf("stats: %+v", s)
	}
	for _, seg := range l.all() {
		checkLayout(t, l, seg)
	}
	sel := All(event.ClassAudit)
	f := func(text string, want int) {
		t.Helper()
		sel.Contains = []sql.Contains{{Column: "raw_data", Text: text}}
		snap, err := l.Pin(context.Background(), sel)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Release()
		if len(snap.Files) != want {
			t.Errorf("%q: %d files, want %d", text, len(snap.Files), want)
		}
	}
	f("grüße 3 from", 1)
	f("no such text", 0)
	l.Close()
	l, r := open(t, Options{Dir: dir, Verify: true})
	if !r.Clean() || r.Rows != 2000 {
		t.Errorf("opened again: %s", r)
	}
}

// checkLayout holds that a merged segment is in order and has the Bloom
// filters that queries rely on.
func checkLayout(t *testing.T, l *Lake, seg *segment) {
	t.Helper()
	f, p, err := l.openData(seg.name, readBuffer)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := l.tables[seg.class]
	used := make([]bool, len(all.columns))
	for _, n := range seg.columns.names {
		used[all.byName[n]] = true
	}
	tab := newLean(all, used).table
	for _, g := range p.Metadata().RowGroups {
		for i, c := range tab.columns {
			has := g.Columns[i].MetaData.BloomFilterOffset > 0
			if has != c.bloom {
				t.Errorf("%s: Bloom filter of %s: %v, want %v", seg.name, c.name, has, c.bloom)
			}
		}
	}
	whole, err := os.Open(l.disk.path(seg.dataFile()))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	p, err = parquet.OpenFile(whole, seg.bytes)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range p.RowGroups() {
		times, err := readColumn(g, tab.time, false)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(times.values, func(a, b parquet.Value) int { return compareTimes(&a, &b) }) {
			t.Errorf("%s: not in order of time", seg.name)
		}
		pods, err := readColumn(g, tab.byName["k8s_pod"], false)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range pods.values {
			if ok, err := g.ColumnChunks()[tab.byName["k8s_pod"]].BloomFilter().Check(v); err != nil || !ok {
				t.Fatalf("%s: the filter denies %v (%v)", seg.name, v, err)
			}
		}
	}
}

// request returns an event of an API request at a stage.
func request(uid, stage string, revision int64, at time.Time) *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	event.MetadataUID.Set(e, uid)
	event.MetadataRevision.Set(e, revision)
	event.AuditStage.Set(e, stage)
	event.Time.Set(e, at.UnixNano())
	event.ReceivedTime.Set(e, at.UnixNano())
	return e
}

func TestSuperseded(t *testing.T) {
	at := &clock{base}
	l, _ := open(t, Options{Dir: t.TempDir(), Now: at.now})
	next := base.Add(time.Hour)
	store(t, l, "p", 1, 1, request("a", "RequestReceived", 0, base), request("b", "RequestReceived", 0, base), request("c", "RequestReceived", 0, base), request("d", "ResponseComplete", 0, base))
	store(t, l, "p", 2, 2, request("a", "ResponseStarted", 1, base))
	store(t, l, "p", 3, 3, request("a", "ResponseComplete", 2, base), request("b", "ResponseStarted", 1, base))
	store(t, l, "p", 4, 4, request("b", "ResponseComplete", 2, next))
	f := func(what string, rows, open, amending int64) {
		t.Helper()
		var got []string
		for _, e := range scan(t, l, All(event.ClassAudit)) {
			got = append(got, event.MetadataUID.Get(e)+" "+event.AuditStage.Get(e))
		}
		slices.Sort(got)
		if want := []string{"a ResponseComplete", "b ResponseComplete", "c RequestReceived", "d ResponseComplete"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		s := l.Stats().Tables[0]
		if s.Rows != rows || s.Open != open || s.Amending != amending {
			t.Errorf("%s: %d rows, %d open, %d amending; want %d, %d, %d", what, s.Rows, s.Open, s.Amending, rows, open, amending)
		}
		snap, err := l.Pin(context.Background(), All(event.ClassAudit))
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Release()
		var n int64
		for _, file := range snap.Amending {
			n += file.Amending
		}
		if n != amending {
			t.Errorf("%s: %d amending rows in the snapshot, want %d", what, n, amending)
		}
	}
	f("as appended", 8, 5, 4)
	at.at = base.Add(90 * time.Minute)
	if u := maintain(t, l); u.Superseded != 4 {
		t.Errorf("merged: %s", u)
	}
	f("the first hour merged", 4, 1, 1)
	at.at = base.Add(3 * time.Hour)
	maintain(t, l)
	f("both merged", 4, 1, 1)
}

func TestBatches(t *testing.T) {
	many := func(n, level int, rows int64) (out []*segment) {
		for i := range n {
			out = append(out, &segment{id: int64(i), level: level, segmentStats: segmentStats{rows: rows}})
		}
		return out
	}
	f := func(what string, segments []*segment, over bool, want ...int) {
		t.Helper()
		var got []int
		for _, b := range batches(segments, over) {
			got = append(got, len(b))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: batches of %v, want %v", what, got, want)
		}
	}
	f("nothing", nil, true)
	f("a few in an hour that goes on", many(63, 0, 10), false)
	f("enough in an hour that goes on", many(64, 0, 10), false, 64)
	f("with some small ones", append(many(64, 0, 10), many(15, 1, 10)...), false, 64)
	f("with many small ones", append(many(64, 0, 10), many(16, 1, 10)...), false, 80)
	f("one that is over", many(1, 0, 10), true, 1)
	f("over and merged", many(1, 1, 10), true)
	f("over and in two small parts", many(2, 1, 10), true, 2)
	f("over and in large parts", many(2, 1, maxMergedRows/2), true)
	f("large ones", many(40, 0, 65536), true, 16, 16, 8)
}
