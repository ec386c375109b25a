// Package pki is the certificate authority of a hub: it makes itself at the
// first start, gives short-lived certificates to peers (package bus/peer), and
// says of a connection who is at the other end.
//
// The keys stand in a directory of the hub's data directory, which its owner
// alone may read. A peer's certificate carries its name as a URI and can be
// used for nothing but to be a client; the gate's own is for a server alone, so
// that no peer can pass for the gate. Authorities can be changed while
// everything runs: see [Authority.Rotate].
package pki
