// Package lease says which of several processes holds what: a lease is a key
// of store/state that its holder writes again and again.
//
// Nobody compares clocks. A lease that does not change for as long as its TTL,
// by the clock of whoever looks, has lost its holder, and may be taken. So it
// happens that a holder lives and has lost its lease without knowing: a lease
// therefore has a token, a number that is greater for each new holder, and
// whatever a holder commits has to be refused when another was there since
// (bus.PublishAfter, state.Bucket.Put on a revision). Being the holder is a
// matter of speed, the refusal one of truth.
package lease
