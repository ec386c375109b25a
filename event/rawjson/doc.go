// Package rawjson reads JSON documents in place: it finds the values at many
// paths in one pass, splits streams into documents, checks syntax and walks
// tokens, without building a tree and without allocating per document.
//
// It exists for audit intake, where a document is some two kilobytes, nearly
// everything in it is unwanted, and any byte of it may have been chosen by an
// attacker. Input of any kind never panics; what is wrong with it is reported
// as a *SyntaxError with its place.
//
// # What is accepted
//
// All readers accept the same documents: those encoding/json accepts, up to a
// limit of nesting. Strings may hold bytes that are not UTF-8, but no raw
// control characters.
//
// # Repeated member names
//
// Where an object names a member twice the last one counts, as it does for the
// decoders of the Kubernetes API server that keep a patch body as it was sent.
// Names are compared after unescaping.
package rawjson
