// Package ownrules keeps the detection rules that people write here: Sigma
// documents with their history, whether they are on, and the limit of whoever
// wrote them, in a bucket of package store/state.
//
// A [Book] is what the HTTP API and the pipeline share. [Rule.Compile] makes of
// a document what the pipeline runs; a rule whose author is limited to
// clusters and namespaces finds nothing outside of them.
package ownrules
