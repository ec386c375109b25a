// Package protobuf writes messages in protobuf's wire format as JSON, by a
// table of what they consist of, as protobuf's own mapping to JSON does
// (https://protobuf.dev/programming-guides/json/) and with the names of fields
// that the table gives. So a tool that sends protobuf and the same tool's
// documents in JSON are read by the same reader.
//
// Fields that a table does not have are left out. No code is generated, and
// nothing is registered: a table names what is read.
package protobuf
