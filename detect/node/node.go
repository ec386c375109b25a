// Package node judges what happens on one node as soon as it happens: the rules that need no other node, and no memory
// of weeks, over the rows of that node's sensor. What is left to the hub is named.
package node

import (
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Options of New. The zero value is ready for use.
type Options struct {
	// Lists finds named lists, as detect.Options has it.
	Lists func(name string) expr.List
}

// Lateness is how far rows may be out of order: they wait for names for a second at most.
const Lateness = 2 * time.Second

const (
	// memory bounds what matching remembers of one table, classes of values and combinations of them apart: rows of a
	// node are few and alike beside those of a cluster.
	memory = 512 << 10
	// windows bounds each of the memories of correlations.
	windows = 2 << 20
	// forgetEvery is how often correlations that ended long ago are forgotten.
	forgetEvery = time.Hour
	// retuneEvery is how many rows lie between two looks at whether matching should adapt.
	retuneEvery = 1 << 16
)

// Judge finds what rules say of rows. It is for one goroutine.
type Judge struct {
	set     *detect.Set
	scratch *detect.Scratch
	single  *detect.State // makes findings of single rows
	joined  *detect.State // and of several; nil without correlations
	feeds   []bool        // of each rule: correlations count its matches
	matches []detect.Match
	told    map[string]bool // correlations that were told of
	clock   int64           // the latest time of a row
	forget  int64           // when to forget next
	rows    int
}

// New returns a Judge for those of rules that can be judged on a node, and names the others. The error joins one for
// each rule that cannot be compiled.
func New(rules []*rule.Rule, opts Options) (*Judge, []Left, error) {
	here, left := divide(rules)
	j := &Judge{told: map[string]bool{}}
	var err error
	if j.set, err = detect.Compile(here, detect.Options{Lists: opts.Lists, MemoBytes: memory, ClassBytes: memory}); err != nil {
		return nil, nil, fmt.Errorf("compile the rules: %w", err)
	}
	j.scratch = j.set.NewScratch()
	if j.single, err = state(here, opts); err != nil {
		return nil, nil, err
	}
	if j.feeds = feeds(here); slices.Contains(j.feeds, true) {
		if j.joined, err = state(silenced(here), opts); err != nil {
			return nil, nil, err
		}
	}
	return j, left, nil
}

func state(rules []*rule.Rule, opts Options) (*detect.State, error) {
	s, err := detect.NewState(rules, detect.StateOptions{Lists: opts.Lists, Lateness: Lateness, FindingBytes: windows, WaitingBytes: windows, WindowBytes: windows})
	if err != nil {
		return nil, fmt.Errorf("compile the rules: %w", err)
	}
	return s, nil
}

// feeds says of each rule whether a correlation counts its matches.
func feeds(rules []*rule.Rule) []bool {
	fed := map[string]bool{}
	for _, r := range rules {
		if r.Correlation != nil {
			for _, id := range r.Correlation.Rules {
				fed[id] = true
			}
		}
	}
	out := make([]bool, len(rules))
	for i, r := range rules {
		out[i] = fed[r.ID]
	}
	return out
}

// silenced returns the rules, of which only correlations make findings.
func silenced(rules []*rule.Rule) []*rule.Rule {
	out := slices.Clone(rules)
	for i, r := range out {
		if r.Correlation == nil {
			c := *r
			c.Silent = true
			out[i] = &c
		}
	}
	return out
}

// Rules returns those that are judged here. The caller must not change them.
func (j *Judge) Rules() []*rule.Rule { return j.set.Rules() }

// Event judges a row. Each match is a finding of its own, told at once; what correlations join comes some seconds
// later, from this or from Pass. A row that comes again as a later revision, because more is known of it, is found again
// only by rules that did not match it before. The row is not used after Event returns, and findings share no memory with it.
func (j *Judge) Event(e *event.Event) []*detect.Finding {
	if j.rows++; j.rows%retuneEvery == 0 {
		j.scratch.Retune()
	}
	j.matches = j.set.Match(j.scratch, e, j.matches[:0])
	var out []*detect.Finding
	revision, _ := event.MetadataRevision.Get(e)
	amended := revision > 0
	if len(j.matches) > 0 || amended {
		out = j.single.Instant(e, j.matches)
	}
	if j.joined != nil {
		j.join(e, amended)
		return append(out, j.Pass(event.Time.Get(e)-int64(Lateness))...)
	}
	return out
}

// join hands what correlations count over to them.
func (j *Judge) join(e *event.Event, amended bool) {
	feeding := j.matches[:0]
	for _, m := range j.matches {
		if j.feeds[m.Rule] {
			feeding = append(feeding, m)
		}
	}
	switch {
	case amended:
		j.joined.Observe(e, detect.EventUID(e), feeding, detect.SeenAmended)
	case len(feeding) > 0:
		j.joined.Observe(e, detect.EventUID(e), feeding, detect.SeenFirst)
	}
}

// Pass says that no row before a time (nanoseconds since 1970) will come, and returns what correlations found by then.
func (j *Judge) Pass(watermark int64) []*detect.Finding {
	if j.joined == nil || watermark <= j.clock {
		return nil
	}
	j.clock = watermark
	j.joined.Advance(watermark)
	var out []*detect.Finding
	for _, f := range j.joined.Changed() {
		if !j.told[f.ID] {
			j.told[f.ID] = true
			out = append(out, f)
		}
	}
	if watermark > j.forget {
		j.forget = watermark + int64(forgetEvery)
		j.joined.Forget(time.Unix(0, watermark).Add(-detect.DefaultWindow), func(string) bool { return false })
		clear(j.told)
		for _, f := range j.joined.Findings() {
			j.told[f.ID] = true
		}
	}
	return out
}
