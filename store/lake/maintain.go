package lake

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Upkeep is what one Maintain did.
type Upkeep struct {
	Merged, Into    int   // segments that were merged, and segments that came out
	MergedRows      int64 // events that were read for it
	Superseded      int64 // of them, earlier revisions that were left out
	Expired         int   // segments dropped because they were old or the store too large
	ExpiredRows     int64
	Removed         int   // dropped segments whose files were removed
	RemovedBytes    int64 // their size
	Merging, Taking time.Duration
}

// String says it in one line.
func (u Upkeep) String() string {
	return fmt.Sprintf("merged %d segments with %d events into %d (%d superseded) in %v, dropped %d segments with %d events, removed the files of %d (%d bytes), %v in all",
		u.Merged, u.MergedRows, u.Into, u.Superseded, u.Merging.Round(time.Millisecond), u.Expired, u.ExpiredRows, u.Removed, u.RemovedBytes, u.Taking.Round(time.Millisecond))
}

// Maintain drops what is too old or too much, merges appended segments, and
// removes files that nobody needs any more. It is meant to be called every
// few seconds by one goroutine, beside appends and queries; a second caller
// waits for the first. Each step is one transaction: whatever interrupts
// Maintain, the store is whole. What it could not do is in the error; the
// next call tries again.
func (l *Lake) Maintain(ctx context.Context) (Upkeep, error) {
	l.upkeep.Lock()
	defer l.upkeep.Unlock()
	var u Upkeep
	if err := l.writable(); err != nil {
		return u, err
	}
	start := time.Now()
	// Dropping comes first and removing last: a full disk must not keep either
	// from being done.
	errs := []error{l.expire(ctx, &u)}
	errs = append(errs, l.merge(ctx, &u))
	errs = append(errs, l.sweep(ctx, &u))
	u.Taking = time.Since(start)
	return u, errors.Join(errs...)
}
