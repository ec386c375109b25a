package rawjson

import "bytes"

// maxEnvelopeText bounds what is kept of a kind or version; Kubernetes' own are
// shorter.
const maxEnvelopeText = 128

// An Envelope is what an object around a list says of itself, as Kubernetes'
// lists do.
type Envelope struct {
	Kind       string // "" where it names none
	APIVersion string
}

// Envelope returns what the latest object with a list in it said of itself, as
// far as it was read. An object with another list, or none, changes nothing.
func (s *Scanner) Envelope() Envelope { return s.envelope }

// noted is what members that were read, but may turn out to be those of a
// document, say. It refers to the buffer.
type noted struct{ kind, version []byte }

// note remembers a member whose name, with quotes, and value are given.
func (n *noted) note(member, value []byte) {
	if len(value) < 2 || value[0] != '"' || len(value) > maxEnvelopeText {
		return
	}
	switch text := value[1 : len(value)-1]; {
	case bytes.HasPrefix(member, []byte(`"kind"`)):
		n.kind = text
	case bytes.HasPrefix(member, []byte(`"apiVersion"`)):
		n.version = text
	}
}

// surround makes what was noted that of the object around the present list.
func (s *Scanner) surround(fresh bool) {
	if fresh {
		s.envelope = Envelope{}
	}
	if s.noted.kind != nil {
		s.envelope.Kind = string(s.noted.kind)
	}
	if s.noted.version != nil {
		s.envelope.APIVersion = string(s.noted.version)
	}
}
