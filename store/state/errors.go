package state

import "errors"

// Errors that callers tell apart with errors.Is.
var (
	// ErrNotFound says that a key has no value.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that somebody else changed the key: read it again,
	// and decide again.
	ErrConflict = errors.New("it was changed in the meantime")
	// ErrTooLarge says that a value is larger than its kind may be.
	ErrTooLarge = errors.New("the value is too large")
	// ErrFull says that a bucket has reached its byte limit.
	ErrFull = errors.New("the bucket is full")
	// ErrKey says that a text cannot be a key; Key makes one of any text.
	ErrKey = errors.New("no valid key")
)
