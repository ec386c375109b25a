// Package stream carries batches of events from a sensor to the process that started it, over a unix socket that keeps
// the bounds of messages (SOCK_SEQPACKET): a sensor that is killed leaves no half of one, so the next can go on where it
// ended.
//
// A message from the sensor is a number of eight bytes, little-endian, and a batch of package wire. The answer is the
// number alone, sent when the batch is durable. The sensor sends the next batch after the answer and not before: what
// takes long on the other side holds the sensor's queue up, which gives up events and counts them.
package stream
