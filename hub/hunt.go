package hub

import (
	"context"
	"math"
	"path/filepath"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/hub/ledger"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/hub/seek"
	"github.com/lynceus-io/lynceus/store/lake"
)

// HuntOptions say what to look for in which part of the past.
type HuntOptions struct {
	// Dir is the data directory whose store is read; a server may run on it.
	Dir        string
	Indicators *seek.Indicators
	// Since and Until bound the events by time, Until excluded; zero means no
	// bound.
	Since, Until time.Time
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Progress is called now and then with how many events were looked at;
	// nil for never.
	Progress func(events int64)
}

// Hunt finds where indicators were seen in a store. It changes nothing.
func Hunt(ctx context.Context, o HuntOptions) (*seek.Result, error) {
	l, _, err := lake.Open(ctx, lake.Options{Dir: filepath.Join(o.Dir, lakeDir), ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer l.Close() // it was only read
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !o.Since.IsZero() {
		from = o.Since.UnixNano()
	}
	if !o.Until.IsZero() {
		to = o.Until.UnixNano() - 1
	}
	r, err := seek.Seek(ctx, seek.Options{Lake: l, Indicators: o.Indicators, From: from, To: to, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	book, err := ledger.Read(ctx, live.Lake{Lake: l}, 0, o.Now())
	if err != nil {
		return nil, err
	}
	r.Coverage = book.State(coverage.Question{From: o.Since, To: o.Until}, o.Now())
	return r, nil
}
