// Package syscalls says what the sensor tells of system calls: of each its numbers, the table and the activity of its
// rows, what its arguments are and how they are written. It is data, and functions of it; nothing in it needs a kernel.
//
// Names and meanings of arguments are from section 2 of the manual pages; the names by which they appear in events are
// those of Falco's events (https://falco.org/docs/reference/rules/supported-events/), which rules ask for.
package syscalls
