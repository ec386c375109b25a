package sql

// Limit is what an engine has only so much of.
type Limit uint8

// The limits.
const (
	LimitTime Limit = iota + 1
	LimitMemory
)

// LimitError says that an engine ended a query because it reached a limit of
// the engine's own. Backends return it, wrapped or not, from Query and from
// the rows; what ends with the caller's context is none.
type LimitError struct {
	Limit Limit
	// Text says which limit it was and what to do. It holds nothing of the
	// engine's own words, which can tell of files and servers.
	Text string
	// Err is the engine's error, or nil.
	Err error
}

// Error returns the text, and the engine's error where there is one.
func (e *LimitError) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

// Unwrap returns the engine's error.
func (e *LimitError) Unwrap() error { return e.Err }
