package otlp

import "google.golang.org/protobuf/encoding/protowire"

// Answer returns what a server answers in protobuf: an Export…ServiceResponse
// where the request succeeded, with how many records were rejected, and a
// google.rpc.Status with the reason where it did not.
func Answer(success bool, rejected int64, reason string) []byte {
	if !success {
		return protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), reason) // Status.message
	}
	if rejected == 0 {
		return nil
	}
	partial := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(rejected))
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), "what could not be read is in quarantine")
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
}
