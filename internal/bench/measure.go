package bench

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Case is what one line of the table measures.
type Case struct {
	Name   string
	Rules  []*rule.Rule
	Events []*event.Event
}

// Result is one line of the table. Times are of the fastest round: others
// were slowed by whatever else the machine did.
type Result struct {
	Case    Case
	Engine  time.Duration // per event
	Naive   time.Duration // per event, one rule after another
	Allocs  float64       // of the engine, per event
	Matches float64       // per event
}

const rounds = 5

// Measure compares the engine with evaluating one rule after another. Both
// run in turn, over the same events, naive ones over a part of them.
func Measure(c Case) (Result, error) {
	res := Result{Case: c, Engine: time.Hour, Naive: time.Hour}
	engine, err := newEngine(c.Rules)
	if err != nil {
		return res, err
	}
	naive, err := newNaive(c.Rules)
	if err != nil {
		return res, err
	}
	all := &feed{events: c.Events}
	part := &feed{events: c.Events[:naiveEvents(c)]}
	run(all, engine) // once to learn
	for range rounds {
		t, matches, allocs := run(all, engine)
		if t < res.Engine {
			res.Engine, res.Matches, res.Allocs = t, matches, allocs
		}
		t, _, _ = run(part, naive)
		res.Naive = min(res.Naive, t)
	}
	if a, b := count(part, engine), count(part, naive); a != b {
		return res, fmt.Errorf("%s: the engine finds %d matches, one rule after another %d", c.Name, a, b)
	}
	return res, nil
}

// naiveEvents returns how many events take one rule after another about a
// quarter of a second.
func naiveEvents(c Case) int {
	n := 16_000_000 / max(len(c.Rules), 1)
	return min(len(c.Events), max(n/batchSize*batchSize, batchSize))
}

// matcher counts the rules that match an event.
type matcher interface {
	match(e *event.Event) int
	pause() // between batches
}

type engine struct {
	set     *detect.Set
	scratch *detect.Scratch
	out     []detect.Match
}

func newEngine(rules []*rule.Rule) (*engine, error) {
	set, err := detect.Compile(rules, detect.Options{})
	if err != nil {
		return nil, err
	}
	return &engine{set: set, scratch: set.NewScratch()}, nil
}

func (m *engine) match(e *event.Event) int {
	m.out = m.set.Match(m.scratch, e, m.out[:0])
	n := 0
	for _, found := range m.out {
		if !found.Pending || m.set.Verify(m.scratch, e, found.Rule) {
			n++
		}
	}
	return n
}

func (m *engine) pause() { m.scratch.Retune() }

type naive struct {
	program *expr.Program
	subject *expr.Subject
}

func newNaive(rules []*rule.Rule) (*naive, error) {
	nodes := make([]expr.Node, len(rules))
	for i, r := range rules {
		nodes[i] = r.Expr
	}
	p, err := expr.NewProgram(nodes, expr.Options{})
	if err != nil {
		return nil, err
	}
	return &naive{p, p.NewSubject()}, nil
}

func (m *naive) match(e *event.Event) int {
	m.subject.Load(e)
	n := 0
	for i := range m.program.Len() {
		if m.program.Eval(m.subject, i) {
			n++
		}
	}
	return n
}

func (m *naive) pause() {}

// run matches all events and returns what one takes, matches and allocates.
// The collector does not run meanwhile: it would clean up after the feed.
func run(f *feed, m matcher) (perEvent time.Duration, matches, allocs float64) {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	total, n := time.Duration(0), 0
	var before, after runtime.MemStats
	var mallocs uint64
	for at := 0; at < len(f.events); at += batchSize {
		batch := f.load(at)
		if at%(64*batchSize) == 0 {
			m.pause()
		}
		measured := at%(16*batchSize) == 0
		if measured {
			runtime.ReadMemStats(&before)
		}
		start := time.Now()
		for i := range batch {
			n += m.match(&batch[i])
		}
		total += time.Since(start)
		if measured {
			runtime.ReadMemStats(&after)
			mallocs += (after.Mallocs - before.Mallocs) * 16
		}
	}
	events := float64(len(f.events))
	return total / time.Duration(len(f.events)), float64(n) / events, float64(mallocs) / events
}

// count returns how many rules match all events together.
func count(f *feed, m matcher) int {
	n := 0
	for at := 0; at < len(f.events); at += batchSize {
		batch := f.load(at)
		for i := range batch {
			n += m.match(&batch[i])
		}
	}
	return n
}
