package wire_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// describe is everything that an event says, in order of field numbers.
func describe(e *event.Event) []string {
	out := []string{"class " + e.Class.String(), fmt.Sprintf("raw %t %q", len(e.Raw) > 0, e.Raw)}
	for id, ok := e.Next(0); ok; id, ok = e.Next(id) {
		if v, ok := e.Text(id); ok {
			out = append(out, fmt.Sprintf("%d text %q", id, v))
		}
		if v, ok := e.Number(id); ok {
			out = append(out, fmt.Sprintf("%d number %d", id, v))
		}
		if v, ok := e.List(id); ok {
			out = append(out, fmt.Sprintf("%d list %q", id, v))
		}
	}
	return out
}

// same compares two events.
func same(t testing.TB, got, want *event.Event) {
	t.Helper()
	if g, w := describe(got), describe(want); !slices.Equal(g, w) {
		t.Errorf("the event became\n%q\nfrom\n%q", g, w)
	}
}

// random makes an event of random fields with absent, empty, zero, negative
// and large values.
func random(r *rand.Rand, e *event.Event) {
	texts := []string{"", "a", "system:serviceaccount:kube-system:default", "\x00\xff\xfe", string(make([]byte, 300))}
	numbers := []int64{0, 1, -1, 127, 128, 65535, 1 << 40, -1 << 63, 1<<63 - 1}
	e.Reset(event.Classes()[r.IntN(len(event.Classes()))])
	fields := event.Fields()
	for i := range fields {
		f := &fields[i]
		if f.Origin == event.Derived || r.IntN(3) > 0 {
			continue
		}
		switch f.Type {
		case event.TypeInt, event.TypeTime:
			e.SetNumber(f.ID, numbers[r.IntN(len(numbers))])
		case event.TypeBool:
			e.SetNumber(f.ID, int64(r.IntN(2)))
		case event.TypeStrings:
			e.SetList(f.ID, nil)
			if n := r.IntN(4); n > 0 {
				e.Clear(f.ID)
				for range n {
					e.AppendWord(f.ID, texts[r.IntN(len(texts))])
				}
			}
		default:
			e.SetText(f.ID, texts[r.IntN(len(texts))])
		}
	}
	switch r.IntN(4) {
	case 0:
		e.Raw = []byte(`{"kind":"Event"}`)
	case 1:
		e.Raw = []byte(event.RawData.Get(e))
	}
}

// auditEvents decodes the demonstration log, over and over up to n events.
func auditEvents(tb testing.TB, n int) []event.Event {
	tb.Helper()
	f, err := os.Open(filepath.Join(require.ModuleRoot(tb), "docs", "demo", "demo.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := audit.NewDecoder(audit.DecoderOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	out := make([]event.Event, 0, n)
	var arena audit.Arena
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 32<<20)
	for len(out) < n && lines.Scan() {
		var e event.Event
		if _, err := d.Decode(slices.Clone(lines.Bytes()), &arena, &e); err == nil {
			out = append(out, *e.Clone())
		}
	}
	if len(out) == 0 {
		tb.Fatal("the demonstration log has no events")
	}
	for i := 0; len(out) < n; i++ {
		out = append(out, *out[i].Clone())
	}
	return out
}
