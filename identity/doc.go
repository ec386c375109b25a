// Package identity knows what stands in no event alone: whether a caller's
// address lies outside the cluster, whether a threat feed lists it, whether
// the pod a token belongs to is still there, and from how many places a
// credential is used.
//
// [Callers] learns this from the audit events themselves, in order of time,
// within bounds of memory. docs/callers.md says how, and what an attacker can
// and cannot make it believe.
package identity
