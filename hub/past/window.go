package past

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// heldBytes is what an event takes in a window besides its data.
const heldBytes = 200

// maxGrowth is how many times its size a window may become while all its
// events are of one moment and cannot be told apart by time.
const maxGrowth = 8

// window is what is kept of the events of a stretch of time.
type window struct {
	end   int64 // the last moment of it; events after it come in the next
	bytes int64 // how large it may become
	data  []byte
	held  []held
	words map[string]string
}

// held is one event of a window. Of a request data is its document, and what
// the document does not say stands beside it; of another event it is the
// event's message.
type held struct {
	time, revision           int64
	uid                      event.UID
	uidText                  string
	class                    event.Class
	at, size                 int
	received                 int64
	source, cluster, dialect string
}

func (w *window) reset(bytes int64) {
	w.data, w.held, w.words, w.bytes = w.data[:0], w.held[:0], map[string]string{}, bytes
}

// size is what the window takes in memory.
func (w *window) size() int64 { return int64(len(w.data)) + heldBytes*int64(len(w.held)) }

// add keeps an event. When there are too many the window ends earlier.
func (w *window) add(e *event.Event) error {
	t := event.Time.Get(e)
	if t > w.end {
		return nil
	}
	h := held{time: t, class: e.Class, at: len(w.data)}
	h.uid, h.revision = identity(e)
	if e.Class == event.ClassAudit {
		w.data = append(w.data, e.Raw...)
		h.uidText = event.MetadataUID.Get(e)
		h.received = event.ReceivedTime.Get(e)
		h.source, h.cluster, h.dialect = w.word(event.MetadataSource.Get(e)), w.word(event.K8sCluster.Get(e)), w.word(event.AuditDialect.Get(e))
	} else {
		w.data = wire.AppendEvent(w.data, e)
	}
	h.size = len(w.data) - h.at
	w.held = append(w.held, h)
	if w.size() > w.bytes {
		return w.cut()
	}
	return nil
}

// word returns a text of which many events have the same.
func (w *window) word(text string) string {
	if known, ok := w.words[text]; ok {
		return known
	}
	w.words[text] = text
	return text
}

// cut lets the later half of the events go and makes the window end before
// them.
func (w *window) cut() error {
	w.sort()
	at := w.held[len(w.held)/2].time
	n, _ := slices.BinarySearchFunc(w.held, at, func(h held, t int64) int { return cmp.Compare(h.time, t) })
	if n == 0 {
		// All of the first half is of one moment: what is after it may go.
		n, _ = slices.BinarySearchFunc(w.held, at+1, func(h held, t int64) int { return cmp.Compare(h.time, t) })
		at++
	}
	if n == len(w.held) {
		if w.size() > maxGrowth*w.bytes {
			return fmt.Errorf("more than %d events have the same time, %d ns since 1970; leave that moment out with another --since or --until", len(w.held), at-1)
		}
		return nil
	}
	w.end = at - 1
	kept := make([]byte, 0, len(w.data))
	for i := range w.held[:n] {
		h := &w.held[i]
		from := h.at
		h.at = len(kept)
		kept = append(kept, w.data[from:from+h.size]...)
	}
	w.data, w.held = kept, w.held[:n]
	return nil
}

// sort puts the events in order.
func (w *window) sort() {
	slices.SortFunc(w.held, func(a, b held) int {
		if a.time != b.time {
			return cmp.Compare(a.time, b.time)
		}
		return cmp.Or(bytes.Compare(a.uid[:], b.uid[:]), cmp.Compare(a.revision, b.revision))
	})
}
