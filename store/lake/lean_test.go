package lake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// Appended segments have the columns that some event had a value of so far; what comes with others begins a segment. Merged
// segments have those that some source has, and whoever asks sees the same as if all had all.
func TestLean(t *testing.T) {
	now := &clock{base}
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	var want []*event.Event
	row := func(i int, set func(*event.Event)) *event.Event {
		e := &event.Event{}
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(e, fmt.Sprintf("%032d", i))
		event.Time.Set(e, base.UnixNano()+int64(i)*1000)
		event.ReceivedTime.Set(e, base.UnixNano())
		set(e)
		want = append(want, e)
		return e
	}
	var first []*event.Event
	for i := range 3 * stageRows {
		first = append(first, row(i, func(e *event.Event) {
			event.ProcessCmdLine.Set(e, fmt.Sprint("command ", i))
			if i%7 == 0 {
				event.ProcessPID.Set(e, int64(i))
			}
			if i >= 2*stageRows && i%3 == 0 { // not among the first rows that are written
				event.ProcessAncestryPath.Set(e, []string{"/a", "", "/b"}[:i%4])
				event.ProcessName.Set(e, "")
			}
			if i%5 == 0 {
				event.MetadataAwaits.Set(e, true)
			}
		}))
	}
	store(t, l, "p", 1, 1, first...)
	store(t, l, "p", 2, 2, row(90_000, func(e *event.Event) { event.ActorUserName.Set(e, "root") }))
	sets, amendable := map[string]bool{}, int64(0)
	for _, s := range l.live[event.ClassProcess] {
		names := s.columns.names
		if len(names) > 12 || !slices.Contains(names, "process_cmd_line") || slices.Contains(names, "process_name") || s.columns.id == 0 {
			t.Errorf("segment %s has the columns %d %v", s.name, s.columns.id, names)
		}
		sets[strings.Join(names, " ")] = true
		amendable += s.open
	}
	if len(l.live[event.ClassProcess]) != 3 || len(sets) != 3 || amendable != (3*stageRows+4)/5 {
		t.Errorf("%d segments with %d sets of columns, %d rows may be amended", len(l.live[event.ClassProcess]), len(sets), amendable)
	}
	check := func(when string) {
		t.Helper()
		if got, want := sorted(scan(t, l, All(event.ClassProcess))), sorted(want); !slices.Equal(got, want) {
			t.Errorf("%s: %d events, want %d", when, len(got), len(want))
		}
	}
	check("as appended")
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l, _ = open(t, Options{Dir: dir, Now: now.now})
	}
	check("opened again")
	store(t, l, "p", 3, 3, row(90_001, func(e *event.Event) { event.ProcessUserUID.Set(e, 7) }))
	var union []string
	for _, s := range l.live[event.ClassProcess] {
		union = append(union, s.columns.names...)
	}
	slices.Sort(union)
	union = slices.Compact(union)
	now.at = base.Add(80 * 60e9)
	for range 4 {
		maintain(t, l)
	}
	check("merged")
	for range 2 {
		if list := l.live[event.ClassProcess]; len(list) != 1 || list[0].level != 1 || list[0].columns.id == 0 || !slices.Equal(list[0].columns.names, union) {
			t.Errorf("merged are %d segments, the first with the columns %d %v, want %v", len(list), list[0].columns.id, list[0].columns.names, union)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l, _ = open(t, Options{Dir: dir, Now: now.now})
		check("merged and opened again")
	}
}
