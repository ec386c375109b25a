package wire

import "hash/crc32"

// Version is the version of the batch format that a Builder writes. A reader
// refuses any but this and VersionStamped: fields can be added without a new
// version.
const Version = 1

// Newest is the newest version that a reader reads. Processes tell each other
// theirs, and a writer keeps to an older form until all can read a newer one.
const Newest = VersionStamped

// Limits. They bound what a decoder allocates for a batch from anywhere.
const (
	// MaxBody is the greatest size of a batch's events before compression, in
	// bytes, and so of one event: room for two documents of the 32 MiB that
	// package audit holds documents to.
	MaxBody = 64 << 20
	// DefaultBody is the size at which a Builder says that its batch is full.
	// Compressed, that many audit events are about a quarter of it.
	DefaultBody = 1 << 20
	// MaxSource is the greatest length of a batch's source, in bytes.
	MaxSource = 4 << 10
)

// Codec is how the events of a batch are compressed.
type Codec uint8

// The codecs.
const (
	CodecNone Codec = 0
	CodecS2   Codec = 1 // one S2 block
)

// Fields of a batch message, in the order in which they are written.
const (
	numberVersion  = 1 // varint
	numberSource   = 2 // text
	numberReceived = 3 // eight bytes
	numberCodec    = 4 // varint
	numberCount    = 5 // varint
	numberSize     = 6 // varint: bytes of the events before compression
	numberBody     = 7 // the events, compressed
	numberChecksum = 8 // four bytes: CRC-32C of all bytes before this field's tag
	numberStamp    = 9 // of a stamped batch, before its body, which is a batch: a message
	numberEvent    = 1 // of the message that the body is
)

// checksumTag is the tag of numberChecksum, checksumLen what follows the rest.
const (
	checksumTag = numberChecksum<<3 | typeI32
	checksumLen = 5
)

// eventHead is the tag of an event in the body and its length, written in
// four bytes so that the event need not be measured first. Protobuf allows it.
const eventHead = 5

// castagnoli is the table of CRC-32C, which processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)
