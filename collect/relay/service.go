package relay

import (
	"time"

	"github.com/lynceus-io/lynceus/collect/hubble"
	"github.com/lynceus-io/lynceus/collect/tetragon"
)

// A Service is a method of gRPC that sends events.
type Service struct {
	// Name begins the names of its sources.
	Name string
	// Method is its path.
	Method string
	// Request returns the message by which it is asked for what happened since a
	// time, as far as it remembers, and for what will.
	Request func(since time.Time) []byte
	// AppendJSON writes what it sends as a document of the tool's.
	AppendJSON func(dst, message []byte) ([]byte, error)
}

// Tetragon is what Tetragon's agent on a node has. It remembers nothing: what
// happens while nobody listens is not told.
var Tetragon = Service{Name: "tetragon", Method: tetragon.EventsMethod, Request: tetragon.EventsRequest, AppendJSON: tetragon.AppendJSON}

// Hubble is what Hubble's relay has, and the agent of each node, by another
// address. It remembers the last 4,095 flows of a node unless it is told
// otherwise (hubble.eventBufferCapacity).
var Hubble = Service{Name: "hubble", Method: hubble.FlowsMethod, Request: hubble.FlowsRequest, AppendJSON: hubble.AppendJSON}
