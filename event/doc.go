// Package event holds Lynceus' one record type and the registry of its fields.
//
// Everything Lynceus learns (an API request, a process start, a connection) is
// an [Event]. Every field an event can have is declared once, in the registry
// of this package ([Fields]): its number, name, type, OCSF path, meaning, and
// the names by which Sigma and Falco rules mean it. The typed handles in
// zz_generated_fields.go, the slots of the record and the page docs/fields.md
// are generated from it by `go generate ./event`.
//
// The package and everything below it import the standard library only, but
// for the compression in event/wire.
package event

//go:generate go run ./internal/gen -root ..
