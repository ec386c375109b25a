package hub

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/hub/past"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

// BacktestOptions say which rules to try on which part of the past.
type BacktestOptions struct {
	// Dir is the data directory whose store is read; a server may run on it.
	// It is not looked at where Lake is given.
	Dir string
	// Lake is an open store; the caller closes it.
	Lake *lake.Lake
	// Scope limits which events are read: others are neither judged nor learned
	// from.
	Scope scope.Scope
	// MaxBytes and Timeout bound how much is read and for how long; what was
	// judged until then is the result, which says so. Zero means no bound.
	MaxBytes int64
	Timeout  time.Duration
	// WindowBytes bounds what is in memory of the past at a time; 0 means
	// past.DefaultBytes.
	WindowBytes int64
	// Rules are tried: they make findings even where they are disabled, or
	// feed correlations only. All are the rules that correlations among them
	// may refer to.
	Rules, All []*rule.Rule
	// Since and Until bound the events by time, Until excluded; zero means no
	// bound.
	Since, Until time.Time
	// Learn is for how long before Since what is usual is learned from the
	// store: nothing in that time is judged. It needs Since.
	Learn time.Duration
	// Inside and Feeds are those of ScanOptions.
	Inside []netip.Prefix
	Feeds  []*identity.Feed
	// Exclusions are those in force; nil means that they are not known.
	Exclusions []exclude.Exclusion
	// Now is when exclusions have to be in force.
	Now time.Time
	// Progress is called now and then; nil for never.
	Progress func(past.Progress)
}

// Backtest judges stored events as they were judged when they came, by rules
// that need not have existed then, and says what the rules would have found.
// It changes nothing. An error means that there is no result.
func Backtest(ctx context.Context, o BacktestOptions) (*backtest.Result, error) {
	start := time.Now()
	l := o.Lake
	if l == nil {
		var err error
		if l, _, err = lake.Open(ctx, lake.Options{Dir: filepath.Join(o.Dir, lakeDir), ReadOnly: true}); err != nil {
			return nil, err
		}
		defer l.Close() // it was only read
	}
	t := &trial{o: o, lake: l}
	if err := t.compile(); err != nil {
		return nil, err
	}
	if _, err := live.Recall(ctx, live.Lake{Lake: l}, func(e *event.Event) { t.callers.Recall(e) }); err != nil {
		return nil, fmt.Errorf("read the inventory of the store: %w", err)
	}
	counts, stopped, err := t.replay(ctx)
	if err != nil {
		return nil, err
	}
	if stopped != "" {
		t.to = counts.Last // what was stored later is nothing to compare with
	}
	findings := t.state.Finish()
	stored, err := t.stored(ctx)
	if err != nil {
		return nil, err
	}
	var cover coverage.Report
	t.state.Cover(&cover)
	r := backtest.New(backtest.Input{
		Rules: rule.Distinct(o.Rules), Findings: findings, Stored: stored, Muted: cover.Muted, Exclusions: o.Exclusions, Now: o.Now,
	})
	r.Since, r.Until = timeOrNil(o.Since), timeOrNil(o.Until)
	r.Events, r.Unreadable, r.Learned = t.events-t.learned, counts.Unreadable, t.learned
	if t.events > 0 {
		r.First, r.Last = timeOrNil(time.Unix(0, max(t.first, t.since)).UTC()), timeOrNil(time.Unix(0, t.last).UTC())
	}
	r.Stopped, r.ReadBytes = stopped, counts.Bytes
	r.Forgotten = cover.Evicted
	r.ElapsedMs = time.Since(start).Milliseconds()
	return r, nil
}

// errTrialTime is why the context of a replay ended when its time was over.
var errTrialTime = errors.New("the time of the backtest is over")

// replay judges the past until its end or a bound, and says which bound.
func (t *trial) replay(ctx context.Context) (past.Counts, string, error) {
	if t.o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.o.Timeout, errTrialTime)
		defer cancel()
	}
	counts, err := past.Replay(ctx, past.Options{
		Lake: t.lake, Tables: t.tables(), From: t.from, To: t.to, Bytes: t.o.WindowBytes, MaxBytes: t.o.MaxBytes, Progress: t.o.Progress,
	}, t.observe)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errTrialTime):
		return counts, backtest.StoppedTime, nil
	case err == nil && counts.Cut:
		return counts, backtest.StoppedBytes, nil
	}
	return counts, "", err
}

// trial is a backtest under way.
type trial struct {
	o        BacktestOptions
	lake     *lake.Lake
	rules    []*rule.Rule // those of o and what they refer to
	set      *detect.Set
	scratch  *detect.Scratch
	state    *detect.State
	callers  *identity.Callers
	requests *audit.Requests
	matches  []detect.Match
	// from and to bound what is read, since what is judged: nanoseconds since
	// 1970, all included.
	from, since, to int64
	// events were in scope, the first and the last of them at these times; of
	// them seen went to the matcher.
	events, first, last int64
	seen, learned       int64
}

// compile makes ready to judge.
func (t *trial) compile() error {
	t.from, t.since, t.to = math.MinInt64, math.MinInt64, math.MaxInt64
	if !t.o.Since.IsZero() {
		t.since = t.o.Since.UnixNano()
		t.from = t.o.Since.Add(-t.o.Learn).UnixNano()
	} else if t.o.Learn > 0 {
		return errors.New("learning needs a time from which on rules are judged")
	}
	if !t.o.Until.IsZero() {
		t.to = t.o.Until.UnixNano() - 1
	}
	t.rules = speaking(t.o.All, t.o.Rules)
	lists := func(name string) expr.List {
		for _, f := range t.o.Feeds {
			if f.Name == name {
				return f
			}
		}
		return nil
	}
	var err error
	if t.set, err = detect.Compile(t.rules, detect.Options{Lists: lists}); err != nil {
		return fmt.Errorf("compile the rules: %w", err)
	}
	if t.callers, err = identity.NewCallers(identity.CallersOptions{Inside: t.o.Inside, Feeds: t.o.Feeds}); err != nil {
		return fmt.Errorf("prepare identities: %w", err)
	}
	if t.state, err = detect.NewState(t.rules, detect.StateOptions{Context: t.callers, Lists: lists}); err != nil {
		return fmt.Errorf("compile the rules: %w", err)
	}
	t.scratch, t.requests = t.set.NewScratch(), audit.NewRequests(0)
	return nil
}

// speaking returns rules, made to speak, and those that they refer to.
func speaking(all, rules []*rule.Rule) []*rule.Rule {
	var out []*rule.Rule
	type key struct {
		id    string
		table event.Class // a rule that reads several tables is several of one id
	}
	at := map[key]int{}
	for _, r := range rules {
		for i, x := range closure(all, r) {
			n, known := at[key{x.ID, x.Table}]
			switch {
			case !known:
				at[key{x.ID, x.Table}] = len(out)
				out = append(out, x)
			case i == 0:
				out[n] = x // it was there as one that feeds others
			}
		}
	}
	return out
}

// tables are those whose events have to be read. All of their events are: who
// called from where is learned from those that match nothing, too.
func (t *trial) tables() []event.Class {
	var out []event.Class
	for _, r := range t.rules {
		if r.Table != event.ClassNone && !slices.Contains(out, r.Table) {
			out = append(out, r.Table)
		}
	}
	return out
}

// observe judges one event, or learns from it.
func (t *trial) observe(e *event.Event, uid event.UID) error {
	if !t.o.Scope.All() && !t.o.Scope.Sees(event.K8sCluster.Get(e), event.K8sNamespace.Get(e)) {
		return nil
	}
	at := event.Time.Get(e)
	if t.events++; t.events == 1 {
		t.first = at
	}
	t.last = at
	seen := detect.SeenFirst
	if e.Class == event.ClassAudit {
		switch t.requests.Observe(e, uid) {
		case audit.SeenAgain, audit.SeenLate:
			return nil
		case audit.SeenAmended:
			seen = detect.SeenAmended
		}
	}
	t.matches = t.set.Match(t.scratch, e, t.matches[:0])
	if t.seen++; t.seen%retuneEvery == 0 {
		t.scratch.Retune()
	}
	if at >= t.since {
		t.state.Observe(e, uid, t.matches, seen)
		return nil
	}
	t.learned++
	if seen == detect.SeenFirst {
		t.state.Learn(e, t.matches)
	}
	return nil
}

// retuneEvery is how many events pass between two chances for matching to
// adapt.
const retuneEvery = 4096

// stored returns the findings of the rules that the store has of the same
// time.
func (t *trial) stored(ctx context.Context) ([]*detect.Finding, error) {
	byID := map[string]*rule.Rule{}
	for _, r := range t.o.Rules {
		byID[r.ID] = r
	}
	sel := lake.All(event.ClassFinding)
	sel.From = t.since // the time of a finding is that of its last match
	var out []*detect.Finding
	err := t.lake.Scan(ctx, sel, func(e *event.Event) error {
		if byID[event.FindingInfoAnalyticUID.Get(e)] == nil || event.FirstSeenTime.Get(e) > t.to {
			return nil
		}
		if !t.o.Scope.All() && !t.o.Scope.Sees(event.K8sCluster.Get(e), event.K8sNamespace.Get(e)) {
			return nil
		}
		f, err := row.ReadFinding(e, func(id string) *rule.Rule { return byID[id] })
		if err == nil { // one that cannot be read is none to compare with
			out = append(out, f)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the stored findings: %w", err)
	}
	return out, nil
}
