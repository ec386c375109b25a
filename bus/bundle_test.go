package bus

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What is bundled comes out as it was, in order, with its origin and a number of its own.
func TestBundle(t *testing.T) {
	var all []*posting
	for i := range 700 {
		p := &posting{subject: "s", payload: bytes.Repeat([]byte{byte(i)}, i*7%400)}
		if i%3 > 0 {
			p.origin = fmt.Sprintf("%d e source", i)
		}
		all = append(all, p)
	}
	var got []Message
	var a assembly
	bundles := bundlesOf(all, 20_000)
	for i, b := range bundles {
		m := bundle(b)
		if len(m.Data) > 20_000 || len(b) > maxBundle {
			t.Errorf("bundle %d of %d payloads has %d bytes", i, len(b), len(m.Data))
		}
		got = a.take(got, m.Header.Get, m.Data, uint64(i+1), time.Time{})
	}
	if len(bundles) < 5 || len(got) != len(all) {
		t.Fatalf("%d payloads in %d bundles, want %d", len(got), len(bundles), len(all))
	}
	for i, m := range got {
		o, ok := m.Origin()
		if !bytes.Equal(m.Data, all[i].payload) || ok != (all[i].origin != "") || ok && o.Sequence != uint64(i) {
			t.Errorf("payload %d: %d bytes, %+v %v", i, len(m.Data), o, ok)
		}
		if i > 0 && m.Number() <= got[i-1].Number() {
			t.Errorf("payload %d has the number %d after %d", i, m.Number(), got[i-1].Number())
		}
		if cap(m.Data) != len(m.Data) {
			t.Errorf("payload %d can grow into the next", i)
		}
	}
	if large := bundlesOf(all[:3], 1); len(large) != 3 {
		t.Errorf("payloads beyond the limit are in %d bundles", len(large))
	}
}

// A message that is not what it says is left for the consumer to put aside.
func FuzzUnbundle(f *testing.F) {
	m := bundle([]*posting{{origin: "1 e s", payload: []byte("one")}, {payload: []byte("two")}})
	f.Add("2", m.Data)
	f.Add("3", m.Data)
	f.Add("1", m.Data)
	f.Add("257", m.Data)
	f.Add("x", []byte(nil))
	f.Add("1", []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, n string, data []byte) {
		whole := Message{First: 7, Seq: 7, Data: data}
		before := []Message{{Seq: 6}}
		out := unbundle(whole, n, slices.Clip(before))
		if len(out) < 2 || out[0].Seq != 6 {
			t.Fatalf("%d messages", len(out))
		}
		if out = out[1:]; len(out) == 1 && bytes.Equal(out[0].Data, data) {
			return
		}
		var again []*posting
		for i, m := range out {
			if m.Seq != 7 || m.index != i {
				t.Fatalf("message %d is %d of %d", i, m.index, m.Seq)
			}
			again = append(again, &posting{origin: m.origin, payload: m.Data})
		}
		if want, _ := strconv.Atoi(strings.TrimSpace(n)); want != len(out) {
			t.Fatalf("%d messages, want %s", len(out), n)
		}
		if len(bundle(again).Data) > len(data) { // lengths may be written longer than they need to be
			t.Fatalf("%d bytes of %d", len(bundle(again).Data), len(data))
		}
	})
}
