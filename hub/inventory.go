package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/collect/k8sevent"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/inventory"
)

// inventoryDialect is what a recorded inventory is called among the sources.
const inventoryDialect = "inventory"

// maxInventoryProblems is how many unreadable lines of a file are shown.
const maxInventoryProblems = 10

// learnInventory reads recorded inventories, whole, before any event: what a
// cluster contained at the time of an event does not depend on which file was
// named first.
func (p *pipeline) learnInventory(ctx context.Context, names []string, into *coverage.Report) error {
	if len(names) == 0 {
		return nil
	}
	files, skipped, err := input.List(names)
	if err != nil {
		return fmt.Errorf("inventory: %w", err)
	}
	for _, f := range files {
		s, err := p.learnFile(ctx, f, &into.Objects)
		if err != nil {
			return fmt.Errorf("inventory %s: %w", f.Name, err)
		}
		into.Sources = append(into.Sources, s)
	}
	for _, err := range skipped {
		into.Sources = append(into.Sources, coverage.Source{Name: "inventory", Dialect: inventoryDialect, Problems: []coverage.Problem{{Text: err.Error()}}})
	}
	p.sortRecorded()
	if n := p.recorded.beyond; n > 0 {
		into.Sources = append(into.Sources, coverage.Source{Name: "inventory", Dialect: inventoryDialect, Problems: []coverage.Problem{{Text: fmt.Sprintf("Events that rules found something in, beyond what there is room for: %d", n)}}})
	}
	if into.Objects == 0 {
		return errors.New("inventory: no object could be read; give what lynceus agent --record wrote")
	}
	return nil
}

func (p *pipeline) learnFile(ctx context.Context, f input.File, objects *int64) (s coverage.Source, err error) {
	s.Name, s.Dialect = f.Name, inventoryDialect
	var read atomic.Int64
	in, err := input.Open(f, p.options.Stdin, &read)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	d, redactor := inventory.NewDecoder(in), redact.New(p.options.Key)
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return s, ctx.Err()
		}
		var o inventory.Object
		err := d.Decode(&o)
		var bad *inventory.LineError
		switch {
		case err == nil && k8sevent.Is(&o): // what happened, and no object that a pod could belong to
			s.Events++
			p.learnEvent(&o, redactor)
		case err == nil:
			*objects++
			p.callers.Apply(&o)
		case errors.As(err, &bad):
			s.Broken++
			if len(s.Problems) < maxInventoryProblems {
				s.Problems = append(s.Problems, coverage.Problem{File: f.Name, Line: int64(bad.Line), Text: bad.Err.Error()})
			}
		case err == io.EOF:
			s.Bytes = read.Load()
			return s, nil
		default:
			// A recording that was cut off is good up to there.
			s.Bytes = read.Load()
			s.Problems = append(s.Problems, coverage.Problem{File: f.Name, Text: err.Error()})
			return s, nil
		}
	}
}
