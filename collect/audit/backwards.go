package audit

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// maxBackwards is how much text of a file that has its latest records first is
// held to turn it around. Log services that answer a query that way ("gcloud
// logging read", Log Analytics) give far less at a time.
const maxBackwards = 64 << 20

// tooLongBackwards says what to do about a file that is larger.
const tooLongBackwards = "the latest events come first and the file is too large to turn around, so it was read as it stands and findings that depend on order may be missing; ask the log service for ascending order, or for smaller files"

// A trend is how the times of a source's first records go.
type trend struct {
	last     int64
	up, down int
}

// trendRecords is how many records are looked at.
const trendRecords = 32

// add notes the time of the next record.
func (t *trend) add(time int64) {
	switch {
	case t.last == 0 || time == t.last:
	case time > t.last:
		t.up++
	default:
		t.down++
	}
	t.last = time
}

// backwards reports whether the records come latest first. API servers write
// almost in order, some records a little late.
func (t *trend) backwards() bool { return t.down >= 2 && t.down > 4*t.up }

// feedBackwards hands out the documents of a source from its end.
func (r *Reader) feedBackwards(ctx context.Context, s *source, sc *rawjson.Scanner) {
	var held []*rawjson.Chunk
	for {
		chunk, err := sc.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
			break
		}
		held = append(held, chunk)
	}
	slices.Reverse(held)
	for _, chunk := range held {
		slices.Reverse(chunk.Docs)
		if !r.submit(ctx, s, chunk) {
			return
		}
	}
}
