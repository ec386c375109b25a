// Package clusters keeps which clusters an installation knows: the UID of each
// (that of its namespace kube-system), its name, and what its agent said of
// it, in a bucket of package store/state.
//
// A name belongs to one UID: events carry both, and a second cluster under a
// known name would be taken for the first.
package clusters
