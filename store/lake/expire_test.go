package lake

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// at returns an event of class c received at a time.
func at(c event.Class, uid string, when time.Time) *event.Event {
	e := &event.Event{}
	e.Reset(c)
	event.MetadataUID.Set(e, uid)
	event.Time.Set(e, when.UnixNano())
	event.ReceivedTime.Set(e, when.UnixNano())
	return e
}

func TestRetention(t *testing.T) {
	now := &clock{base.Add(time.Minute)}
	l, _ := open(t, Options{Dir: t.TempDir(), Now: now.now, Retention: map[event.Class]time.Duration{event.ClassNetwork: 3 * time.Hour}})
	for i := range 6 {
		when := base.Add(time.Duration(i) * time.Hour)
		store(t, l, "p", uint64(i+1), uint64(i+1), at(event.ClassNetwork, "n", when), at(event.ClassAudit, "a", when))
	}
	f := func(hours float64, network, audit int) {
		t.Helper()
		now.at = base.Add(time.Duration(hours * float64(time.Hour)))
		maintain(t, l)
		if n := len(scan(t, l, All(event.ClassNetwork))); n != network {
			t.Errorf("after %v hours: %d network events, want %d", hours, n, network)
		}
		if n := len(scan(t, l, All(event.ClassAudit))); n != audit {
			t.Errorf("after %v hours: %d audit events, want %d", hours, n, audit)
		}
	}
	f(3.9, 6, 6)
	f(4, 5, 6)
	f(6.5, 3, 6)
	f(20, 0, 6)
}

func TestMaxBytes(t *testing.T) {
	dir := t.TempDir()
	now := &clock{base.Add(5*time.Hour + time.Minute)}
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	for i := range 6 {
		when := base.Add(time.Duration(i) * time.Hour)
		store(t, l, "p", uint64(i+1), uint64(i+1), at(event.ClassNetwork, "n", when), at(event.ClassAudit, "a", when))
	}
	total := l.Stats().Bytes
	l.Close()
	l, _ = open(t, Options{Dir: dir, Now: now.now, MaxBytes: total * 2 / 3})
	u := maintain(t, l)
	if u.Expired != 4 {
		t.Errorf("%s; %d bytes of %d are left", u, l.Stats().Bytes, total)
	}
	for _, c := range []event.Class{event.ClassNetwork, event.ClassAudit} {
		if first, _, _ := l.Span(c); !first.Equal(base.Add(2 * time.Hour)) {
			t.Errorf("%s begins at %v", c, first)
		}
	}
}

// TestPinned holds that files stay while a snapshot has them, or for the grace
// period, and are gone after both.
func TestPinned(t *testing.T) {
	now := &clock{base}
	l, _ := open(t, Options{Dir: t.TempDir(), Now: now.now, Grace: time.Hour, Retention: map[event.Class]time.Duration{event.ClassAudit: time.Hour}})
	store(t, l, "p", 1, 1, at(event.ClassAudit, "a", base))
	snap, err := l.Pin(context.Background(), All(event.ClassAudit))
	if err != nil {
		t.Fatal(err)
	}
	name := snap.Files[0].Path
	f := func(what string, after time.Duration, want bool) {
		t.Helper()
		now.at = base.Add(after)
		maintain(t, l)
		_, err := os.Stat(name)
		if there := !errors.Is(err, fs.ErrNotExist); there != want {
			t.Errorf("%s: the file is there: %v", what, there)
		}
	}
	f("live", time.Minute, true)
	f("dropped", 3*time.Hour, true)
	f("after the grace period", 5*time.Hour, true)
	snap.Release()
	snap.Release()
	f("released", 5*time.Hour, false)
	if s := l.Stats(); s.Dropped != 0 || s.Rows != 0 {
		t.Errorf("stats: %+v", s)
	}
	entries, err := os.ReadDir(l.disk.path("seg/audit"))
	if err != nil || len(entries) != 0 {
		t.Errorf("directories are left: %v %v", entries, err)
	}
	store(t, l, "p", 2, 2, at(event.ClassAudit, "b", now.at))
	if got := uids(scan(t, l, All(event.ClassAudit))); !slices.Equal(got, []string{"b"}) {
		t.Errorf("after all that: %q", got)
	}
}
