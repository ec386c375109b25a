// Package link is a peer's end of the road to the hub's gate (package
// bus/gate): it keeps itself connected, sends batches and returns when they are
// durable at the hub, measures how far this machine's clock is from the hub's,
// and hands over the commands that come.
//
// It links NATS's client and nothing of its server.
package link
