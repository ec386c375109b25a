package pods

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxObject bounds one object in an answer, in bytes: etcd keeps 1.5 MiB, and JSON may be longer than what it keeps.
const maxObject = 8 << 20

// errTooLong says that an answer has an object which no API server sends.
var errTooLong = fmt.Errorf("an object in the API server's answer has more than %d bytes", maxObject)

// bounded fails when more is read than an object may take, until it is told of the next.
type bounded struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// stream reads JSON values one after another, each of a bounded length.
type stream struct {
	in  *bounded
	dec *json.Decoder
}

func newStream(r io.Reader) *stream {
	in := &bounded{r, maxObject}
	return &stream{in, json.NewDecoder(in)}
}

// next reads a value into v.
func (s *stream) next(v any) error {
	s.in.left = maxObject
	return s.dec.Decode(v)
}

// watched is a line of a watch.
type watched struct {
	Type   string
	Object json.RawMessage
}

// status is what the API server answers in the place of what it was asked for.
type status struct {
	Code    int
	Reason  string
	Message string
}

// The types of events of a watch.
const (
	added    = "ADDED"
	modified = "MODIFIED"
	deleted  = "DELETED"
	bookmark = "BOOKMARK"
	failed   = "ERROR"
)

// page is what a list says beside its items.
type page struct {
	ResourceVersion string
	Continue        string
}

// errForm says that an answer is none of the API's.
var errForm = errors.New("the API server's answer is not what the Kubernetes API says")

// list reads a list of pods and calls each with one after another.
func (s *stream) list(each func(*object)) (p page, err error) {
	if err := s.delim('{'); err != nil {
		return p, err
	}
	for s.dec.More() {
		s.in.left = maxObject
		name, err := s.dec.Token()
		if err != nil {
			return p, fmt.Errorf("read a list of pods: %w", err)
		}
		switch name {
		case "metadata":
			err = s.next(&p)
		case "items":
			err = s.items(each)
		default:
			var other json.RawMessage
			err = s.next(&other)
		}
		if err != nil {
			return p, fmt.Errorf("read a list of pods: %w", err)
		}
	}
	return p, s.delim('}')
}

// items reads the array of a list, which may be null.
func (s *stream) items(each func(*object)) error {
	t, err := s.dec.Token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return errForm
	}
	for s.dec.More() {
		var o object
		if err := s.next(&o); err != nil {
			return err
		}
		each(&o)
	}
	return s.delim(']')
}

func (s *stream) delim(want json.Delim) error {
	s.in.left = maxObject
	t, err := s.dec.Token()
	if err != nil {
		return fmt.Errorf("read a list of pods: %w", err)
	}
	if t != want {
		return errForm
	}
	return nil
}
