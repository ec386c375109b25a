package tail

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRotation: events in are events out, each once, whatever happens to the
// files while they are followed, or while nobody does.
func TestRotation(t *testing.T) {
	for name, test := range map[string]struct {
		do    func(w *world)
		again int // events that may come twice
	}{
		"grows":           {func(w *world) { w.write("audit.log", 3); w.wait(time.Second); w.write("audit.log", 3) }, 0},
		"appears later":   {func(w *world) { w.wait(time.Hour); w.write("audit.log", 3) }, 0},
		"empty at first":  {func(w *world) { w.append("audit.log", ""); w.wait(time.Hour); w.write("audit.log", 3) }, 0},
		"several at once": {func(w *world) { w.write("audit-a.log", 500); w.write("audit-b.log", 500) }, 0},
		"renamed within the paths": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.rename("audit.log", "audit-1.log")
			w.write("audit-1.log", 9) // the writer still has the old one
			w.write("audit.log", 9)
		}, 0},
		"renamed out of the paths": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.write("audit.log", 9)
			w.rename("audit.log", "old.log")
			w.wait(5 * time.Second)
			w.write("old.log", 9)
			w.write("audit.log", 9)
		}, 0},
		"renamed twice": {func(w *world) {
			for range 5 {
				w.write("audit.log", 9)
				w.wait(time.Second)
				if _, err := os.Stat(w.path("audit.log.1")); err == nil {
					w.rename("audit.log.1", "audit.log.2")
				}
				w.rename("audit.log", "audit.log.1")
			}
		}, 0},
		"compressed": {func(w *world) {
			w.write("audit.log", 99)
			w.wait(time.Second)
			w.rename("audit.log", "audit-1.log")
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.copy("audit-1.log", "audit-1.log.gz")
			w.wait(time.Second)
			w.remove("audit-1.log")
			w.wait(time.Hour)
		}, 0},
		"compressed before it was read to its end": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.stop()
			w.write("audit.log", 9)
			w.copy("audit.log", "audit-1.log.gz")
			w.remove("audit.log")
			w.write("audit.log", 9)
			w.start()
		}, 0},
		"compressed slowly": {func(w *world) {
			w.write("audit.log", 99)
			w.wait(5 * time.Second)
			w.stop()
			w.write("audit.log", 9)
			w.copy("audit.log", "audit-1.log.gz")
			w.remove("audit.log")
			whole, err := os.ReadFile(w.path("audit-1.log.gz"))
			if err != nil {
				w.Fatal(err)
			}
			w.truncate("audit-1.log.gz", int64(len(whole)/2))
			w.start()
			w.wait(time.Minute)
			w.append("audit-1.log.gz", string(whole[len(whole)/2:]))
		}, 0},
		"copied and truncated": {func(w *world) {
			w.write("audit.log", 99)
			w.wait(time.Second)
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.write("audit.log", 200)
		}, 0},
		"written between copy and what was read": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.write("audit.log", 9)
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.write("audit.log", 9)
		}, 0},
		"truncated and longer at once": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.truncate("audit.log", 0)
			w.write("audit.log", 50)
		}, 0},
		"truncated while nobody looked": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.stop()
			w.copy("audit.log", "audit.log.1")
			w.truncate("audit.log", 0)
			w.write("audit.log", 50)
			w.start()
		}, 0},
		"deleted": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.remove("audit.log")
			w.wait(time.Second)
			w.write("audit.log", 9)
		}, 0},
		"deleted after it grew": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.write("audit.log", 9)
			w.remove("audit.log")
			w.write("audit.log", 9)
		}, 0},
		"replaced": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.write("new", 9)
			w.rename("new", "audit.log")
		}, 0},
		"copied": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(time.Second)
			w.copy("audit.log", "audit-copy.log")
			w.wait(time.Second)
			w.write("audit.log", 9)
		}, 0},
		"copied while nobody looked": {func(w *world) {
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.stop()
			w.copy("audit.log", "audit-copy.log")
			w.start()
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.write("audit.log", 9)
		}, 0},
		"copied before the first look": {func(w *world) {
			w.stop()
			w.write("audit.log", 9)
			w.copy("audit.log", "audit-copy.log")
			w.start()
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.append("audit-copy.log", line("x")) // goes on otherwise
			w.write("audit.log", 9)
			w.wait(5 * time.Second)
			w.append("audit-copy.log", strings.Repeat(line("x"), 50))
			w.wait(5 * time.Second)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ids = slices.DeleteFunc(w.ids, func(id string) bool { return id == "x" })
		}, 9},
		"line in parts": {func(w *world) {
			w.write("audit.log", 1)
			text := line("1")
			w.next++
			for len(text) > 0 {
				n := min(len(text), 50)
				w.append("audit.log", text[:n])
				text = text[n:]
				w.wait(10 * time.Second)
			}
			w.write("audit.log", 1)
		}, 0},
		"last line without end": {func(w *world) {
			w.write("audit.log", 1)
			w.append("audit.log", strings.TrimSpace(line("1")))
			w.next++
			w.wait(10 * time.Second)
			w.check(0)
			w.append("audit.log", "\n")
			w.write("audit.log", 1)
		}, 0},
		"long lines": {func(w *world) {
			for range 3 {
				text := strings.Replace(line("x"), `"x"`, `"`+string(rune('0'+w.next))+`","y":"`+strings.Repeat("z", 700_000)+`"`, 1)
				w.next++
				w.append("audit.log", text[:650_000])
				w.wait(time.Second)
				w.append("audit.log", text[650_000:])
				w.write("audit.log", 1)
			}
		}, 0},
		"compressed from the beginning": {func(w *world) {
			w.write("plain", 3000)
			w.copy("plain", "audit.gz")
		}, 0},
		"compressed without last end": {func(w *world) {
			w.append("plain", strings.TrimSpace(line("0")))
			w.next++
			w.copy("plain", "audit.gz")
		}, 0},
		"stopped and started": {func(w *world) {
			for range 5 {
				w.write("audit.log", 9)
				w.start()
				w.write("audit.log", 9)
				w.start()
			}
		}, 0},
		"moved to another device": {func(w *world) {
			w.write("audit.log", 30)
			w.wait(5 * time.Second)
			w.stop()
			w.copy("audit.log", "x")
			w.remove("audit.log")
			w.copy("x", "audit.log") // another inode
			w.write("audit.log", 9)
			w.start()
		}, 0},
		"crashed": {func(w *world) {
			for range 5 {
				w.write("audit.log", 9)
				w.wait(10 * time.Second)
				w.write("audit.log", 9)
				w.wait(300 * time.Millisecond)
				w.crash()
				w.start()
			}
		}, 5 * 9},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, dir, nil)
				w.start()
				test.do(w)
				w.wait(5 * time.Second)
				w.check(test.again)
				w.wait(time.Hour)
				w.start()
				w.check(test.again)
				if len(w.rejects) > 0 {
					t.Errorf("rejects %q", w.rejects)
				}
				w.stop()
			})
		})
	}
}

// TestStart: what is there at the start is read or not, what comes later
// always.
func TestStart(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, func(o *Options) { o.Start = FromEnd })
		w.append("audit.log", line("old")+line("older")+strings.TrimSpace(line("0"))[:60])
		w.append("plain", line("oldest"))
		w.copy("plain", "audit-1.gz")
		w.start()
		if got := w.got(); len(got) > 0 {
			t.Errorf("%q", got)
		}
		w.append("audit.log", line("0")[60:])
		w.next++
		w.write("audit-new.log", 3)
		w.wait(2 * time.Second)
		w.check(0)
		w.start()
		w.check(0)
		w.stop()
	})
}

// TestFailure: while the sink fails events are offered again, none is passed
// over, and checkpoints stay behind.
func TestFailure(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, nil)
		w.write("audit.log", 2000)
		full := true
		w.fail = func(n int) error {
			if full && n >= 600 {
				return errFull
			}
			return nil
		}
		w.start()
		w.wait(time.Minute)
		if a := w.ledger.Accounts()[0]; a.Failures == 0 || a.Trouble != errFull.Error() || len(w.got()) >= 2000 {
			t.Errorf("%d events, account %+v", len(w.got()), a)
		}
		w.crash()
		w.start()
		w.mu.Lock()
		full = false
		w.mu.Unlock()
		w.wait(time.Minute)
		w.check(0)
		if a := w.ledger.Accounts()[0]; a.Trouble != "" {
			t.Errorf("account %+v", a)
		}
		if s := w.tail.Status(); s.Files != 1 || s.Unread != 0 || s.Open != 1 {
			t.Errorf("status %+v", s)
		}
		w.stop()
	})
}

// TestRejects: what is no event is rejected and counted, and the rest goes on.
func TestRejects(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, nil)
		w.start()
		w.write("audit.log", 1)
		w.append("audit.log", `{"auditID":"torn`+"\n")
		w.write("audit.log", 1)
		w.append("audit.log", `{"level":"info"}`+"\n")
		w.append("audit.log", `{"x":"`+strings.Repeat("y", 3<<20))
		w.wait(time.Minute)
		w.append("audit.log", "\"}\n")
		w.write("audit.log", 1)
		w.wait(time.Minute)
		w.check(0)
		a := w.ledger.Accounts()[0]
		if a.Broken != 2 || a.Ignored != 1 || a.Events != 3 || len(w.rejects) != 3 || !strings.Contains(w.rejects[2], "larger") {
			t.Errorf("%+v, rejects %q", a, w.rejects)
		}
		if info, err := os.Stat(w.path("audit.log")); err != nil || a.Bytes != info.Size() {
			t.Errorf("%d bytes were read of %d", a.Bytes, info.Size())
		}
		w.stop()
	})
}

// TestDirectory: logs in a directory are followed, other files passed over;
// what cannot be read is told.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, func(o *Options) { o.Paths = []string{dir, dir + "/gone/audit.log"} })
		if err := os.Mkdir(w.path("sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		w.write("sub/audit.log", 3)
		w.append("other.log", "I0102 started\n")
		w.start()
		w.check(0)
		w.append("other.log", "I0102 still running\n")
		w.wait(time.Minute)
		if len(w.rejects) > 0 || w.sources["other.log"] > 0 {
			t.Errorf("rejects %q", w.rejects)
		}
		missing := func() string {
			for _, a := range w.ledger.Accounts() {
				if strings.HasSuffix(a.Name, "gone/audit.log") {
					return a.Trouble
				}
			}
			return "?"
		}
		if missing() == "" {
			t.Error("a missing file is not told")
		}
		os.Mkdir(w.path("gone"), 0o700)
		w.write("gone/audit.log", 3)
		w.wait(time.Minute)
		w.check(0)
		if why := missing(); why != "" {
			t.Errorf("still %q", why)
		}
		w.stop()
	})
}

// TestManyFiles: more files than may be open, the oldest events first.
func TestManyFiles(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, func(o *Options) { o.MaxOpen = 4 })
		var want []string
		for i := range 40 {
			id := fmt.Sprintf("%02d", i)
			at := time.Date(2026, 1, 2, 3, 4, 40-i, 0, time.UTC).Format(time.RFC3339)
			w.append("audit-"+id+".log", strings.Replace(line(id), "2026-01-02T03:04:05Z", at, 1))
			want = append(want, id)
		}
		slices.Reverse(want)
		w.start()
		if got := w.got(); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		if s := w.tail.Status(); s.Files != 40 || s.Open > 5 {
			t.Errorf("status %+v", s)
		}
		w.append("audit-00.log", line("again"))
		w.wait(5 * time.Second)
		if got := w.got(); len(got) != 41 {
			t.Errorf("%d events", len(got))
		}
		w.stop()
	})
}

// TestForget: the checkpoint of a text that is gone is not kept for ever.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, dir, func(o *Options) { o.Poll, o.Discover = time.Minute, time.Minute })
		w.write("audit.log", 3)
		w.start()
		w.wait(time.Hour)
		w.remove("audit.log")
		w.wait(12 * time.Hour)
		if n := w.checkpoints(); n != 1 {
			t.Errorf("%d checkpoints", n)
		}
		w.wait(24 * time.Hour)
		w.stop()
		if n := w.checkpoints(); n != 0 {
			t.Errorf("%d checkpoints", n)
		}
	})
}

func TestNew(t *testing.T) {
	m := newMemory()
	for want, opts := range map[string]Options{
		"nothing to follow": {Sink: m, Checkpoints: m},
		"no sink":           {Paths: []string{"x"}},
		"no pattern":        {Paths: []string{"x["}, Sink: m, Checkpoints: m},
	} {
		if _, err := New(opts); err == nil || !strings.Contains(err.Error(), want) && want != "no pattern" {
			t.Errorf("%s: %v", want, err)
		}
	}
}
