package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
)

// progressEvery is how many events pass between two looks at the clock.
const progressEvery = 4096

// Scan reads logs from beginning to end and returns what was found in them.
// The same input gives the same result, whatever the order of the files and
// the number of workers.
//
// An error means that there is no result: a rule that cannot run, no log to
// read, or ctx ended. What is wrong inside the logs stands in the result's
// coverage.
func Scan(ctx context.Context, o ScanOptions) (*report.Result, error) {
	defer holdMemory()()
	start := time.Now()
	p, err := newPipeline(o)
	if err != nil {
		return nil, err
	}
	result := &report.Result{}
	if err := p.learnInventory(ctx, o.Inventory, &result.Coverage); err != nil {
		return nil, err
	}
	if len(o.Baseline) > 0 {
		if err := p.read(ctx, o.Baseline, true, &coverage.Report{}); err != nil {
			return nil, fmt.Errorf("baseline: %w", err)
		}
	}
	if err := p.read(ctx, o.Files, false, &result.Coverage); err != nil {
		return nil, err
	}
	result.Findings = p.state.Finish()
	result.Incidents = incident.Build(result.Findings, incident.Options{Identities: p.callers.Identities})
	p.cover(&result.Coverage)
	result.Coverage.Elapsed = time.Since(start)
	return result, nil
}

// read sends the events of files through the pipeline, in order of time.
func (p *pipeline) read(ctx context.Context, files []string, learn bool, into *coverage.Report) (err error) {
	r, err := audit.Open(ctx, files, p.intake(learn))
	if err != nil {
		return err
	}
	p.requests, p.repeated = audit.NewRequests(0), live.NewRepeated()
	defer func() {
		err = errors.Join(err, r.Close())
		into.Sources = append(into.Sources, r.Report()...)
	}()
	seen := int64(0)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			if !learn {
				p.takeRecorded(math.MaxInt64)
			}
			p.progress(r, learn, seen)
			return nil
		}
		if err != nil {
			return err
		}
		if seen++; seen%progressEvery == 0 {
			p.progress(r, learn, seen)
		}
		if !learn && len(p.recorded.list) > 0 {
			p.takeRecorded(event.Time.Get(rec.Event))
		}
		p.take(rec, learn)
	}
}

// matchBatch is what the workers leave for each event of a batch: the rules
// that match it, one after another, and where each event's end.
type matchBatch struct {
	matches []detect.Match
	ends    []int32
}

func (b *matchBatch) of(i int) []detect.Match {
	from := int32(0)
	if i > 0 {
		from = b.ends[i-1]
	}
	return b.matches[from:b.ends[i]]
}
