package queue

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func item(container string) Item {
	return Item{Container: container, Pod: "pod of " + container, Class: event.ClassProcess}
}

func finding(container string) Item {
	it := item(container)
	it.Class, it.Matters = event.ClassFinding, true
	return it
}

// all takes what is there.
func all(t *testing.T, q *Queue) (out []string) {
	t.Helper()
	for {
		b, _, ok, err := q.Take(nil, false)
		if err != nil && !errors.Is(err, ErrClosed) {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		out = append(out, string(b))
	}
}

func TestOrder(t *testing.T) {
	q := New(0)
	for i, c := range []string{"a", "b", "a", "c", "b"} {
		q.Put(item(c), fmt.Appendf(nil, "%s%d", c, i))
	}
	q.Put(finding("b"), []byte("finding"))
	if got := strings.Join(all(t, q), " "); got != "finding a0 b1 a2 c3 b4" {
		t.Error(got)
	}
	if c := q.Counts(); c.Put != 6 || c.Taken != 6 || c.Shed != 0 || c.Held != 0 || c.Peak != 6*costOf(2) {
		t.Errorf("%+v", c)
	}
}

// While nobody takes, a container that floods loses its own events and no others', whatever the order.
func TestFloodLosesItsOwn(t *testing.T) {
	const limit = 1000
	q := New(limit * costOf(1))
	var quiet []string
	for i := range 100 * limit {
		q.Put(item("flood"), []byte("f"))
		if i%1000 == 0 {
			c := fmt.Sprintf("quiet%d", i/1000%10)
			quiet = append(quiet, fmt.Sprint(c, i))
			q.Put(item(c), []byte(quiet[len(quiet)-1]))
		}
		if i%5000 == 0 {
			quiet = append(quiet, fmt.Sprint("F", i))
			q.Put(finding("flood"), []byte(quiet[len(quiet)-1]))
		}
		if c := q.Counts(); c.Held > limit*costOf(1) {
			t.Fatalf("%d bytes are held", c.Held)
		}
	}
	got := all(t, q)
	for _, want := range quiet {
		if !slices.Contains(got, want) {
			t.Fatalf("%s was lost", want)
		}
	}
	if len(got) != limit {
		t.Errorf("%d events were kept, want %d", len(got), limit)
	}
	shed := q.TakeShed()
	if len(shed) != 1 || shed[0].Container != "flood" || shed[0].Pod != "pod of flood" || shed[0].Class != event.ClassProcess || shed[0].Events != q.Counts().Shed {
		t.Errorf("%+v", shed)
	}
	if c := q.Counts(); c.Put != c.Taken+c.Shed {
		t.Errorf("%+v", c)
	}
	if len(q.TakeShed()) != 0 {
		t.Error("it is told twice")
	}
}

// Shares of containers that all flood are even.
func TestSharesAreEven(t *testing.T) {
	q := New(3000 * costOf(1))
	for i := range 30_000 {
		c := "abc"[i%3 : i%3+1]
		for range 1 + 10*(i%3) { // b and c put far more than a
			q.Put(item(c), []byte(c))
		}
	}
	count := map[string]int{}
	for _, c := range all(t, q) {
		count[c]++
	}
	for c, n := range count {
		if n < 990 || n > 1010 {
			t.Errorf("%s holds %d of 3000", c, n)
		}
	}
}

// Findings give way only to findings.
func TestFindingsAlone(t *testing.T) {
	q := New(10 * costOf(1))
	for range 20 {
		q.Put(finding("a"), []byte("a"))
	}
	q.Put(finding("b"), []byte("b"))
	q.Put(item("c"), []byte("c"))
	if got := strings.Join(all(t, q), ""); got != "aaaaaaaaab" {
		t.Error(got)
	}
	q.Put(item("x"), make([]byte, 11*costOf(1)))
	if got := all(t, q); len(got) != 0 {
		t.Error("what is larger than the queue was taken")
	}
}

func TestTakeWaits(t *testing.T) {
	q := New(0)
	got := make(chan string)
	go func() {
		defer close(got)
		for {
			b, _, ok, err := q.Take(nil, true)
			if err != nil || !ok {
				return
			}
			got <- string(b)
		}
	}()
	q.Put(item("a"), []byte("one"))
	q.Flush()
	if s := <-got; s != "one" {
		t.Error(s)
	}
	q.Put(item("a"), bytes.Repeat([]byte("x"), wakeBytes))
	if s := <-got; len(s) != wakeBytes {
		t.Error(len(s))
	}
	q.Put(item("a"), []byte("last"))
	q.Close()
	q.Put(item("a"), []byte("too late"))
	if s := <-got; s != "last" {
		t.Error(s)
	}
	if _, more := <-got; more || q.Counts().Shed != 1 {
		t.Errorf("more %v, %+v", more, q.Counts())
	}
}

// Whatever is put and taken, the counts agree, memory is bounded, and what came first goes first within a container.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	q := New(64 << 10)
	last := map[string]int{}
	for i := range 200_000 {
		if r.IntN(3) > 0 {
			c := fmt.Sprint(r.IntN(1 + r.IntN(50)))
			b := fmt.Appendf(make([]byte, 0, 32), "%s %d ", c, i)
			q.Put(Item{Container: c, Class: event.ClassFile}, append(b, make([]byte, r.IntN(2000))...))
		} else if b, _, ok, _ := q.Take(nil, false); ok {
			var c string
			var n int
			if _, err := fmt.Sscanf(string(b[:bytes.LastIndexByte(b, ' ')]), "%s %d", &c, &n); err != nil || n < last[c] {
				t.Fatalf("%s: %d after %d, %v", c, n, last[c], err)
			}
			last[c] = n
		}
		if c := q.Counts(); c.Held > 64<<10 {
			t.Fatalf("%+v", c)
		}
	}
	all(t, q)
	c := q.Counts()
	if c.Held != 0 || c.Put != c.Taken+c.Shed || len(q.levels[raw].shares) != 0 || q.levels[raw].held != 0 {
		t.Errorf("%+v", c)
	}
}

func TestShedIsBounded(t *testing.T) {
	q := New(1)
	for i := range 3 * maxShed {
		q.Put(item(fmt.Sprint(i)), []byte("x"))
	}
	shed := q.TakeShed()
	if len(shed) != maxShed+1 || !shed[0].Others || shed[0].Events != 2*maxShed {
		t.Errorf("%d, %+v", len(shed), shed[0])
	}
}

func TestOf(t *testing.T) {
	var e event.Event
	e.Reset(event.ClassHealth)
	if it := Of(&e); !it.Matters || it.Container != "" {
		t.Errorf("%+v", it)
	}
	e.Reset(event.ClassNetwork)
	event.ContainerUID.Set(&e, "c")
	event.K8sPodUID.Set(&e, "p")
	if it := Of(&e); it != (Item{Container: "c", Pod: "p", Class: event.ClassNetwork}) {
		t.Errorf("%+v", it)
	}
}

// BenchmarkFlood is what a put costs while the queue is full and nobody takes.
func BenchmarkFlood(b *testing.B) {
	q := New(0)
	for i := range 1000 {
		q.Put(item(fmt.Sprint("quiet", i)), make([]byte, 500))
	}
	it, data := item("flood"), make([]byte, 500)
	b.ReportAllocs()
	for b.Loop() {
		q.Put(it, data)
	}
}

// BenchmarkPass is what an event costs that is put and taken.
func BenchmarkPass(b *testing.B) {
	q := New(0)
	it, data := item("a"), make([]byte, 500)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		q.Put(it, data)
		buf, _, _, _ = q.Take(buf[:0], false)
	}
}
