package lake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// waiting returns what is in the outbox, as the last numbers of the ranges
// with a letter for the table, and reads every file.
func waiting(t *testing.T, l *Lake) string {
	t.Helper()
	list, err := l.Unshipped(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var rows, bytes int64
	for _, w := range list {
		name, c, ok := segmentOf(w.ID)
		_, _, to, _ := parseAppended(name)
		if !ok || c != w.Class || waitingID(name) != w.ID {
			t.Errorf("%s: segment %q of %s", w.ID, name, c)
		}
		f, err := l.OpenWaiting(context.Background(), w.ID)
		if err != nil {
			t.Errorf("%s: %v", w.ID, err)
			continue
		}
		if p, err := openParquet(f, w.Bytes, readBuffer); err != nil || p.NumRows() != w.Rows {
			t.Errorf("%s: %v", w.ID, err)
		}
		f.Close()
		out = append(out, fmt.Sprint(to)+c.String()[:1])
		rows += w.Rows
		bytes += w.Bytes
	}
	s := l.Stats().Outbox
	if s.Segments != int64(len(list)) || s.Rows != rows || s.Bytes != bytes || s.Oldest.IsZero() != (len(list) == 0) {
		t.Errorf("stats %+v, and %d segments with %d rows and %d bytes wait", s, len(list), rows, bytes)
	}
	entries, err := os.ReadDir(l.disk.path(outboxDir))
	if err != nil || len(entries) != len(list) {
		t.Errorf("%d files, %v; want %d", len(entries), err, len(list))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func ship(t *testing.T, l *Lake, n int) {
	t.Helper()
	list, err := l.Unshipped(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range list[:n] {
		for range 2 { // the second time it is gone already
			if err := l.Shipped(context.Background(), w.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func wantWaiting(t *testing.T, l *Lake, want string) {
	t.Helper()
	if got := waiting(t, l); got != want {
		t.Errorf("%q waits, want %q", got, want)
	}
}

// TestOutbox holds that what was appended waits until it is shipped, whatever becomes of it in the store.
func TestOutbox(t *testing.T) {
	dir, now, added := t.TempDir(), &clock{base}, 0
	opts := Options{Dir: dir, Now: now.now, Grace: time.Minute, Retention: map[event.Class]time.Duration{event.ClassNetwork: time.Hour},
		Outbox: &OutboxOptions{Added: func() { added++ }}}
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	store(t, l, "p", 1, 1, at(event.ClassAudit, "before", base))
	wantWaiting(t, l, "")
	l.Close()
	l, _ = open(t, opts)
	for n := uint64(2); n <= 4; n++ {
		store(t, l, "p", n, n, at(event.ClassAudit, fmt.Sprint("a", n), base), at(event.ClassNetwork, fmt.Sprint("n", n), base))
	}
	if added != 3 {
		t.Errorf("told %d times of what was added, want 3", added)
	}
	wantWaiting(t, l, "2a 2n 3a 3n 4a 4n")
	now.at = base.Add(10 * time.Hour)
	maintain(t, l)
	now.at = now.at.Add(time.Hour)
	maintain(t, l)
	if s := l.Stats(); s.Segments != 1 {
		t.Errorf("%d segments after merging and expiry", s.Segments)
	}
	wantWaiting(t, l, "2a 2n 3a 3n 4a 4n")
	ship(t, l, 2)
	wantWaiting(t, l, "3a 3n 4a 4n")
	l.Close()
	opts.Outbox = nil // what waits stays, and nothing comes
	l, r := open(t, opts)
	if !r.Clean() {
		t.Errorf("recovery: %s", r)
	}
	store(t, l, "p", 5, 5, at(event.ClassAudit, "a5", now.at))
	wantWaiting(t, l, "3a 3n 4a 4n")
	ship(t, l, 4)
	wantWaiting(t, l, "")
}

// TestOutboxGivesUp holds that the oldest goes when there is no room, that it is counted, and that the store takes all.
func TestOutboxGivesUp(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir, Outbox: &OutboxOptions{}})
	store(t, l, "p", 1, 1, full(event.ClassAudit))
	one := l.Stats().Outbox.Bytes
	l.Close()
	opts := Options{Dir: dir, Outbox: &OutboxOptions{MaxBytes: 3*one + one/2}}
	l, _ = open(t, opts)
	for n := uint64(2); n <= 6; n++ {
		store(t, l, "p", n, n, full(event.ClassAudit))
	}
	for range 2 {
		wantWaiting(t, l, "4a 5a 6a")
		s := l.Stats()
		if s.Rows != 6 || s.Outbox.Lost.Segments != 3 || s.Outbox.Lost.Rows != 3 || s.Outbox.Lost.Bytes < 2*one || s.Outbox.Lost.Last.IsZero() {
			t.Errorf("%d rows, outbox %+v", s.Rows, s.Outbox)
		}
		l.Close()
		l, _ = open(t, opts)
	}
	l.Close()
	l, _ = open(t, Options{Dir: dir, Outbox: &OutboxOptions{MaxBytes: 1}}) // not even the newest has room
	store(t, l, "p", 7, 7, full(event.ClassAudit))
	wantWaiting(t, l, "")
	if s := l.Stats(); s.Rows != 7 || s.Outbox.Lost.Segments != 7 {
		t.Errorf("%d rows, outbox %+v", s.Rows, s.Outbox)
	}
}

// TestOutboxRecovers harms the outbox between two runs.
func TestOutboxRecovers(t *testing.T) {
	f := func(what string, harm func(dir string), want string, unfinished, unsent int) {
		t.Helper()
		dir := t.TempDir()
		opts := Options{Dir: dir, Outbox: &OutboxOptions{}}
		l, _ := open(t, opts)
		for n := uint64(1); n <= 3; n++ {
			store(t, l, "p", n, n, at(event.ClassAudit, fmt.Sprint(n), base))
		}
		ship(t, l, 1)
		l.Close()
		harm(dir)
		l, r := open(t, opts)
		if got := waiting(t, l); got != want {
			t.Errorf("%s: %q waits, want %q", what, got, want)
		}
		if len(r.Unfinished) != unfinished || len(r.Unsent) != unsent || l.Stats().Outbox.Lost.Segments != int64(unsent) {
			t.Errorf("%s: %s; %+v", what, r, l.Stats().Outbox)
		}
		if unsent > 0 && !strings.Contains(r.String(), "are not shipped") {
			t.Errorf("%s: it says %q", what, r)
		}
		l.Close()
	}
	files := func(pattern string) (names []string) {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %q, %v", pattern, names, err)
		}
		return names
	}
	clear := func(dir string) {
		for _, name := range files(filepath.Join(dir, outboxDir, "*")) {
			os.Remove(name)
		}
	}
	f("nothing", func(string) {}, "2a 3a", 0, 0)
	f("links nobody lists", func(dir string) {
		os.WriteFile(filepath.Join(dir, outboxDir, "stray"), nil, 0o600)
		first := files(filepath.Join(dir, "seg/audit/*/*/*.parquet"))[0] // as if its link had not been removed
		os.Link(first, filepath.Join(dir, outboxDir, "audit_dt=2026-03-01_hr=10_"+filepath.Base(first)))
	}, "2a 3a", 2, 0)
	f("links that are gone, with the segments there", clear, "2a 3a", 0, 0)
	f("links and segments that are gone", func(dir string) {
		clear(dir)
		os.Remove(files(filepath.Join(dir, "seg/audit/*/*/*.parquet"))[1])
	}, "3a", 0, 1)
	f("no manifest", func(dir string) {
		for _, name := range files(filepath.Join(dir, manifestName+"*")) {
			os.Remove(name)
		}
		os.WriteFile(filepath.Join(dir, outboxDir, "audit_dt=2026-03-01_hr=10_L0-p-00000000000000000009-00000000000000000009-0.parquet"), nil, 0o600)
	}, "2a 3a", 1, 0)
}

// TestOutboxDamaged holds that a file with other bytes is not shipped.
func TestOutboxDamaged(t *testing.T) {
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir, Outbox: &OutboxOptions{}})
	store(t, l, "p", 1, 1, full(event.ClassAudit))
	list, err := l.Unshipped(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	change(t, filepath.Join(dir, outboxDir, list[0].ID+extData), func(b []byte) []byte { b[100] ^= 1; return b })
	if _, err := l.OpenWaiting(context.Background(), list[0].ID); !errors.Is(err, errDamaged) {
		t.Errorf("opened a damaged file: %v", err)
	}
}

// TestOutboxCrashAtSteps stops the machine at every step that changes the disk: what is committed and was not confirmed waits, nothing
// else does.
func TestOutboxCrashAtSteps(t *testing.T) {
	errStopped := errors.New("stopped")
	for stop := 1; ; stop++ {
		dir, now, steps, where := t.TempDir(), &clock{base}, 0, ""
		opts := Options{Dir: dir, Now: now.now, Outbox: &OutboxOptions{}}
		l, _ := open(t, opts)
		l.disk.fault = func(step, name string) error {
			if steps++; steps < stop {
				return nil
			}
			if where == "" {
				where = step + " " + name
			}
			return errStopped
		}
		shipped := 0
		for n := uint64(1); n <= 2; n++ {
			a := l.Begin("p", n, n)
			a.Add(at(event.ClassAudit, fmt.Sprint("a", n), base)) // Commit tells
			a.Add(at(event.ClassNetwork, fmt.Sprint("n", n), base))
			if a.Commit(context.Background()) != nil {
				break
			}
			list, err := l.Unshipped(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if l.Shipped(context.Background(), list[0].ID) == nil {
				shipped++
			}
		}
		done := stop > steps
		l.Close()
		l, r := open(t, opts)
		var want []string
		for n := uint64(1); n <= l.Mark("p"); n++ {
			want = append(want, fmt.Sprint(n, "a"), fmt.Sprint(n, "n"))
		}
		got := strings.Fields(waiting(t, l))
		if len(got) != len(want)-shipped || len(r.Unsent) > 0 {
			t.Errorf("stopped at step %d (%s): %q waits of %q, %d shipped; %s", stop, where, got, want, shipped, r)
		}
		for n := l.Mark("p") + 1; n <= 2; n++ {
			store(t, l, "p", n, n, at(event.ClassAudit, fmt.Sprint("a", n), base), at(event.ClassNetwork, fmt.Sprint("n", n), base))
		}
		if got := strings.Fields(waiting(t, l)); len(got) != 4-shipped {
			t.Errorf("stopped at step %d (%s): %q waits in the end", stop, where, got)
		}
		l.Close()
		if done {
			return
		}
	}
}
