package hub

import (
	"context"
	"errors"
	"hash/fnv"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/exclusions"
	"github.com/lynceus-io/lynceus/store/lake"
)

// exclusionBook is the installation's exclusions beside the findings that they
// are tried on. It implements api.Exclusions.
type exclusionBook struct {
	*exclusions.Book
	past  live.Past
	rules func(id string) *rule.Rule
	now   func() time.Time
}

// LookBack says what an exclusion would have covered of stored findings.
func (b *exclusionBook) LookBack(ctx context.Context, e exclude.Exclusion, since time.Time) (*exclude.Past, error) {
	return exclude.LookBack(&e, b.stored(ctx, since))
}

// Propose makes an exclusion of what a stored finding is about.
func (b *exclusionBook) Propose(ctx context.Context, finding string) (exclude.Exclusion, error) {
	sel := lake.All(event.ClassFinding)
	sel.Equal = []sql.Equal{{Column: event.Lookup(event.FindingInfoUID.ID()).Column(), Values: []string{finding}}}
	for f, err := range b.selected(ctx, sel) {
		if err != nil {
			return exclude.Exclusion{}, err
		}
		if f.ID == finding {
			return exclude.Propose(f), nil
		}
	}
	return exclude.Exclusion{}, exclude.ErrNoFinding
}

// stored returns the findings that were last seen since then, in their latest
// state.
func (b *exclusionBook) stored(ctx context.Context, since time.Time) iter.Seq2[*detect.Finding, error] {
	sel := lake.All(event.ClassFinding)
	sel.From, sel.To = since.UnixNano(), math.MaxInt64
	return b.selected(ctx, sel)
}

// selected returns the findings of a selection, and perhaps others.
func (b *exclusionBook) selected(ctx context.Context, sel lake.Selection) iter.Seq2[*detect.Finding, error] {
	return func(yield func(*detect.Finding, error) bool) {
		err := b.past.Scan(ctx, sel, func(e *event.Event) error {
			f, err := row.ReadFinding(e, b.rules)
			if !yield(f, err) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// errEnough ends a scan whose reader has enough.
var errEnough = errors.New("enough")

// covers names the exclusion in force that covers a finding, "" for none.
func (b *exclusionBook) covers(f *detect.Finding) string {
	id, _ := b.Match(f)
	return id
}

// version is another number when findings may be covered by others than
// before: an exclusion was made, changed or removed, began or ended.
func (b *exclusionBook) version() int64 {
	h := fnv.New64a()
	now := b.now()
	for _, e := range b.List() {
		for _, word := range []string{e.ID, e.Expires.String(), strconv.FormatBool(e.Active(now))} {
			_, _ = h.Write([]byte(word)) // a hash takes everything
		}
		for _, c := range e.Scope.Conditions() {
			_, _ = h.Write([]byte(c.Field + "\x00" + c.Value))
		}
	}
	return int64(h.Sum64())
}
