package relaytest

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Message joins fields to a field that is a message.
func Message(n protowire.Number, fields ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), Fields(fields...))
}

// Fields joins fields to a message.
func Fields(fields ...[]byte) (b []byte) {
	for _, f := range fields {
		b = append(b, f...)
	}
	return b
}

// Text is a field that is a text.
func Text(n protowire.Number, s string) []byte { return Message(n, []byte(s)) }

// Number is a field that is a number.
func Number(n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v)
}

// Time is a field that is a google.protobuf.Timestamp.
func Time(n protowire.Number, at time.Time) []byte {
	return Message(n, Number(1, uint64(at.Unix())), Number(2, uint64(at.Nanosecond())))
}

// Flow is a GetFlowsResponse of a request that a pod web-1 of namespace shop
// made of db-1. The numbers are those of Cilium's api/v1/flow/flow.proto.
func Flow(node, uuid string, at time.Time, more ...[]byte) []byte {
	web := Fields(Text(3, "shop"), Text(5, "web-1"), Message(6, Text(1, "web"), Text(2, "Deployment")))
	db := Fields(Text(3, "shop"), Text(5, "db-1"))
	tcp := Message(1, Number(1, 40000), Number(2, 8080), Message(3, Number(2, 1)))
	return Fields(Message(1, Fields(Time(1, at), Text(34, uuid), Number(2, 1), Message(5, Text(1, "10.244.0.7"), Text(2, "10.244.0.8"), Number(3, 1)),
		Message(6, tcp), Message(8, web), Message(9, db), Number(10, 1), Text(11, node), Number(22, 2), Message(26)), Fields(more...)), Text(1000, node), Time(1001, at))
}

// Trace is the part of a flow that says in which trace it was made.
func Trace(id string) []byte { return Message(30, Message(1, Text(1, id))) }

// Lost is a GetFlowsResponse that says how many flows a node lost in its queue.
func Lost(node string, n uint64, at time.Time) []byte {
	return Fields(Message(3, Number(1, 2), Number(2, n)), Text(1000, node), Time(1001, at))
}
