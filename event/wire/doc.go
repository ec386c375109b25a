// Package wire is the encoding of events on their way from intake to store:
// protobuf's wire format, written and read without reflection.
//
// docs/event.proto, generated from the field registry, describes it to every
// protobuf library. A field's number is its number in the registry; three
// numbers above the registry's carry what is no field (the class, the
// document, which lists are empty). Presence is kept: absent, empty and zero
// are three things after decoding as before.
//
// A [Builder] makes batches: a header (source, time of receipt), events
// compressed with S2 (https://github.com/klauspost/compress/tree/master/s2),
// and a CRC-32C of everything before it. A [Decoder] reads them. A batch that
// was cut off or changed is an error before its first event is seen, and an
// error names the offset. Fields of a newer sender are skipped.
package wire

//go:generate go run ./internal/gen -root ../..
