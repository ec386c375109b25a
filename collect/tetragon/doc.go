// Package tetragon reads what Tetragon observes: the JSON of its export file,
// of its standard output and of "tetra getevents -o json", which is that of its
// gRPC API.
//
// What a process did becomes a row of the table that what was hooked belongs
// to. Where Tetragon's policy did something about it, a row of table alert says
// so as well. Facts from
// https://tetragon.io/docs/reference/grpc-api/#tetragon-v1-GetEventsResponse.
package tetragon
