package hub

import (
	"cmp"
	"fmt"
	"runtime"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
)

// pipeline is one run's wiring. Matching happens on the reader's workers,
// everything that depends on order on the goroutine that calls take.
type pipeline struct {
	options ScanOptions
	set     *detect.Set
	// scratches are one for each of the reader's workers.
	scratches []*detect.Scratch
	callers   *identity.Callers
	requests  *audit.Requests // of the logs that are being read
	repeated  *live.Repeated  // likewise
	state     *detect.State
	formats   *foreign.Set
	recorded  recorded // of inventories
}

func newPipeline(o ScanOptions) (*pipeline, error) {
	p := &pipeline{options: o}
	if len(p.options.Key) == 0 {
		p.options.Key = redact.NewKey() // one for the baseline and for what is judged
	}
	lists := func(name string) expr.List {
		for _, f := range o.Feeds {
			if f.Name == name {
				return f
			}
		}
		return nil
	}
	var err error
	if p.formats, err = formats(); err != nil {
		return nil, err
	}
	if p.set, err = detect.Compile(o.Rules, detect.Options{Lists: lists}); err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	for range cmp.Or(max(o.Workers, 0), runtime.GOMAXPROCS(0)) {
		p.scratches = append(p.scratches, p.set.NewScratch())
	}
	if p.callers, err = identity.NewCallers(identity.CallersOptions{Inside: o.Inside, Feeds: o.Feeds}); err != nil {
		return nil, fmt.Errorf("prepare identities: %w", err)
	}
	p.state, err = detect.NewState(o.Rules, detect.StateOptions{Context: p.callers, Lists: lists, AuditIDs: o.AuditIDs})
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	return p, nil
}

// intake says how the reader is to read, and matches on its workers.
func (p *pipeline) intake(learn bool) audit.Options {
	opts := audit.Options{Workers: len(p.scratches), Stdin: p.options.Stdin, Key: p.options.Key, Formats: p.formats}
	if !learn {
		opts.Since, opts.Until = p.options.Since, p.options.Until
	}
	opts.OnBatch = func(worker int, b *audit.Batch) { p.match(p.scratches[worker], b) }
	return opts
}

// match judges the events of a batch by the rules that need no other event.
func (p *pipeline) match(sc *detect.Scratch, b *audit.Batch) {
	m, _ := b.Aux.(*matchBatch)
	if m == nil {
		m = &matchBatch{}
		b.Aux = m
	}
	m.matches, m.ends = m.matches[:0], m.ends[:0]
	for i := range b.Len() {
		m.matches = p.set.Match(sc, b.Event(i), m.matches)
		m.ends = append(m.ends, int32(len(m.matches)))
	}
	sc.Retune()
}

// take lets one record, in its place in time, change the state. A record that
// tells nothing new changes nothing.
func (p *pipeline) take(r *audit.Record, learn bool) {
	seen := detect.SeenFirst
	if r.Event.Class == event.ClassAudit {
		switch p.requests.Observe(r.Event, r.UID) {
		case audit.SeenAgain, audit.SeenLate:
			return
		case audit.SeenAmended:
			seen = detect.SeenAmended
		}
	} else if n, _ := event.MetadataRevision.Get(r.Event); n > 0 {
		seen = detect.SeenAmended
	} else if event.MetadataLogProvider.Has(r.Event) && p.repeated.Note(r.Event) {
		return
	}
	matches := r.Batch.Aux.(*matchBatch).of(r.Index)
	switch {
	case !learn:
		p.state.Observe(r.Event, r.UID, matches, seen)
	case seen == detect.SeenFirst:
		p.state.Learn(r.Event, matches)
	}
}

func (p *pipeline) progress(r *audit.Reader, learn bool, events int64) {
	if p.options.Progress == nil {
		return
	}
	read, total := r.Progress()
	p.options.Progress(Progress{Baseline: learn, Read: read, Total: total, Events: events})
}

// cover completes the account of the run with what only the pipeline knows.
func (p *pipeline) cover(r *coverage.Report) {
	r.Rules = len(rule.Distinct(p.options.Rules))
	p.requests.Cover(r)
	p.state.Cover(r)
}
