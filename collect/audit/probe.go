package audit

import (
	"bytes"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// firstRecord is where a source begins, as probe found it. What it delivers
// first comes no earlier, as far as it is in order.
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

// probe finds the first record of a source, be it wanted or not, and whether
// it has its latest first. What is wrong with the source will be reported when it is
// read. keep says whether the source is to be read at all: a file found in a
// directory that is no log is not.
func (r *Reader) probe(d *Decoder, s *source) (keep bool) {
	stream, err := input.Open(s.file, nil, nil)
	if err != nil {
		return true
	}
	defer stream.Close()
	if !s.file.Named && !input.IsLog(stream) {
		return false
	}
	p := prober{r: r, d: d, s: s, sc: r.scanner(stream, smallestChunk)}
	s.probing = true
	p.begin()
	if p.trend.backwards() {
		p.end()
	}
	s.probing = false
	return true
}

// A prober looks into a source that is not read yet.
type prober struct {
	r     *Reader
	d     *Decoder
	s     *source
	sc    *rawjson.Scanner
	b     Batch
	trend trend
	size  int // of the text so far
}

// next makes the next chunk the batch.
func (p *prober) next() bool {
	if p.b.chunk != nil {
		p.b.reset()
	}
	chunk, err := p.sc.Next()
	if err != nil {
		return false
	}
	p.size += len(chunk.Data)
	p.b.source, p.b.chunk, p.b.docs = p.s, &sharedChunk{Chunk: chunk}, chunk.Docs
	p.b.chunk.users.Store(1)
	return true
}

// begin looks at the first records.
func (p *prober) begin() {
	for n := 0; n < trendRecords && p.next(); {
		for i := range p.b.docs {
			p.r.document(p.d, &p.b, i)
		}
		for _, it := range p.b.items {
			if n == 0 {
				p.found(it)
			}
			if n++; it.time != noTime {
				p.trend.add(it.time)
			}
		}
	}
}

// found notes the record that will be delivered first.
func (p *prober) found(it item) {
	p.s.first = firstRecord{found: true, time: it.time, uid: it.uid}
	if it.time == noTime {
		p.s.first.time = p.r.received
	}
}

// end looks for the last record of a source that will be read backwards.
func (p *prober) end() {
	first := p.s.first
	for p.next() {
		if p.size > maxBackwards {
			p.s.first = first
			p.s.report.Problems = append(p.s.report.Problems, coverage.Problem{File: p.s.file.Name, Text: tooLongBackwards})
			return
		}
		for i := len(p.b.docs) - 1; i >= 0 && len(p.b.items) == 0; i-- {
			p.r.document(p.d, &p.b, i)
		}
		if n := len(p.b.items); n > 0 {
			p.found(p.b.items[n-1])
		}
	}
	p.s.reversed = true
}
