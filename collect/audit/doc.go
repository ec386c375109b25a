// Package audit reads Kubernetes audit logs: it finds the documents in files
// and streams, recognises whose log they came in, removes what is secret and
// turns each document into an [event.Event] of table audit.
//
// What the API server wrote is evidence, so a document is taken as far as it
// can be read: fields that are missing stay absent, fields of a wrong type are
// left out and counted, members nobody knows stay in the raw document. A text
// that is no JSON is reported with its place and does not stop the rest.
//
// The facts about the documents come from
// https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/.
package audit
