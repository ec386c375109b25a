package lake

import (
	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// measureGroup adds a row group to the segment's numbers.
func (s *segmentStats) measureGroup(r *segmentReader, g parquet.RowGroup) error {
	s.rows += g.NumRows()
	if r.table.class == event.ClassFinding || r.table.class == event.ClassIncident {
		s.open += g.NumRows()
	}
	for _, step := range []struct {
		column int
		add    func([]parquet.Value)
	}{
		{r.table.time, func(v []parquet.Value) { s.minTime, s.maxTime = bounds(v, s.minTime, s.maxTime) }},
		{r.table.received, func(v []parquet.Value) { s.minReceived, s.maxReceived = bounds(v, s.minReceived, s.maxReceived) }},
		{r.table.stage, func(v []parquet.Value) { s.open += countOpen(v) }},
		{r.table.awaits, func(v []parquet.Value) { s.open += countAwaiting(v) }},
		{r.table.revision, func(v []parquet.Value) { s.amending += countAmending(v) }},
	} {
		c, ok, err := r.column(g, step.column)
		if err != nil {
			return err
		}
		if ok {
			step.add(c.values)
			c.release()
		}
	}
	return nil
}

// countOpen counts the stages of requests that are not over.
func countOpen(stages []parquet.Value) (n int64) {
	for i := range stages {
		if stageIsOpen(string(stages[i].ByteArray())) {
			n++
		}
	}
	return n
}

// countAwaiting counts rows that may be amended although their request is
// over. Those of open requests among them are counted twice, which makes no
// difference: what matters is whether there are any.
func countAwaiting(awaits []parquet.Value) (n int64) {
	for i := range awaits {
		if !awaits[i].IsNull() && awaits[i].Boolean() {
			n++
		}
	}
	return n
}

// countAmending counts revisions above 0.
func countAmending(revisions []parquet.Value) (n int64) {
	for i := range revisions {
		if !revisions[i].IsNull() && revisions[i].Int64() > 0 {
			n++
		}
	}
	return n
}
