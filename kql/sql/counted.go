package sql

// Counted is what the rows of an engine may be, besides run.Rows, that knows
// how much it read for them.
type Counted interface {
	// Scanned returns rows and bytes that were read so far.
	Scanned() (rows, bytes int64)
}
