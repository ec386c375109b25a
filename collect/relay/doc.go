// Package relay reads events of servers that send them by gRPC for as long as
// they are asked: Hubble's relay and Tetragon.
//
// What comes is written as the same tool writes it into a file, and is read as
// that is; so an event is the same event by whichever way it came. A stream that
// ends is asked for again, from a little before the last event that is durable
// where the server remembers any; what comes twice by that is known by its
// content (hub/live.Repeated).
package relay
