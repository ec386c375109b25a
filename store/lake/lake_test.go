package lake

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// stored is e as a store keeps it: empty text is absent, times are whole
// microseconds.
func stored(e *event.Event) *event.Event {
	c := &event.Event{}
	c.Reset(e.Class)
	c.Raw = e.Raw
	for _, f := range event.Columns(e.Class) {
		switch f.Type {
		case event.TypeStrings:
			if v, ok := e.List(f.ID); ok {
				event.StringsField(f.ID).Set(c, append([]string{}, v...))
			}
		case event.TypeInt:
			if v, ok := e.Number(f.ID); ok {
				event.IntField(f.ID).Set(c, v)
			}
		case event.TypeBool:
			if v, ok := e.Number(f.ID); ok {
				event.BoolField(f.ID).Set(c, v != 0)
			}
		case event.TypeTime:
			if v, ok := e.Number(f.ID); ok {
				event.TimeField(f.ID).Set(c, micros(v)*1000)
			}
		default:
			if v, _ := e.Text(f.ID); v != "" {
				event.StringField(f.ID).Set(c, v)
			}
		}
	}
	return c
}

// fields returns what an event has, by name.
func fields(e *event.Event) map[string]any {
	out := map[string]any{"": string(e.Raw)}
	for _, f := range event.Columns(e.Class) {
		if v, ok := e.Text(f.ID); ok {
			out[f.Name] = v
		}
		if v, ok := e.Number(f.ID); ok {
			out[f.Name] = v
		}
		if v, ok := e.List(f.ID); ok {
			out[f.Name] = append([]string{}, v...)
		}
	}
	return out
}

// full returns an event of class c with every field.
func full(c event.Class) *event.Event {
	e := &event.Event{}
	e.Reset(c)
	for i, f := range event.Columns(c) {
		switch f.Type {
		case event.TypeStrings:
			event.StringsField(f.ID).Set(e, []string{"one", "", f.Name})
		case event.TypeInt:
			event.IntField(f.ID).Set(e, int64(i)-3)
		case event.TypeBool:
			event.BoolField(f.ID).Set(e, i%2 == 0)
		case event.TypeTime:
			event.TimeField(f.ID).Set(e, base.UnixNano()+int64(i)*1_234_567)
		default:
			event.StringField(f.ID).Set(e, "text of "+f.Name)
		}
	}
	event.MetadataRevision.Set(e, 0)
	e.Raw = []byte(event.RawData.Get(e))
	return e
}

// sparse returns an event of class c with as little as possible: an empty
// list, zeros, and no time.
func sparse(c event.Class) *event.Event {
	e := &event.Event{}
	e.Reset(c)
	event.MetadataUID.Set(e, "sparse")
	event.ActorUserGroups.Set(e, nil)
	event.SrcEndpointPort.Set(e, 0)
	event.ReceivedTime.Set(e, base.UnixNano())
	return e
}

func TestRoundTrip(t *testing.T) {
	l, _ := open(t, Options{Dir: t.TempDir()})
	var seq uint64
	for _, c := range event.Classes() {
		in := []*event.Event{sparse(c), full(c)}
		seq++
		store(t, l, "audit/0", seq, seq, in...)
		got := scan(t, l, All(c))
		if len(got) != len(in) {
			t.Errorf("%s: %d events came back, want %d", c, len(got), len(in))
			continue
		}
		for i, e := range in {
			if want, have := fields(stored(e)), fields(got[i]); !reflect.DeepEqual(want, have) {
				t.Errorf("%s: event %d came back as\n%v\nwant\n%v", c, i, have, want)
			}
		}
	}
	if got := l.Mark("audit/0"); got != seq {
		t.Errorf("mark is %d, want %d", got, seq)
	}
}

func TestMarks(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir})
	store(t, l, "p", 1, 10, full(event.ClassAudit))
	store(t, l, "q", 5, 7)
	f := func(from, to uint64, want error) {
		t.Helper()
		a := l.Begin("p", from, to)
		if err := a.Commit(context.Background()); !errors.Is(err, want) {
			t.Errorf("append of %d to %d: %v, want %v", from, to, err, want)
		}
	}
	f(10, 20, ErrCovered)
	f(3, 4, ErrCovered)
	f(11, 20, nil)
	early, late := l.Begin("p", 21, 25), l.Begin("p", 21, 30)
	if err := late.Commit(context.Background()); err != nil {
		t.Error(err)
	}
	if err := early.Commit(context.Background()); !errors.Is(err, ErrCovered) {
		t.Errorf("an append that came second: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, r := open(t, Options{Dir: dir})
	if l.Mark("p") != 30 || l.Mark("q") != 7 || l.Mark("r") != 0 || !r.Clean() || r.Rows != 1 {
		t.Errorf("opened again: marks %d %d %d, %s", l.Mark("p"), l.Mark("q"), l.Mark("r"), r)
	}
}

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir})
	if _, _, err := Open(context.Background(), Options{Dir: dir}); !errors.Is(err, ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	ro, _ := open(t, Options{Dir: dir, ReadOnly: true})
	store(t, l, "p", 1, 1, full(event.ClassAudit))
	if got := scan(t, ro, All(event.ClassAudit)); len(got) != 1 {
		t.Errorf("a reader saw %d events", len(got))
	}
	if err := ro.Begin("p", 2, 2).Commit(context.Background()); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a reader appended: %v", err)
	}
	if _, _, err := Open(context.Background(), Options{Dir: t.TempDir(), ReadOnly: true}); err == nil {
		t.Error("a reader opened an empty directory")
	}
}

func TestPrune(t *testing.T) {
	l, _ := open(t, Options{Dir: t.TempDir()})
	m := newMaker(1)
	for i := range uint64(4) {
		var events []*event.Event
		for range 100 {
			e := &event.Event{}
			m.audit(e)
			events = append(events, e.Clone())
		}
		event.ActorUserName.Set(events[50], "Needle-"+string(rune('a'+i)))
		event.ResourceName.Set(events[51], "hay-XMRIG-"+string(rune('a'+i)))
		event.AuditSourceIPs.Set(events[52], []string{"1.1.1.1", "192.0.2." + string(rune('5'+i))})
		event.RawData.Set(events[53], `{"note":"Straße `+string(rune('a'+i))+`lpha"}`)
		store(t, l, "p", i+1, i+1, events...)
		m.at = m.at.Add(m.step * 1000)
	}
	f := func(what string, sel Selection, want int) {
		t.Helper()
		snap, err := l.Pin(context.Background(), sel)
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Release()
		if len(snap.Files) != want || snap.Pruned != 4-want || snap.Total != 4 {
			t.Errorf("%s: %d files of %d, want %d", what, len(snap.Files), snap.Total, want)
		}
		if !slices.IsSortedFunc(snap.Files, func(a, b File) int { return int(b.MaxTime - a.MaxTime) }) {
			t.Errorf("%s: the newest is not first", what)
		}
	}
	equal := func(fold bool, column string, values ...string) Selection {
		s := All(event.ClassAudit)
		s.Equal = []sql.Equal{{Column: column, Values: values, Fold: fold}}
		return s
	}
	contains := func(column, text string) Selection {
		s := All(event.ClassAudit)
		s.Contains = []sql.Contains{{Column: column, Text: text}}
		return s
	}
	f("all", All(event.ClassAudit), 4)
	f("one user", equal(false, "actor_user_name", "Needle-b"), 1)
	f("one user, folded", equal(true, "actor_user_name", "needle-b"), 1)
	f("two users", equal(false, "actor_user_name", "Needle-b", "Needle-c"), 2)
	f("nobody", equal(false, "actor_user_name", "nobody"), 0)
	f("nobody or the empty name", equal(false, "actor_user_name", "nobody", ""), 4)
	f("an element of a list", equal(false, "audit_source_ips", "192.0.2.7"), 1)
	f("a column that is not there", equal(false, "no_such_column", "x"), 4)
	f("a column that is no text", equal(false, "api_response_code", "200"), 4)
	f("a part", contains("resource_name", "xmrig-d"), 1)
	f("a part of all", contains("resource_name", "-xmrig-"), 4)
	f("a short part", contains("resource_name", "zzz"), 4)
	f("a part of nothing", contains("resource_name", "qqqqwwww"), 0)
	f("a part of the document, before it is merged", contains("raw_data", "straße alpha"), 4)
	early := All(event.ClassAudit)
	early.To = base.UnixNano() + 50_000_000
	f("the first milliseconds", early, 1)
	both := equal(false, "actor_user_name", "Needle-b")
	both.Contains = []sql.Contains{{Column: "resource_name", Text: "xmrig-c"}}
	f("two conditions that no segment has", both, 0)
}
