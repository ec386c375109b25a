package wire_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// batch makes a batch of events.
func batch(t testing.TB, events []event.Event) []byte {
	t.Helper()
	b := wire.Builder{Limit: wire.MaxBody}
	b.Reset("audit.log", 1234567890)
	for i := range events {
		if err := b.Add(&events[i]); err != nil {
			t.Fatal(err)
		}
	}
	return b.AppendTo(nil)
}

func TestBatches(t *testing.T) {
	events := auditEvents(t, 300)
	var d wire.Decoder
	var e event.Event
	for _, n := range []int{0, 1, 2, 300} {
		h, err := d.Open(batch(t, events[:n]))
		if err != nil {
			t.Fatal(err)
		}
		if h.Source != "audit.log" || h.Received != 1234567890 || h.Events != n || h.Codec != wire.CodecS2 {
			t.Errorf("the header became %+v", h)
		}
		for i := range n {
			if err := d.Next(&e); err != nil {
				t.Fatal(err)
			}
			same(t, &e, &events[i])
		}
		if err := d.Next(&e); err != io.EOF {
			t.Errorf("after %d events: %v, want EOF", n, err)
		}
	}
}

func TestBuilderLimits(t *testing.T) {
	events := auditEvents(t, 10)
	b := wire.Builder{Limit: 4000}
	b.Reset(strings.Repeat("s", 2*wire.MaxSource), 0)
	var total, batches int
	for i := range events {
		err := b.Add(&events[i])
		if errors.Is(err, wire.ErrFull) {
			batches++
			total += b.Events()
			b.Reset("", 0)
			err = b.Add(&events[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := b.AddEncoded(wire.AppendEvent(nil, &events[0])); !errors.Is(err, wire.ErrFull) {
		t.Errorf("an encoded event in a full batch: %v", err)
	}
	if total+b.Events() != 10 || batches == 0 {
		t.Errorf("%d events in %d full batches", total, batches)
	}
	var big event.Event
	big.Reset(event.ClassAudit)
	event.Message.Set(&big, strings.Repeat("x", wire.MaxBody))
	n := b.Events()
	if err := b.Add(&big); !errors.Is(err, wire.ErrTooLarge) || b.Events() != n {
		t.Errorf("an event larger than any batch: %v, %d events", err, b.Events())
	}
}

// Every prefix and every change of a bit is found before the first event.
func TestDamage(t *testing.T) {
	data := batch(t, auditEvents(t, 3))
	var d wire.Decoder
	for n := range data {
		if _, err := d.Open(data[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for a batch", n, len(data))
		}
	}
	for bit := range 8 * len(data) {
		data[bit/8] ^= 1 << (bit % 8)
		_, err := d.Open(data)
		var format *wire.FormatError
		if !errors.As(err, &format) {
			t.Fatalf("bit %d changed: %v", bit, err)
		}
		if err := d.Next(new(event.Event)); err != io.EOF {
			t.Fatalf("bit %d changed: an event after the error: %v", bit, err)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
}

func TestDecodedTextOutlivesTheBatch(t *testing.T) {
	events := auditEvents(t, 2)
	var d wire.Decoder
	var first, second event.Event
	for i, e := range []*event.Event{&first, &second} {
		if _, err := d.Open(batch(t, events[i:i+1])); err != nil {
			t.Fatal(err)
		}
		if err := d.Next(e); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := event.RawData.Get(&first), event.RawData.Get(&events[0]); got != want {
		t.Errorf("text of the first batch changed when the second was opened")
	}
}
