package tail

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
)

// memory is a sink and a place for checkpoints that outlives a Tail.
type memory struct {
	mu      sync.Mutex
	ids     []string
	sources map[string]int
	rejects []string
	fail    func(n int) error // asked with the number of events so far
	kept    map[string][]byte
}

func newMemory() *memory { return &memory{sources: map[string]int{}, kept: map[string][]byte{}} }

func (m *memory) Take(ctx context.Context, b *audit.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(len(m.ids)); err != nil {
			return err
		}
	}
	for i := range b.Len() {
		if event.LogName.Get(b.Event(i)) == intake.NoticeName {
			continue // no line of a file
		}
		m.ids = append(m.ids, strings.Clone(event.APIRequestUID.Get(b.Event(i))))
		m.sources[filepath.Base(event.MetadataSource.Get(b.Event(i)))]++
	}
	for _, r := range b.Rejects() {
		m.rejects = append(m.rejects, r.Reason)
	}
	return nil
}

func (m *memory) Load(context.Context) ([]Checkpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Checkpoint
	for _, text := range m.kept {
		var c Checkpoint
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func (m *memory) Save(_ context.Context, c Checkpoint) error {
	text, err := json.Marshal(c)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[c.ID] = text
	return err
}

func (m *memory) Delete(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, id)
	return nil
}

func (m *memory) got() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.ids)
}

func (m *memory) checkpoints() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.kept)
}

// world is a directory whose logs are followed, in a bubble of synctest.
type world struct {
	*testing.T
	*memory
	dir    string
	opts   Options
	ledger *intake.Ledger
	tail   *Tail
	stop   func()
	next   int // number of the next event
}

func newWorld(t *testing.T, dir string, change func(*Options)) *world {
	w := &world{T: t, memory: newMemory(), dir: dir, ledger: &intake.Ledger{}, stop: func() {}}
	w.opts = Options{
		Paths: []string{filepath.Join(dir, "audit*")}, Sink: w, Ledger: w.ledger, Checkpoints: w,
		Live: audit.LiveOptions{Redactor: redact.New([]byte("key")), MaxDocument: 1 << 20},
	}
	if change != nil {
		change(&w.opts)
	}
	return w
}

// start begins a Tail, as after a restart.
func (w *world) start() {
	w.Helper()
	w.stop()
	var err error
	if w.tail, err = New(w.opts); err != nil {
		w.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.tail.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-done; err != nil {
			w.Error(err)
		}
		w.stop = func() {}
	}
	w.wait(3 * time.Second)
}

// crash ends the Tail without its last checkpoints.
func (w *world) crash() {
	kept := map[string][]byte{}
	w.mu.Lock()
	for k, v := range w.kept {
		kept[k] = v
	}
	w.mu.Unlock()
	w.stop()
	w.kept = kept
}

func (w *world) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// line is an audit event with an ID of its own.
func line(id string) string {
	return `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"` + id + `","stage":"ResponseComplete","requestURI":"/api/v1/pods?limit=500&watch=0","verb":"get","requestReceivedTimestamp":"2026-01-02T03:04:05Z"}` + "\n"
}

// write appends n events to a file.
func (w *world) write(name string, n int) {
	w.Helper()
	var text strings.Builder
	for range n {
		text.WriteString(line(fmt.Sprint(w.next)))
		w.next++
	}
	w.append(name, text.String())
}

func (w *world) append(name, text string) {
	w.Helper()
	f, err := os.OpenFile(w.path(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		w.Fatal(err)
	}
	f.Close()
}

func (w *world) rename(from, to string) {
	w.Helper()
	if err := os.Rename(w.path(from), w.path(to)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) remove(name string) {
	w.Helper()
	if err := os.Remove(w.path(name)); err != nil {
		w.Fatal(err)
	}
}

func (w *world) truncate(name string, size int64) {
	w.Helper()
	if err := os.Truncate(w.path(name), size); err != nil {
		w.Fatal(err)
	}
}

// copy copies a file, zipped if the new name says so.
func (w *world) copy(from, to string) {
	w.Helper()
	text, err := os.ReadFile(w.path(from))
	if err != nil {
		w.Fatal(err)
	}
	if strings.HasSuffix(to, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(text)
		z.Close()
		text = b.Bytes()
	}
	if err := os.WriteFile(w.path(to), text, 0o600); err != nil {
		w.Fatal(err)
	}
}

// check compares what came with what was written: each event once, but for
// those that may come again.
func (w *world) check(again int) {
	w.Helper()
	count := map[string]int{}
	for _, id := range w.got() {
		count[id]++
	}
	twice := 0
	for i := range w.next {
		switch n := count[fmt.Sprint(i)]; n {
		case 0:
			w.Errorf("event %d of %d is lost", i, w.next)
			return
		default:
			twice += n - 1
		}
	}
	if len(count) != w.next || twice > again {
		w.Errorf("%d events came, %d of them again, of %d", len(count), twice, w.next)
	}
}

var errFull = errors.New("the queue is full")
