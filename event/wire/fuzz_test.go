package wire_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// FuzzDecodeEvent: whatever decodes encodes again to something that decodes
// to the same event.
func FuzzDecodeEvent(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		var e event.Event
		random(r, &e)
		f.Add(wire.AppendEvent(nil, &e))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var e, again event.Event
		if err := wire.DecodeEvent(data, &e); err != nil {
			var format *wire.FormatError
			if !errors.As(err, &format) || format.Offset < 0 || format.Offset > len(data) {
				t.Fatalf("error %v (%d bytes)", err, len(data))
			}
			return
		}
		if err := wire.DecodeEvent(wire.AppendEvent(nil, &e), &again); err != nil {
			t.Fatal(err)
		}
		same(t, &again, &e)
	})
}

// FuzzOpen feeds bodies and headers behind a right checksum.
func FuzzOpen(f *testing.F) {
	var e event.Event
	random(rand.New(rand.NewPCG(5, 6)), &e)
	body := append([]byte{1<<3 | 2, 0}, wire.AppendEvent(nil, &e)...)
	f.Add([]byte{}, body, uint64(1))
	f.Add([]byte{9 << 3, 1}, []byte{}, uint64(0))
	f.Add([]byte{9<<3 | 2, 3, 1<<3 | 2, 1, 'c'}, batch(f, []event.Event{e}), uint64(0))
	f.Fuzz(func(t *testing.T, extra, body []byte, count uint64) {
		for i := range uint64(4) {
			p := parts{version: 1 + i/2, codec: i % 2, count: count, size: uint64(len(body)), body: body, extra: extra}
			d := wire.Decoder{Stamped: true}
			h, err := d.Open(p.build())
			if err != nil {
				continue
			}
			n := 0
			for {
				err := d.Next(&e)
				if err == nil {
					n++
					continue
				}
				if errors.Is(err, io.EOF) && n != h.Events {
					t.Fatalf("%d events, the header says %d", n, h.Events)
				}
				break
			}
		}
	})
}
