package live

import (
	"context"
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/cases"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Cases are what people decided about incidents, from memory; cases.Book is
// one.
type Cases interface {
	// Known returns the case of an incident; ok is false for none.
	Known(incident string) (c cases.Stored, ok bool)
	// Since returns the cases that were changed after a revision.
	Since(revision uint64) []cases.Stored
}

// decisions are the cases that the rows do not tell of yet: after a start all,
// since what was decided last may not have been written.
func (j *Judge) decisions() []cases.Stored {
	if j.o.Cases == nil {
		return nil
	}
	return j.o.Cases.Since(j.decided)
}

// caseOf is what the row of an incident says of its case, and its revision.
func (j *Judge) caseOf(incident string) (row.Case, uint64) {
	if j.o.Cases == nil {
		return row.Case{}, 0
	}
	c, ok := j.o.Cases.Known(incident)
	if !ok {
		return row.Case{}, 0
	}
	return rowCase(&c.Case), c.Revision
}

func rowCase(c *cases.Case) row.Case {
	return row.Case{Status: string(c.Status), Resolution: string(c.Resolution), Assignee: c.Assignee, Detail: c.Detail()}
}

// decide adds rows for incidents that cannot grow any more, and so are in no
// bulletin, about which something was decided: their latest rows, with that.
func (b *bulletin) decide(ctx context.Context, decided []cases.Stored) error {
	want := map[string]row.Case{}
	var ids []string
	for i := range decided {
		if c := &decided[i]; b.last[c.Incident] == nil && b.incidents[c.Incident] == nil {
			want[c.Incident] = rowCase(&c.Case)
			ids = append(ids, c.Incident)
		}
	}
	if len(want) == 0 {
		return nil
	}
	sel := lake.All(event.ClassIncident)
	if len(ids) <= fewCases {
		sel.Equal = append(sel.Equal, sql.Equal{Column: event.ByName("metadata.uid").Column(), Values: ids})
	}
	err := b.judge.o.Past.Scan(ctx, sel, func(e *event.Event) error {
		id := event.MetadataUID.Get(e)
		c, ok := want[id]
		if !ok {
			return nil
		}
		revision, _ := event.MetadataRevision.Get(e)
		was := b.judge.incidents[id]
		if revision = max(revision+1, next(was)); !row.Decide(e, c, revision, b.now) {
			return nil
		}
		if was != nil {
			b.incidents[id] = &told{revision: revision, last: was.last}
		}
		kept := e.Clone()
		b.rows = append(b.rows, func(e *event.Event) error {
			*e = *kept
			return nil
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the incidents that were decided about: %w", err)
	}
	return nil
}

// fewCases is up to how many incidents are found by the segments' filters.
const fewCases = 64
