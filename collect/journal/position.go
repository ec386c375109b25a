package journal

import "context"

// A Position says how far a file of the journal was read. It is plain data; any
// encoding that keeps the fields will do.
type Position struct {
	// Source is whose position it is: one Reader's.
	Source string `json:"source"`
	// File is the file's own id, which it keeps when it is rotated; Name is
	// where it was last.
	File string `json:"file"`
	Name string `json:"name"`
	// Seqnum is that of the last entry that is durable, among those of
	// SeqnumID.
	SeqnumID string `json:"seqnum_id"`
	Seqnum   uint64 `json:"seqnum"`
	// Done says that the file was read to an end that stays, or that what is
	// missing of it was told.
	Done bool `json:"done,omitempty"`
}

// Positions keeps positions over restarts. Several readers use it at once, each
// for its own source.
type Positions interface {
	// Load returns all that are kept of a source.
	Load(ctx context.Context, source string) ([]Position, error)
	// Save keeps p in the place of the one of the same source and file, and
	// returns when it is durable.
	Save(ctx context.Context, p Position) error
	// Delete forgets that one. It is no error if there is none.
	Delete(ctx context.Context, p Position) error
}
