package journal

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/journaltest"
)

// world is a journal, and what outlives the Readers of it.
type world struct {
	*testing.T
	dir    string
	seqnum uint64
	files  byte // made so far
	wrote  int  // entries
	system *journaltest.Writer
	stop   func()

	mu   sync.Mutex
	rows []string                     // messages, in the order in which they were made durable
	uids map[string]bool              // of these
	kept map[string]Position          // by file
	poll time.Duration                // 0 for the usual
	fail func(rows int) error         // asked before rows are taken
	save func(p Position) (err error) // likewise
	log  lockedBuffer
}

func newWorld(t *testing.T) *world {
	return &world{T: t, dir: filepath.Join(t.TempDir(), "machine"), uids: map[string]bool{}, kept: map[string]Position{}}
}

func (w *world) Take(_ context.Context, b *audit.Batch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		if err := w.fail(len(w.rows)); err != nil {
			return err
		}
	}
	for i := range b.Len() {
		e := b.Event(i)
		if uid := strings.Clone(event.MetadataUID.Get(e)); !w.uids[uid] {
			w.uids[uid] = true
			w.rows = append(w.rows, strings.Clone(event.Message.Get(e)))
		}
	}
	return nil
}

func (w *world) Load(_ context.Context, source string) ([]Position, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Values(w.kept)), nil
}

func (w *world) Save(_ context.Context, p Position) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.save != nil {
		if err := w.save(p); err != nil {
			return err
		}
	}
	w.kept[p.File] = p
	return nil
}

func (w *world) Delete(_ context.Context, p Position) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.kept, p.File)
	return nil
}

// positions returns how many are kept.
func (w *world) positions() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.kept)
}

func (w *world) start() {
	w.Helper()
	set, err := foreign.NewSet(Format)
	if err != nil {
		w.Fatal(err)
	}
	r, err := New(Options{Path: filepath.Dir(w.dir), Positions: w, Feed: intake.Feed{
		Sink: w, Ledger: &intake.Ledger{}, Live: audit.LiveOptions{Redactor: redact.New([]byte("key")), Formats: set}, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}})
	if err != nil {
		w.Fatal(err)
	}
	r.poll = cmp.Or(w.poll, r.poll)
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error)
	go func() { done <- r.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
	}
}

func (w *world) wait(d time.Duration) { time.Sleep(d); synctest.Wait() }

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// open makes a file as journald does.
func (w *world) open(name string) *journaltest.Writer {
	w.Helper()
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		w.Fatal(err)
	}
	w.files++
	return journaltest.New(w, w.path(name), journaltest.Options{Compact: w.files%2 == 0, Pack: "lz4", ID: w.files, SeqnumID: 1, Seqnum: &w.seqnum})
}

// write writes entries of now into a file; system.journal for nil.
func (w *world) write(n int, to *journaltest.Writer) {
	w.Helper()
	if to == nil {
		if w.system == nil {
			w.system = w.open("system.journal")
		}
		to = w.system
	}
	for range n {
		w.wrote++
		to.Append(uint64(time.Now().UnixMicro()), journaltest.Fields(fmt.Sprint("entry ", w.wrote))...)
	}
}

func (w *world) rotate(to string) {
	w.Helper()
	w.system.Archive(w.path(to))
	w.system = w.open("system.journal")
}

func (w *world) remove(name string) {
	w.Helper()
	if err := os.Remove(w.path(name)); err != nil {
		w.Fatal(err)
	}
}

// has compares what was made durable: entries from a number to another, and no more.
func (w *world) has(from, to int, more ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	var want []string
	for i := from; i <= to; i++ {
		want = append(want, fmt.Sprint("entry ", i))
	}
	if want = append(want, more...); !slices.Equal(w.rows, want) {
		w.Errorf("%d rows %q, want entries %d to %d, %q\n%s", len(w.rows), w.rows, from, to, more, w.log.String())
	}
}

// Each entry comes once and in order, whatever becomes of the files.
func TestFollow(t *testing.T) {
	for name, do := range map[string]func(w *world){
		"grows":   func(w *world) { w.write(5, nil); w.wait(time.Minute); w.write(3, nil) },
		"rotated": func(w *world) { w.write(5, nil); w.rotate("system@1.journal"); w.write(3, nil) },
		"rotated twice, then vacuumed": func(w *world) {
			w.rotate("system@1.journal")
			w.write(5, nil)
			w.rotate("system@2.journal")
			w.write(5, nil)
			w.wait(time.Minute)
			w.remove("system@1.journal")
			w.remove("system@2.journal")
			w.wait(time.Minute)
			w.write(1, nil)
		},
		"started again": func(w *world) {
			w.wait(time.Minute)
			for range 3 {
				w.stop()
				w.write(5, nil)
				w.start()
				w.wait(time.Minute)
			}
		},
		"started again at once": func(w *world) { w.write(5, nil); w.stop(); w.start() },
		"rotated while nobody looked": func(w *world) {
			w.wait(time.Minute)
			w.stop()
			w.write(5, nil)
			w.rotate("system@1.journal")
			w.write(5, nil)
			w.rotate("system@2.journal~")
			w.write(5, nil)
			w.start()
		},
		"killed": func(w *world) {
			w.wait(time.Minute)
			w.mu.Lock()
			w.save = func(Position) error { return errors.New("no more") }
			w.mu.Unlock()
			w.write(5, nil)
			w.wait(time.Minute)
			w.stop()
			w.save = nil
			w.start()
		},
		"not durable at first": func(w *world) {
			w.mu.Lock()
			until := time.Now().Add(10 * time.Minute)
			w.fail = func(int) error {
				if time.Now().Before(until) {
					return errors.New("full")
				}
				return nil
			}
			w.mu.Unlock()
			w.write(5, nil)
			w.wait(5 * time.Minute)
			w.rotate("system@1.journal")
			w.write(5, nil)
			w.remove("system@1.journal") // its handle is open
			w.wait(10 * time.Minute)
		},
		"beside another": func(w *world) {
			user := w.open("user-1000.journal")
			for range 20 {
				w.write(1, user)
				time.Sleep(time.Millisecond)
				w.write(1, nil)
				time.Sleep(time.Millisecond)
			}
		},
		"a copy beside it": func(w *world) {
			b, err := os.ReadFile(w.path("system.journal"))
			if err == nil {
				err = os.WriteFile(w.path("copy.journal"), b, 0o600)
			}
			if err != nil {
				w.Fatal(err)
			}
			w.wait(time.Minute)
			w.write(5, nil)
		},
		"other files": func(w *world) {
			if err := os.WriteFile(w.path("text.log"), []byte("text"), 0o600); err != nil {
				w.Fatal(err)
			}
			if err := os.WriteFile(w.path("broken.journal"), []byte("text"), 0o600); err != nil {
				w.Fatal(err)
			}
			w.write(5, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.write(10, nil)
				w.start()
				w.wait(time.Minute)
				do(w)
				w.wait(time.Minute)
				w.has(1, w.wrote)
				w.stop()
				w.start() // and nothing comes twice, or is taken for missing
				w.wait(10 * time.Minute)
				w.write(1, nil)
				w.wait(time.Minute)
				w.stop()
				w.has(1, w.wrote)
			})
		})
	}
}

// At the first start the last hour is read, and of files that appear later everything.
func TestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.write(10, nil)
		w.rotate("system@1.journal")
		w.write(10, nil)
		time.Sleep(2 * time.Hour)
		w.write(10, nil)
		w.start()
		w.wait(time.Minute)
		w.has(21, 30)
		w.stop()
		time.Sleep(2 * time.Hour)
		w.write(10, nil)
		w.rotate("system@2.journal")
		w.write(10, nil)
		time.Sleep(2 * time.Hour)
		w.start()
		w.wait(time.Minute)
		w.stop()
		w.has(21, 50)
	})
}

// The position in a file is kept for a day without it, so that nothing comes twice where the file does.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.poll = 10 * time.Minute
		w.write(10, nil)
		w.start()
		w.wait(time.Hour)
		w.rotate("system@1.journal")
		w.wait(time.Hour)
		if err := os.Rename(w.path("system@1.journal"), w.path("away")); err != nil {
			t.Fatal(err)
		}
		w.wait(12 * time.Hour)
		if err := os.Rename(w.path("away"), w.path("system@1.journal")); err != nil {
			t.Fatal(err)
		}
		w.wait(time.Hour)
		w.remove("system@1.journal")
		w.wait(12 * time.Hour)
		if n := w.positions(); n != 2 {
			t.Errorf("%d positions", n)
		}
		w.wait(24 * time.Hour)
		if n := w.positions(); n != 1 {
			t.Errorf("%d positions", n)
		}
		w.stop()
		w.has(1, 10)
	})
}

// A file that is deleted before it was read is told, with how much of it is missing at most.
func TestGap(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(w *world)
		want string
	}{
		"while nobody looked": {func(w *world) {
			w.stop()
			w.write(5, nil)
			w.rotate("system@1.journal")
			w.write(5, nil)
			w.remove("system@1.journal")
			w.start()
		}, "was deleted before it was read to its end; up to 5 entries after number 10 are missing"},
		"all of it": {func(w *world) {
			w.stop()
			w.remove("system.journal")
			w.start()
		}, "was deleted before it was read to its end; how many entries after number 10 are missing is not known"},
		"emptied, as vacuuming does": {func(w *world) {
			w.mu.Lock()
			until := time.Now().Add(time.Minute)
			w.fail = func(int) error {
				if time.Now().Before(until) {
					return errors.New("full")
				}
				return nil
			}
			w.mu.Unlock()
			w.write(1, nil)
			w.wait(5 * time.Second) // it is offered
			w.write(7, nil)
			w.rotate("system@1.journal")
			if err := os.Truncate(w.path("system@1.journal"), 0); err != nil {
				w.Fatal(err)
			}
			w.remove("system@1.journal")
			w.write(1, nil)
		}, "up to 7 entries after number 11 are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.write(10, nil)
				w.start()
				w.wait(time.Minute)
				test.do(w)
				w.wait(10 * time.Minute)
				w.stop()
				w.start()
				w.wait(10 * time.Minute)
				w.stop()
				var told []string
				for _, row := range w.rows {
					if strings.HasPrefix(row, "journal has a gap: "+w.dir+"/system.journal ") {
						told = append(told, row)
					}
				}
				if len(told) != 1 || !strings.HasSuffix(told[0], test.want) {
					t.Errorf("%q\n%s", w.rows, w.log.String())
				}
			})
		})
	}
}

// An entry that is read from a file is known as the one that journalctl exports, and as the one that it writes as JSON,
// unless that has a message as numbers of bytes.
func TestSameAsJournalctl(t *testing.T) {
	for _, name := range []string{"compact-zstd", "regular-zstd", "regular-plain", "online"} {
		synctest.Test(t, func(t *testing.T) {
			golden := filepath.Join("file/testdata", name)
			w := newWorld(t)
			if err := os.Mkdir(w.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(w.path("system.journal"), journaltest.Unpack(t, golden+".journal.zst"), 0o600); err != nil {
				t.Fatal(err)
			}
			w.start()
			w.wait(time.Minute)
			w.stop()
			if len(w.rows) != 59 {
				t.Fatalf("%s: %d rows", name, len(w.rows))
			}
			docs, err := entries(t, bytes.NewReader(journaltest.Unpack(t, golden+".export.zst")))
			if err != nil {
				t.Fatal(err)
			}
			set, err := foreign.NewSet(Format)
			if err != nil {
				t.Fatal(err)
			}
			live, err := audit.NewLive(audit.LiveOptions{Redactor: redact.New([]byte("key")), Formats: set})
			if err != nil {
				t.Fatal(err)
			}
			again := func(text []byte) (rows int) {
				if err := live.Lines(audit.Origin{}, text, 1, 0, func(b *audit.Batch) error { rows += b.Len(); return w.Take(t.Context(), b) }); err != nil {
					t.Fatal(err)
				}
				return rows
			}
			if n := again([]byte(strings.Join(docs, "\n"))); n != 59 || len(w.rows) != 59 {
				t.Errorf("%s: %d rows of %d exported are others: %q", name, len(w.rows)-59, n, w.rows[59:])
			}
			if name == "compact-zstd" {
				if n := again(journaltest.Unpack(t, golden+".json.zst")); n != 59 || len(w.rows) != 60 || w.rows[59] != "" {
					t.Errorf("%d rows of %d are others: %q", len(w.rows)-59, n, w.rows[59:])
				}
			}
		})
	}
}
