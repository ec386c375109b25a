package wire_test

import (
	"io"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// A Decoder that reuses its memory reads batch after batch as any other does.
func TestReuse(t *testing.T) {
	events := auditEvents(t, 60)
	d := wire.Decoder{Reuse: true}
	for from := 0; from < len(events); from += 20 {
		part := events[from : from+20]
		if _, err := d.Open(batch(t, part)); err != nil {
			t.Fatal(err)
		}
		var e event.Event
		for i := range part {
			if err := d.Next(&e); err != nil {
				t.Fatal(err)
			}
			same(t, &e, &part[i])
		}
		if err := d.Next(&e); err != io.EOF {
			t.Errorf("%v after the last event", err)
		}
	}
}
