package bus

import "errors"

// Errors that callers tell apart with errors.Is.
var (
	// ErrFull says that the bus has reached its byte limit or its disk is
	// full. Nothing was stored. The caller must stop taking in, and try again.
	ErrFull = errors.New("the bus is full")
	// ErrTooLarge says that a payload is larger than MaxPayload.
	ErrTooLarge = errors.New("the payload is too large for the bus")
	// ErrOvertaken says that somebody else has published since: nothing was
	// stored.
	ErrOvertaken = errors.New("another process writes here now")
	// ErrNobody says that nobody is there who answers.
	ErrNobody = errors.New("nobody answers")
	// ErrClosed is the answer of everything after Close.
	ErrClosed = errors.New("the bus is closed")
	// ErrInUse says that another process has the directory open.
	ErrInUse = errors.New("the bus's directory is in use")
)
