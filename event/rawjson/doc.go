// Package rawjson reads JSON documents in place: it finds the values at many
// paths in one pass, splits streams into documents, checks syntax and replaces
// chosen values, without building a tree and without allocating per document.
//
// It exists for audit intake, where a document is some two kilobytes, nearly
// everything in it is unwanted, and any byte of it may have been chosen by an
// attacker. Input of any kind never panics; what is wrong with it is reported
// as a *SyntaxError with its place.
//
// # Which parts are checked
//
// Extract and Rewrite check the syntax of what they walk through. A subtree
// no path leads into is passed over: its strings must end and its brackets
// must balance, nothing more. Valid checks everything.
//
// # Repeated member names
//
// Where an object names a member twice the last one counts, as it does for the
// decoders of the Kubernetes API server that keep a patch body as it was sent.
// Names are compared after unescaping.
package rawjson
