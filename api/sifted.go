package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/sift"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/rule"
)

// Lists of findings are answered from tables in memory: one for everybody who
// sees the same, filled by queries within what they may see and by nothing
// else.
const (
	// siftFresh is how old a list may be.
	siftFresh = 2 * time.Second
	// siftAnew is how often a table is read anew, which leaves out what the
	// store has dropped.
	siftAnew = 15 * time.Minute
	// siftBack is how far before the latest change another may still come to
	// light: those who judge write by themselves.
	siftBack = 2 * time.Minute
	// siftBytes bounds one table (some 200,000 findings), siftTables all of
	// them; those that were not asked for longest go first.
	siftBytes, siftTables = 64 << 20, 128 << 20
)

// sifted is the findings that somebody may see.
type sifted struct {
	mu    sync.Mutex // held while it is filled
	key   string
	table *sift.Table

	state   sync.Mutex // guards what follows
	fresh   time.Time
	anew    time.Time
	mark    int64 // the latest change that it has, in nanoseconds
	decided uint64
	used    time.Time
}

// sifter are the tables.
type sifter struct {
	mu     sync.Mutex
	tables []*sifted
}

// of returns the table of a scope, an empty one at first, and drops others
// where there are too many.
func (s *sifter) of(key string, now time.Time) *sifted {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.tables, func(t *sifted) bool { return t.key == key })
	if at < 0 {
		at = len(s.tables)
		s.tables = append(s.tables, &sifted{key: key, table: sift.New(siftBytes)})
	}
	t := s.tables[at]
	t.state.Lock()
	t.used = now
	t.state.Unlock()
	slices.SortFunc(s.tables, func(a, b *sifted) int { return b.lastUse().Compare(a.lastUse()) })
	sum := int64(0)
	for i, each := range s.tables {
		if sum += each.now().Bytes(); sum > siftTables && i > 0 {
			s.tables = s.tables[:i]
			break
		}
	}
	return t
}

func (t *sifted) lastUse() time.Time {
	t.state.Lock()
	defer t.state.Unlock()
	return t.used
}

// now returns the table as it is.
func (t *sifted) now() *sift.Table {
	t.state.Lock()
	defer t.state.Unlock()
	return t.table
}

// findingsNow returns the findings that whoever asks may see, not older than
// siftFresh, and when the latest change of them came.
func (c *call) findingsNow() (*sift.Table, time.Time, error) {
	if c.s.o.Queries == nil {
		return nil, time.Time{}, missing("the store")
	}
	t := c.s.sifter.of(fmt.Sprintf("%q %q", c.who.Scope.Clusters, c.who.Scope.Namespaces), c.s.o.Now()) // quoted, so that no two scopes share one
	t.mu.Lock()                                                                                         // who comes meanwhile gets what this one reads
	defer t.mu.Unlock()
	if err := c.refresh(t); err != nil {
		return nil, time.Time{}, err
	}
	t.state.Lock()
	defer t.state.Unlock()
	return t.table, time.Unix(0, t.mark).UTC(), nil
}

// refresh reads what has changed; t.mu is held.
func (c *call) refresh(t *sifted) error {
	now := c.s.o.Now()
	table, mark, anew, fresh := t.table, t.mark, t.anew, t.fresh
	whole := anew.IsZero() || now.Sub(anew) > siftAnew || now.Before(anew)
	read := whole || now.Sub(fresh) > siftFresh || now.Before(fresh)
	if read {
		if whole {
			table, mark, anew = sift.New(siftBytes), 0, now
		}
		var err error
		if mark, err = c.fill(table, mark); err != nil {
			return err
		}
		fresh = now
	}
	decided := t.decided
	if d := c.s.o.Triage; d != nil && (d.Revision() != decided || read && decided != 0) {
		of, revision := d.Standings()
		table.Decide(func(id string) sift.Standing {
			s := of(id)
			out := sift.Standing{Status: cmp.Or(string(s.Status), "open"), Resolution: string(s.Resolution), Assignee: s.Assignee}
			if !s.Decided.IsZero() {
				out.Decided = s.Decided.UnixNano()
			}
			return out
		})
		decided = revision
	}
	t.state.Lock()
	t.table, t.mark, t.anew, t.fresh, t.decided = table, mark, anew, fresh, decided
	t.state.Unlock()
	return nil
}

// fill reads the findings that were changed since a time, or all.
func (c *call) fill(table *sift.Table, mark int64) (int64, error) {
	done, err := c.slot()
	if err != nil {
		return mark, err
	}
	defer done()
	l := &listing{params: map[string]string{}}
	if mark != 0 {
		l.param("_mark", "datetime", time.Unix(0, mark).Add(-siftBack).UTC().Format(time.RFC3339Nano))
		l.where = append(l.where, "received_time >= _mark")
	}
	r := c.s.limits.bound(hunt.Request{KQL: l.text("finding") + "\n| project " + strings.Join(findingColumns, ", "), Params: l.params})
	var rows []sift.Row
	_, err = hunt.Collect(c.r.Context(), c.queries(), r, func(v []value.Value) error {
		row := newRow(v)
		mark = max(mark, row.Received)
		if rows = append(rows, row); len(rows) == 10_000 {
			table.Put(rows)
			rows = rows[:0]
		}
		return nil
	})
	table.Put(rows)
	return mark, err
}

// standingOf is what was decided about one finding.
func (c *call) standingOf(r *sift.Row) {
	r.Text[sift.Status] = "open"
	if c.s.o.Triage == nil {
		return
	}
	of, _ := c.s.o.Triage.Standings()
	s := of(r.ID)
	r.Text[sift.Status], r.Text[sift.Resolution], r.Text[sift.Assignee] = cmp.Or(string(s.Status), "open"), string(s.Resolution), s.Assignee
	if !s.Decided.IsZero() {
		r.Decided = s.Decided.UnixNano()
	}
}

// newRow reads a row with findingColumns.
func newRow(v []value.Value) sift.Row {
	r := sift.Row{ID: v[0].Text, Count: v[6].Int, Failed: v[7].Int, Tactics: texts(v[13]), Excluded: v[14].True()}
	r.Last, r.First, r.Received = nanos(v[1]), nanos(v[5]), nanos(v[17])
	if s, err := rule.ParseSeverity(v[4].Text); err == nil {
		r.Severity = int(s)
	}
	for column, at := range map[sift.Column]int{
		sift.Title: 2, sift.Rule: 3, sift.Cluster: 8, sift.Namespace: 9, sift.Workload: 10, sift.User: 11, sift.About: 12, sift.Incident: 15, sift.Node: 16,
	} {
		r.Text[column] = v[at].Text
	}
	r.Text[sift.Status] = "open"
	return r
}

func nanos(v value.Value) int64 {
	if v.Null {
		return 0
	}
	return v.Time().UnixNano()
}

// documents reads the documents of findings by their ids.
func (c *call) documents(ctx context.Context, list []Finding) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[string]int, len(list))
	ids := make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = i, list[i].ID
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	l := &listing{params: map[string]string{}}
	l.param("_ids", "dynamic", string(value.Strings(ids).AppendJSON(nil)))
	l.where = append(l.where, "finding_info.uid in (_ids)")
	r := c.s.limits.bound(hunt.Request{KQL: l.text("finding") + "\n| project " + strings.Join(append(slices.Clone(findingColumns), "raw_data"), ", "), Params: l.params})
	_, err = hunt.Collect(ctx, c.queries(), r, func(v []value.Value) error {
		if i, ok := at[v[0].Text]; ok {
			list[i].Document = document(v[len(findingColumns)])
		}
		return nil
	})
	return err
}
