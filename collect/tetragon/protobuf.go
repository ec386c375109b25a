package tetragon

import (
	"errors"
	"fmt"
	"time"
)

// EventsMethod is the method of Tetragon's agent that sends events.
const EventsMethod = "/tetragon.FineGuidanceSensors/GetEvents"

// EventsRequest returns the message with which EventsMethod is asked for all
// events to come: a GetEventsRequest without filters. Tetragon remembers none, so
// the time says nothing.
func EventsRequest(time.Time) []byte { return nil }

// ErrProtobuf is wrapped by the error for what is no answer of EventsMethod.
var ErrProtobuf = errors.New("not a message of Tetragon's in protobuf")

// AppendJSON writes an answer of EventsMethod as Tetragon exports the same.
func AppendJSON(dst, message []byte) ([]byte, error) {
	out, err := eventsResponse.AppendJSON(dst, message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtobuf, err)
	}
	return out, nil
}
