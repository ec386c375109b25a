package dns

import "encoding/binary"

// Streams puts messages together that go over TCP, where each has its length before it and is cut into packets. It
// keeps little: what is not complete after many others have begun is forgotten. It is for one goroutine.
type Streams struct {
	open  map[StreamKey]*stream
	order []StreamKey // a ring of those in open
	next  int
}

// StreamKey is one direction of a connection.
type StreamKey struct {
	Sock uint64
	Out  bool
}

// stream is what has come of a direction.
type stream struct {
	number  uint32 // of the byte that comes next
	started bool
	rest    []byte
}

const (
	// maxStreams is how many directions are remembered.
	maxStreams = 256
	// maxRest bounds what one of them may hold: a message has at most 64 KiB, most have a few hundred bytes.
	maxRest = 16 << 10
)

// NewStreams returns streams of which none has begun.
func NewStreams() *Streams { return &Streams{open: map[StreamKey]*stream{}} }

// Take takes in a packet whose first byte has a number in its stream, and calls f with each message that is complete
// then. What was sent again is left out; where something is missing, the next packet is taken to begin a message. The
// message is valid until f returns.
func (s *Streams) Take(k StreamKey, number uint32, b []byte, f func(message []byte) error) error {
	st := s.open[k]
	if st == nil {
		st = s.add(k)
	}
	switch ahead := int32(number - st.number); {
	case !st.started || ahead > 0:
		st.rest = st.rest[:0]
	case int(-int64(ahead)) >= len(b):
		return nil
	default:
		b, number = b[-ahead:], st.number
	}
	st.started, st.number = true, number+uint32(len(b))
	st.rest = append(st.rest, b...)
	rest := st.rest
	for len(rest) >= 2 {
		n := int(binary.BigEndian.Uint16(rest))
		if len(rest)-2 < n {
			break
		}
		if err := f(rest[2 : 2+n]); err != nil {
			return err
		}
		rest = rest[2+n:]
	}
	if len(rest) > maxRest {
		rest = nil
	}
	st.rest = append(st.rest[:0], rest...)
	return nil
}

// add adds a stream, in the place of the one that has been there for longest.
func (s *Streams) add(k StreamKey) *stream {
	st := &stream{}
	s.open[k] = st
	if len(s.order) < maxStreams {
		s.order = append(s.order, k)
		return st
	}
	delete(s.open, s.order[s.next])
	s.order[s.next] = k
	s.next = (s.next + 1) % maxStreams
	return st
}
