package otlp

import (
	"errors"
	"fmt"
)

// A Signal is what a request of OTLP carries.
type Signal int

// The signals that are taken.
const (
	Logs Signal = iota
	Traces
)

// ErrProtobuf is wrapped by the error for a body that is no message of OTLP.
var ErrProtobuf = errors.New("not a message of OTLP in protobuf")

// JSON returns the body of a request in protobuf as OTLP writes the same in
// JSON. What it does not know is left out; a list of nothing stays a list.
func JSON(signal Signal, body []byte) ([]byte, error) {
	m := logsData
	if signal == Traces {
		m = tracesData
	}
	out, err := m.AppendJSON(make([]byte, 0, 2*len(body)+64), body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtobuf, err)
	}
	if len(out) == len("{}") {
		out = append(append(append(out[:1], '"'), m.Fields[0].Name...), `":[]}`...)
	}
	return out, nil
}
