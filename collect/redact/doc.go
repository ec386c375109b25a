// Package redact replaces secrets in documents before anything keeps them.
// docs/redaction.md lists what counts as one.
//
// A secret becomes redacted:<16 hexadecimal digits>:<length>. The digits are
// a keyed hash (HMAC-SHA256) of the value, so that equal values can be told
// to be equal and nothing else can be learned without the installation's key;
// the length is that of the value in bytes. Names, structure and everything
// that is no secret stay as they are.
//
// Nearly all documents hold no secret. [Redactor.Suspect] finds that out by
// looking at every third byte; only what it suspects is taken apart.
package redact
