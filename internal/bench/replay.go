package bench

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"regexp"
	"time"
)

// A Replay reads a log again and again, each time later and with other audit
// IDs, so that a short log becomes a long one in which every request is a new
// one. Times end with the log's own. It implements io.Reader.
type Replay struct {
	log    []byte
	span   time.Duration // from copy to copy: the log's own, in whole hours
	places []place
	copies int
	next   int // copy that comes next
	buf    []byte
	rest   []byte
}

// place is a text of a log that differs from copy to copy: a time to the
// second, or the first eight digits of an audit ID.
type place struct {
	at   int
	time time.Time // zero for an audit ID
}

const (
	secondLayout = "2006-01-02T15:04:05"
	idDigits     = 8
)

var replayed = regexp.MustCompile(`"(?:requestReceivedTimestamp|stageTimestamp)":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)|"auditID":"([0-9a-f]{8})`)

// NewReplay returns a Replay of log, JSON lines, that is at least size bytes
// long.
func NewReplay(log []byte, size int64) (*Replay, error) {
	if len(log) == 0 {
		return nil, fmt.Errorf("replay: the log is empty")
	}
	r := &Replay{log: log, copies: int((size + int64(len(log)) - 1) / int64(len(log)))}
	var first, last time.Time
	for _, m := range replayed.FindAllSubmatchIndex(log, -1) {
		if m[2] < 0 {
			r.places = append(r.places, place{at: m[4]})
			continue
		}
		t, err := time.Parse(secondLayout, string(log[m[2]:m[3]]))
		if err != nil {
			return nil, fmt.Errorf("replay: byte %d: %w", m[2], err)
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
		r.places = append(r.places, place{at: m[2], time: t})
	}
	r.span = last.Sub(first).Truncate(time.Hour) + time.Hour
	return r, nil
}

// Size is how many bytes the whole Replay has.
func (r *Replay) Size() int64 { return int64(r.copies) * int64(len(r.log)) }

// Events is how many lines the whole Replay has.
func (r *Replay) Events() int64 { return int64(r.copies) * int64(bytes.Count(r.log, []byte("\n"))) }

// Read implements io.Reader.
func (r *Replay) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.next == r.copies {
			return 0, io.EOF
		}
		r.rest = r.copy(r.next)
		r.next++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// copy returns copy n of the log, valid until the next call.
func (r *Replay) copy(n int) []byte {
	r.buf = append(r.buf[:0], r.log...)
	shift := -time.Duration(r.copies-1-n) * r.span
	h := fnv.New32a()
	fmt.Fprint(h, n)
	id := hex.AppendEncode(nil, h.Sum(nil))[:idDigits]
	for _, p := range r.places {
		if p.time.IsZero() {
			copy(r.buf[p.at:], id)
			continue
		}
		p.time.Add(shift).AppendFormat(r.buf[:p.at], secondLayout)
	}
	return r.buf
}
