// Package outbox is the sensor's side of the way to a hub that is not on its node. It seals events into batches, keeps these
// in a spool (package bus/spool), and sends them, one after another, until each is durable at the hub.
//
// Findings and reports of health are sealed as soon as nothing more is there at the moment. Other events wait until their
// batch is full or three quarters of a second old, so that a quiet node does not send many small ones. What a container sends
// that makes a good part of all has batches of its own: when the spool is full, they go first. Events of one container stay
// in order.
package outbox
