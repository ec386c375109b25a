package tail

import "context"

// A Checkpoint says how far a text was read. It is plain data; any encoding
// that keeps the fields will do.
type Checkpoint struct {
	// ID names the text: 32 hexadecimal digits.
	ID string `json:"id"`
	// Path, Device and Inode are those of the file it was read from last.
	Path   string `json:"path"`
	Device uint64 `json:"device"`
	Inode  uint64 `json:"inode"`
	// Offset is in bytes of decompressed text: what is before it is durable.
	// Lines are those before it.
	Offset int64 `json:"offset"`
	Lines  int64 `json:"lines"`
	// Head is the SHA-256 of the first HeadLength bytes, Last that of the
	// LastLength bytes before Offset.
	Head       []byte `json:"head"`
	HeadLength int    `json:"head_length"`
	Last       []byte `json:"last"`
	LastLength int    `json:"last_length"`
	// Complete says that a compressed file was read to its end.
	Complete bool `json:"complete,omitempty"`
	// Cut is when its file was found without it, in nanoseconds since 1970; 0
	// for never, and when it was found elsewhere. Told says that this was told.
	Cut  int64 `json:"cut,omitempty"`
	Told bool  `json:"told,omitempty"`
}

// Checkpoints keeps checkpoints over restarts. It is used by one goroutine.
type Checkpoints interface {
	// Load returns all that are kept.
	Load(ctx context.Context) ([]Checkpoint, error)
	// Save keeps c in the place of one with the same ID, and returns when it
	// is durable.
	Save(ctx context.Context, c Checkpoint) error
	// Delete forgets one. It is no error if there is none.
	Delete(ctx context.Context, id string) error
}
