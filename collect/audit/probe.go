package audit

import (
	"bytes"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/event"
)

// firstRecord is where a source begins, as probe found it.
type firstRecord struct {
	found bool
	time  int64
	uid   event.UID
}

// comesBefore orders sources by their first record, those without one first,
// so that they are done with at once.
func (s *source) comesBefore(t *source) int {
	a, b := s.first, t.first
	switch {
	case a.found != b.found:
		if b.found {
			return -1
		}
		return 1
	case a.time != b.time:
		if a.time < b.time {
			return -1
		}
		return 1
	}
	if c := bytes.Compare(a.uid[:], b.uid[:]); c != 0 {
		return c
	}
	return bytes.Compare([]byte(s.file.Name), []byte(t.file.Name))
}

// probe finds the first record that a source will deliver. What is wrong with
// the source will be reported when it is read. keep says whether the source is
// to be read at all: a file found in a directory that is no log is not.
func (r *Reader) probe(d *Decoder, s *source) (keep bool) {
	stream, err := input.Open(s.file, nil, nil)
	if err != nil {
		return true
	}
	defer stream.Close()
	if !s.file.Named && !input.IsLog(stream) {
		return false
	}
	sc := r.scanner(stream, smallestChunk)
	var b Batch
	for {
		chunk, err := sc.Next()
		if err != nil {
			return true
		}
		b.source, b.chunk, b.docs = s, &sharedChunk{Chunk: chunk}, chunk.Docs
		for i := range b.docs {
			r.document(d, &b, i)
			if len(b.items) > 0 {
				it := b.items[0]
				s.first = firstRecord{found: true, time: it.time, uid: it.uid}
				if it.time == noTime {
					s.first.time = r.received
				}
				return true
			}
		}
		b.chunk.users.Store(1)
		b.reset()
	}
}
