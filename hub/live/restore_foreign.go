package live

import (
	"context"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// maxForeign bounds the rows of a table that a start looks at to know again
// what other people's tools brought: those of the sensor are among them.
const maxForeign = 200_000

// recallForeign remembers what other people's tools brought within the last
// hour that a table has rows of, or less where those are too many, so that what
// comes again after a start is known.
func (j *Judge) recallForeign(ctx context.Context) error {
	for _, c := range event.Classes() {
		if !event.Lookup(event.MetadataLogProvider.ID()).In(c) {
			continue
		}
		_, last, ok, err := j.o.Past.Span(ctx, c)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		window := Replay
		for window > time.Second {
			n, err := j.o.Past.Held(ctx, receivedSince(c, last.Add(-window)))
			if err != nil {
				return err
			}
			if n <= maxForeign {
				break
			}
			window /= 2
		}
		err = j.o.Past.Scan(ctx, receivedSince(c, last.Add(-window)), func(e *event.Event) error {
			if event.MetadataLogProvider.Has(e) {
				j.rows.Note(e)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("table %s: %w", c, err)
		}
	}
	return nil
}
