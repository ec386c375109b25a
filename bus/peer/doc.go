// Package peer is what both ends of the road between a hub and those who are
// not in its process agree on: who they are, under which subjects they speak,
// and what is said there. It uses the standard library alone.
//
// A peer is a node sensor or a cluster's agent. It dials the hub's gate, a NATS
// server, and speaks under subjects that begin with its own name:
//
//	in.CLUSTER.NODE.put.LANE   a batch; the answer is a Verdict
//	in.CLUSTER.NODE.hello      a Hello; the answer is a Welcome
//	in.CLUSTER.NODE.renew      a certificate request; the answer is an Issued
//	in.CLUSTER.NODE.answer     an Answer to a command
//	cmd.CLUSTER.NODE           commands, which the hub sends
//	_INBOX.CLUSTER.NODE.>      answers, which the hub sends
//
// The server lets a connection publish and subscribe under its own name only,
// and takes that name from the connection's certificate.
package peer
