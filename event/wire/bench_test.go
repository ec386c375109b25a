package wire_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// small are the events whose document has at most 2 KB, as most of an audit
// log recorded at level Metadata.
func small(events []event.Event) []event.Event {
	return slices.DeleteFunc(events, func(e event.Event) bool { return len(e.Raw) > 2<<10 })
}

func BenchmarkEncode(b *testing.B) {
	b.Run("small", func(b *testing.B) { encode(b, small(auditEvents(b, 4096))) })
	b.Run("all", func(b *testing.B) { encode(b, auditEvents(b, 4096)) })
}

func BenchmarkDecode(b *testing.B) {
	b.Run("small", func(b *testing.B) { decode(b, wire.Decoder{}, small(auditEvents(b, 4096))) })
	b.Run("small, reused", func(b *testing.B) { decode(b, wire.Decoder{Reuse: true}, small(auditEvents(b, 4096))) })
	b.Run("all", func(b *testing.B) { decode(b, wire.Decoder{}, auditEvents(b, 4096)) })
}

// encode makes compressed batches of real audit events; ns/op is of one event.
func encode(b *testing.B, events []event.Event) {
	var builder wire.Builder
	var out []byte
	var body, sent, n int
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := &events[i%len(events)]
		if err := builder.Add(e); errors.Is(err, wire.ErrFull) {
			out = builder.AppendTo(out[:0])
			body, sent, n = body+builder.Size(), sent+len(out), n+builder.Events()
			builder.Reset("audit.log", 1)
			if err := builder.Add(e); err != nil {
				b.Fatal(err)
			}
		} else if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(body)/float64(max(n, 1)), "B/event")
	b.ReportMetric(float64(sent)/float64(max(n, 1)), "sentB/event")
}

// decode reads such batches; ns/op is of one event.
func decode(b *testing.B, d wire.Decoder, events []event.Event) {
	var batches [][]byte
	var builder wire.Builder
	for i := range events {
		if err := builder.Add(&events[i]); errors.Is(err, wire.ErrFull) {
			batches = append(batches, builder.AppendTo(nil))
			builder.Reset("audit.log", 1)
		}
	}
	var e event.Event
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		for d.Next(&e) == io.EOF {
			if _, err := d.Open(batches[next%len(batches)]); err != nil {
				b.Fatal(err)
			}
			next++
		}
	}
}
