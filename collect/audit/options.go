package audit

import (
	"io"
	"time"

	"github.com/lynceus-io/lynceus/collect/foreign"
)

// Options of Open. The zero value is ready for use, but reads no standard
// input.
type Options struct {
	// Workers is how many goroutines decode; 0 means GOMAXPROCS.
	Workers int
	// Since and Until bound the time of the events that are delivered: at
	// Since or later, before Until. Zero times bound nothing.
	Since, Until time.Time
	// OnBatch is called on a worker after it decoded a batch, with the
	// worker's number from 0. It may read the batch's events and set its Aux.
	OnBatch func(worker int, b *Batch)
	// Cluster and Server identify where the logs come from; see DecoderOptions.
	Cluster, Server string
	// Key is the installation's, under which secrets are replaced; nil means
	// one that is made for this run only.
	Key []byte
	// Formats are those of other people's tools that are read, too; nil for none.
	Formats *foreign.Set
	// Stdin is what the path "-" means.
	Stdin io.Reader
	// Now is the clock; nil means time.Now. It gives the time of receipt.
	Now func() time.Time
	// MaxDocument is the length of the longest document that is read, in
	// bytes; 0 means 32 MiB. Longer ones are reported.
	MaxDocument int
	// MaxOpen is how many files are open at once; 0 means 512. Where more
	// overlap in time, records of those opened late come late.
	MaxOpen int
	// ChunkSize is how much of a file is read at a time, in bytes; 0 means as
	// much as fits the number of open files, at most 256 KiB.
	ChunkSize int
}

// DefaultMaxDocument is the length of the longest document that is read unless
// another limit is given, in bytes: ten times the largest request that an API
// server takes.
const DefaultMaxDocument = 32 << 20

const (
	defaultMaxOpen = 512
	largestChunk   = 256 << 10
	smallestChunk  = 16 << 10
	// chunkBudget is what the chunks of all open files may take together.
	chunkBudget = 8 << 20
)

// chunkSize is how much to read at a time where open files are open.
func (o *Options) chunkSize(open int) int {
	if o.ChunkSize > 0 {
		return o.ChunkSize
	}
	return max(smallestChunk, min(largestChunk, chunkBudget/max(open, 1)))
}
