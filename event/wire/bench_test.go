package wire_test

import (
	"errors"
	"io"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// BenchmarkEncode makes compressed batches of real audit events; ns/op is of
// one event.
func BenchmarkEncode(b *testing.B) {
	events := auditEvents(b, 4096)
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
			err = builder.Add(e)
		} else if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(body)/float64(max(n, 1)), "B/event")
	b.ReportMetric(float64(sent)/float64(max(n, 1)), "sentB/event")
}

// BenchmarkDecode reads such batches; ns/op is of one event.
func BenchmarkDecode(b *testing.B) {
	events := auditEvents(b, 4096)
	var batches [][]byte
	var builder wire.Builder
	for i := range events {
		if err := builder.Add(&events[i]); errors.Is(err, wire.ErrFull) {
			batches = append(batches, builder.AppendTo(nil))
			builder.Reset("audit.log", 1)
		}
	}
	var d wire.Decoder
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
