package hub

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/exclusions"
	"github.com/lynceus-io/lynceus/store/lake"
)

// upExclusions are a server's exclusions, and the findings of its store to try
// one on. It implements api.Exclusions.
type upExclusions struct {
	*exclusions.Book
	lake  *lake.Lake
	rules func(id string) *rule.Rule
	now   func() time.Time
}

// LookBack says what an exclusion would have covered of the findings last seen
// since then.
func (x *upExclusions) LookBack(ctx context.Context, e exclude.Exclusion, since time.Time) (*exclude.Past, error) {
	return exclude.LookBack(&e, x.findings(ctx, since))
}

// errEnough ends a scan whose reader has seen enough.
var errEnough = errors.New("enough")

// findings gives the findings of the store in their latest state. Those that
// cannot be read end it: what an exclusion covers must not be told too small.
func (x *upExclusions) findings(ctx context.Context, since time.Time) iter.Seq2[*detect.Finding, error] {
	return func(yield func(*detect.Finding, error) bool) {
		err := x.lake.Scan(ctx, lake.All(event.ClassFinding), func(e *event.Event) error {
			f, err := row.ReadFinding(e, x.rules)
			if err == nil && f.Last.Before(since) {
				return nil
			}
			if !yield(f, err) || err != nil {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// excluded names the exclusion that covers a finding now, "" for none.
func (x *upExclusions) excluded(f *detect.Finding) string {
	id, _ := x.Match(f)
	return id
}

// version changes whenever what is excluded does: when an exclusion is made,
// changed or removed, and when one ends.
func (x *upExclusions) version() int64 {
	h, now := fnv.New64a(), x.now()
	for _, e := range x.List() {
		if e.Active(now) {
			fmt.Fprintf(h, "%+v\n", e)
		}
	}
	return int64(h.Sum64())
}
