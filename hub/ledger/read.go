package ledger

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lake"
)

// maxRead bounds the rows that Read reads, the latest: some seconds. readBack is how far it goes back.
const (
	maxRead  = 2_000_000
	readBack = 30 * 24 * time.Hour
)

// readColumns are what a book is made of.
var readColumns = []event.FieldID{
	event.CoverageKind.ID(), event.CoverageRole.ID(), event.CoverageSource.ID(), event.CoverageFrom.ID(), event.Time.ID(), event.ReceivedTime.ID(), event.MetadataSource.ID(),
	event.K8sCluster.ID(), event.K8sNode.ID(), event.CoverageSeen.ID(), event.CoverageStored.ID(), event.CoverageRepeated.ID(), event.CoverageLost.ID(), event.CoverageShed.ID(),
	event.CoverageMissingRing.ID(), event.CoverageMissingQueue.ID(), event.CoverageMissingSpool.ID(), event.CoverageMissingBus.ID(), event.CoverageMissingParse.ID(),
	event.CoverageFiltered.ID(), event.CoverageSampled.ID(), event.CoverageUnresolved.ID(), event.CoverageDelayMs.ID(), event.CoverageClockOffsetMs.ID(), event.CoverageWaitingBytes.ID(), event.CoverageOldest.ID(), event.Status.ID(),
}

// Read returns the book of what a store has accounts of: of the last month, or less where there are too many.
func Read(ctx context.Context, p live.Past, silence time.Duration, now time.Time) (*coverage.Book, error) {
	return read(ctx, p, silence, now, func(*coverage.Account) {})
}

// read returns the book, and shows each row to somebody else, too, who keeps nothing of it.
func read(ctx context.Context, p live.Past, silence time.Duration, now time.Time, each func(*coverage.Account)) (*coverage.Book, error) {
	b := coverage.NewBook(silence)
	sel := lake.All(event.ClassHealth)
	sel.Superseded = true // accounts are not amended
	for _, f := range readColumns {
		sel.Columns = append(sel.Columns, event.Lookup(f).Column())
	}
	sel.To = math.MaxInt64
	for window := readBack; window >= time.Minute; window /= 2 {
		sel.From = now.Add(-window).UnixNano()
		n, err := p.Held(ctx, sel)
		if err != nil {
			return nil, fmt.Errorf("read the ledger of the store: %w", err)
		}
		if n <= maxRead {
			break
		}
	}
	err := p.Scan(ctx, sel, func(e *event.Event) error {
		if a, ok := coverage.Read(e); ok {
			each(&a)
			a.ByHub(time.Unix(0, event.ReceivedTime.Get(e)))
			b.Add(&a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the ledger of the store: %w", err)
	}
	return b, nil
}
