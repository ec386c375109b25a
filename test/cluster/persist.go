package cluster

import (
	"context"
	"fmt"
	"io"
	"time"
)

// pauses are those between tries of what needs a network.
var pauses = []time.Duration{5 * time.Second, 20 * time.Second, time.Minute}

// persist calls f until it succeeds, once more after each of the pauses, and says in log what failed. It returns the last
// error, or the one before ctx ended.
func persist(ctx context.Context, log io.Writer, f func() error) error {
	for _, pause := range pauses {
		err := f()
		if err == nil {
			return nil
		}
		fmt.Fprintf(log, "%v; once more in %v\n", err, pause)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
	return f()
}
