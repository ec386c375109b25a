// Package sigma reads Sigma documents, specification 2.1.0, into rules:
// detections, correlations and filters, with the lynceus block that says what
// Sigma cannot.
//
// Nothing is skipped silently. What a document says and Lynceus cannot honour
// is a [Problem] with the rule, the place and the feature: an error when the
// document is broken, unsupported when it is sound but asks for something that
// is not there. docs/sigma.md lists what is understood.
package sigma
