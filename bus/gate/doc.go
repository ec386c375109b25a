// Package gate is where those who are not in the hub's process come in: node
// sensors and cluster agents dial it, show a certificate of the hub's own
// authority, and hand over batches. It is a NATS server of its own, without
// JetStream and without any account but one, so that no peer is ever connected
// to what stores: a batch reaches that through [Options].Take alone.
//
// Who a peer is follows from its certificate, and so does what it may publish
// and subscribe to: see package bus/peer for the subjects. Beyond what the
// server enforces, the gate answers a peer under that peer's own inbox only,
// takes batches within bounds of bytes, for each peer and for all, and cuts off
// who sends without waiting for answers, who does not read them, and who does
// not answer the server's pings.
package gate
