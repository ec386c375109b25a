package hubble

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// FlowsMethod is the method of Hubble's relay, and of Cilium's own agent, that
// sends flows for as long as it is asked.
const FlowsMethod = "/observer.Observer/GetFlows"

// FlowsRequest returns the message with which FlowsMethod is asked for all flows
// since a time, and for those to come: a GetFlowsRequest.
func FlowsRequest(since time.Time) []byte {
	at := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(since.Unix()))
	at = protowire.AppendVarint(protowire.AppendTag(at, 2, protowire.VarintType), uint64(since.Nanosecond()))
	b := protowire.AppendVarint(protowire.AppendTag(nil, 3, protowire.VarintType), 1) // follow
	return protowire.AppendBytes(protowire.AppendTag(b, 7, protowire.BytesType), at)  // since
}

// ErrProtobuf is wrapped by the error for what is no answer of FlowsMethod.
var ErrProtobuf = errors.New("not a message of Hubble's in protobuf")

// AppendJSON writes an answer of FlowsMethod as Hubble exports the same.
func AppendJSON(dst, message []byte) ([]byte, error) {
	out, err := flowResponse.AppendJSON(dst, message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtobuf, err)
	}
	return out, nil
}
