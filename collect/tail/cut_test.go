package tail

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/event"
)

// cutSink keeps what a Tail itself tells.
type cutSink struct {
	*memory
	told []string
}

func (s *cutSink) Take(ctx context.Context, b *audit.Batch) error {
	if err := s.memory.Take(ctx, b); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range b.Len() {
		if e := b.Event(i); event.LogName.Get(e) == intake.NoticeName {
			s.told = append(s.told, strings.Clone(event.K8sNode.Get(e)+" "+event.MetadataLogProvider.Get(e)+" "+event.Message.Get(e)))
		}
	}
	return nil
}

func (s *cutSink) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.told)
}

// TestCut: a log that is emptied, shortened or edited is told of once, with what was read of it; rotation in any form, and
// what nobody had read, is not.
func TestCut(t *testing.T) {
	edit := func(w *world, change func(string) string) string {
		w.Helper()
		text, err := os.ReadFile(w.path("audit.log"))
		if err != nil {
			w.Fatal(err)
		}
		return change(string(text))
	}
	second := func(text string) string { // without its second line
		lines := strings.SplitAfter(text, "\n")
		return strings.Join(append(lines[:8:8], lines[9:]...), "")
	}
	for name, test := range map[string]struct {
		do   func(w *world)
		want int
	}{
		"emptied":        {func(w *world) { w.truncate("audit.log", 0) }, 1},
		"emptied and on": {func(w *world) { w.truncate("audit.log", 0); w.wait(time.Second); w.write("audit.log", 3) }, 1},
		"longer at once": {func(w *world) { w.truncate("audit.log", 0); w.write("audit.log", 50) }, 1},
		"its last lines": {func(w *world) { w.truncate("audit.log", 1500) }, 1},
		"by an editor":   {func(w *world) { w.append("new", edit(w, second)); w.rename("new", "audit.log") }, 1},
		"in place":       {func(w *world) { s := edit(w, second); w.truncate("audit.log", 0); w.append("audit.log", s) }, 1},
		"emptied twice": {func(w *world) {
			w.truncate("audit.log", 0)
			w.write("audit.log", 9)
			w.wait(5 * time.Minute)
			w.truncate("audit.log", 0)
		}, 2},
		"while nobody looked": {func(w *world) { w.stop(); w.truncate("audit.log", 0); w.write("audit.log", 2); w.start() }, 1},
		"told after a restart": {func(w *world) {
			w.truncate("audit.log", 0)
			w.write("audit.log", 2)
			w.wait(5 * time.Second)
			w.crash()
			w.start()
		}, 1},
		"the store is full at first": {func(w *world) {
			w.mu.Lock()
			until := time.Now().Add(10 * time.Minute)
			w.fail = func(int) error {
				if time.Now().Before(until) {
					return errFull
				}
				return nil
			}
			w.mu.Unlock()
			w.truncate("audit.log", 0)
		}, 1},
		"written on":           {func(w *world) { w.write("audit.log", 9) }, 0},
		"renamed":              {func(w *world) { w.rename("audit.log", "audit.log.1"); w.write("audit.log", 9) }, 0},
		"renamed out of sight": {func(w *world) { w.rename("audit.log", "old"); w.write("audit.log", 9) }, 0},
		"deleted":              {func(w *world) { w.remove("audit.log"); w.wait(time.Second); w.write("audit.log", 9) }, 0},
		"copied and truncated": {func(w *world) {
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.write("audit.log", 9)
		}, 0},
		"copied, truncated, compressed": {func(w *world) {
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.copy("audit.log.1", "audit.log.1.gz")
			w.remove("audit.log.1")
			w.write("audit.log", 9)
		}, 0},
		"a copy with less of it": {func(w *world) {
			w.append("audit.log.1", edit(w, func(s string) string { return s[:1500] }))
			w.truncate("audit.log", 0)
		}, 1},
		"rotated while nobody looked": {func(w *world) {
			w.stop()
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.write("audit.log", 9)
			w.start()
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := &cutSink{}
				w := newWorld(t, dir, func(o *Options) { o.Node = "node-1" })
				s.memory = w.memory
				w.opts.Sink = s
				w.write("audit.log", 20)
				w.start()
				w.wait(3 * time.Second)
				test.do(w)
				w.wait(30 * time.Second)
				if told := s.said(); len(told) > 0 && name != "emptied twice" {
					t.Errorf("told while it may be a rotation: %q", told)
				}
				w.wait(30 * time.Minute)
				w.start()
				w.wait(30 * time.Minute)
				w.stop()
				told := s.said()
				if len(told) != test.want || test.want > 0 && (!strings.HasPrefix(told[0], "node-1 lynceus log was cut: ") || !strings.Contains(told[0], "audit.log no longer has the 20 lines (")) {
					t.Errorf("told %q, want %d", told, test.want)
				}
			})
		})
	}
}
