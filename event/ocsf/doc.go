// Package ocsf writes events as documents of the Open Cybersecurity Schema
// Framework, version 1.8.0, each one line of JSON.
//
// Where a value stands in a document is what the field registry says
// ([event.Field].OCSF). What OCSF's class has no place for, and what is not of
// the type it wants there, stands below "unmapped". What OCSF requires and the
// event does not have is "unknown" or, of an enumeration, 0. Nothing that an
// event holds is left out; derived fields are not held, they are in raw_data.
//
// Times are in milliseconds, as OCSF wants them, and in full beside that, by
// its profile "datetime". docs/ocsf.md describes the documents.
//
// Findings and incidents are written by package incident/ocsf, which takes
// [Kind] and [Metadata] from here.
//
// Definitions: https://schema.ocsf.io/1.8.0.
package ocsf
