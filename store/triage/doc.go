// Package triage keeps what people decide about findings, many at a time:
// their status, who works on them, and why. A step says it of a list of
// findings, is kept whole, and can be undone as a whole; what a finding's
// standing is follows from the steps that name it, the latest one last.
//
// Rows of findings in the store stay as they are: a step over a hundred
// thousand of them costs a few writes.
package triage
