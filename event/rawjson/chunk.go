package rawjson

import "sync"

// A Doc is the place of one document in a Chunk.
type Doc struct {
	Start, End int   // in Chunk.Data
	Line       int64 // of the stream, 1 for the first
}

// A Chunk is a part of a stream with the documents that end in it. It belongs
// to whoever got it from Next until Release; chunks of one Scanner may be used
// and released by different goroutines.
type Chunk struct {
	Data   []byte
	Offset int64 // of Data in the stream
	Docs   []Doc
	// Errors has the first errors met in this part of the stream, in order.
	Errors []*SyntaxError
	// Faulty has the place in Data of what each of Errors is about, as far as
	// it was read.
	Faulty []Doc
	// Broken is how many errors there were, also those not in Errors.
	Broken int

	pool *sync.Pool
	keep int // largest capacity worth keeping
}

// maxChunkErrors bounds Chunk.Errors: input may be broken in every line.
const maxChunkErrors = 16

// Bytes returns the bytes of document i, part of Data.
func (c *Chunk) Bytes(i int) []byte {
	d := c.Docs[i]
	return c.Data[d.Start:d.End:d.End]
}

// Locate turns an error in document i, as Extract and Valid return it, into
// one with the line and offset in the stream.
func (c *Chunk) Locate(i int, err *SyntaxError) *SyntaxError {
	d := c.Docs[i]
	return &SyntaxError{
		Line:   d.Line + err.Line - 1,
		Offset: c.Offset + int64(d.Start) + err.Offset,
		Msg:    err.Msg,
	}
}

// Release gives the chunk's memory back for later chunks. Neither the chunk
// nor anything that refers to Data may be used afterwards. A chunk that is
// never released is left to the garbage collector.
func (c *Chunk) Release() {
	if cap(c.Data) <= c.keep {
		c.pool.Put(c)
	}
}

// reset empties a chunk that comes from the pool.
func (c *Chunk) reset(offset int64) {
	c.Data, c.Docs = c.Data[:0], c.Docs[:0]
	c.Errors, c.Faulty, c.Broken = nil, nil, 0
	c.Offset = offset
}
