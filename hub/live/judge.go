package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/rule"
)

const (
	// Lateness is how far events of several sources may be out of order: what
	// a rule finds is known that much after the event.
	Lateness = 5 * time.Second
	// settle is how long no event may have come before time passes without
	// events. Sources that bring a backlog pause for less.
	settle = 2 * Lateness
	// tellEvery is how often findings and incidents are written while they
	// grow.
	tellEvery = time.Second
	// growShare is by how much rarer than it takes it is written that findings
	// grew of which nothing else is new, growEvery how rarely at most. A server
	// that is killed counts them again, as far back as it judges again.
	growShare = 20
	growEvery = 10 * time.Second
	// checkpointEvery is how often what was learned is saved, keepEvery who
	// wrote what: a start learns the last hour again.
	checkpointEvery = time.Minute
	keepEvery       = 10 * time.Minute
	// maxAhead is how far ahead of its receipt an event may be, in
	// nanoseconds.
	maxAhead = int64(5 * time.Minute)
	// forgetAfter is how long after its last match a finding may still grow
	// or join an incident: a window of a day and the pause within an incident.
	forgetAfter = detect.DefaultWindow + 6*time.Hour
)

// Options are what a Judge is made with.
type Options struct {
	Set   *detect.Set
	State *detect.State
	// Rule finds a rule of the Set by its id, nil for none that is there.
	Rule     func(id string) *rule.Rule
	Callers  *identity.Callers
	Requests *audit.Requests
	// Store takes what was found, and Past is what is stored already.
	Store Store
	Past  Past
	// Excluded names the exclusion that keeps a finding from being told, ""
	// for none; nil excludes nothing. Exclusions counts the changes of what
	// Excluded says: when it is another number, findings are looked at again.
	Excluded   func(*detect.Finding) string
	Exclusions func() int64
	// Cases are what people decided about incidents; nil is nothing.
	Cases Cases
	// Learns says which rules learn what is usual from the store when they come
	// into force; nil is none: the others learn from what comes.
	Learns func(*rule.Rule) bool
	// Checkpoint saves what was learned. It is called about every minute.
	Checkpoint func(ctx context.Context, novelty []byte) error
	// Keep saves who wrote what, which is older than what a start reads
	// again. It is called every few minutes; nil for never.
	Keep func(ctx context.Context, snapshot []byte) error
	// Tap sees every event that is stored; nil for nobody. It keeps nothing.
	Tap func(*event.Event)
	// Told is called once with each finding, when it is stored and no exclusion covers it; nil for nobody. It must not
	// wait. What an earlier run stored is not told again.
	Told func(*detect.Finding)
	Log  *slog.Logger
	Now  func() time.Time
}

// Judge finds what rules find in events that come one after another, and
// writes findings and incidents as they grow. It is for one goroutine.
type Judge struct {
	o       Options
	scratch *detect.Scratch
	matches []detect.Match

	findings  map[string]*told // by id
	incidents map[string]*told
	last      map[string]*incident.Incident // as told last
	looked    int64                         // exclusions, when they were looked at last
	decided   uint64                        // revision of the latest case that rows tell of
	clock     int64                         // latest event time
	toldAt    time.Time
	growAt    time.Time // before it, it is not written that findings grew
	busyAt    time.Time // when events came last
	worked    bool      // events came since
	savedAt   time.Time
	keptAt    time.Time
	future    int64
	late      latecomers
	rows      *Repeated
	row       event.Event
	reports   bool // nodes reported findings that are not written yet
}

// told is what was written of a finding or incident last.
type told struct {
	revision int64
	last     int64  // event time of the last match, nanoseconds since 1970
	standing string // of a finding: its incident and exclusion; of an incident: its document's hash
	said     bool   // of a finding: Options.Told was called with it
}

// NewJudge returns a Judge that remembers nothing yet; see Restore.
func NewJudge(o Options) *Judge {
	j := &Judge{o: o, scratch: o.Set.NewScratch(), findings: map[string]*told{}, incidents: map[string]*told{}, last: map[string]*incident.Incident{}, rows: NewRepeated()}
	if o.Exclusions != nil {
		j.looked = o.Exclusions()
	}
	j.savedAt = o.Now()
	j.busyAt, j.keptAt = j.savedAt, j.savedAt
	return j
}

// Take judges one event, and reports whether it is to be stored: one that was
// seen already is not again, and what rules found on a node becomes a finding
// of the judge's own, which Secure writes. Contextual fields and the
// revision of e are set.
func (j *Judge) Take(e *event.Event) bool {
	if e.Class == event.ClassHealth || e.Class == event.ClassSelfAudit {
		// No rule is about it, and its time is the clock's, which is not that of a log of last week.
		if j.o.Tap != nil {
			j.o.Tap(e)
		}
		return true
	}
	j.worked = true
	if e.Class == event.ClassFinding {
		j.report(e)
		return false
	}
	uid := event.UIDOf(e)
	seen := detect.SeenFirst
	switch e.Class {
	case event.ClassAudit:
		switch j.o.Requests.Observe(e, uid) {
		case audit.SeenAgain, audit.SeenLate:
			return false
		case audit.SeenAmended:
			seen = detect.SeenAmended
		}
	case event.ClassInventory:
		if j.rows.Note(e) {
			return false
		}
	default:
		if event.MetadataLogProvider.Has(e) && j.rows.Note(e) {
			return false
		}
		if ownRevision(e) {
			seen = detect.SeenAmended
		}
	}
	j.judge(e, uid, seen)
	j.await(e, uid)
	if j.o.Tap != nil {
		j.o.Tap(e)
	}
	return true
}

// remember takes an event that is stored already, in its latest revision.
func (j *Judge) remember(e *event.Event) {
	uid := event.UIDOf(e)
	if e.Class == event.ClassAudit {
		j.o.Requests.Seed(e, uid)
	}
	awaited := event.AuditAwaits.Get(e) || event.MetadataAwaits.Get(e)
	j.judge(e, uid, detect.SeenFirst)
	if awaited {
		j.await(e, uid)
	}
}

// judge lets the rules look at an event.
func (j *Judge) judge(e *event.Event, uid event.UID, seen detect.SeenKind) {
	j.matches = j.o.Set.Match(j.scratch, e, j.matches[:0])
	defer j.clamp(e)()
	j.clock = max(j.clock, event.Time.Get(e))
	j.o.State.Observe(e, uid, j.matches, seen)
}

// clamp sets times that are too far ahead of an event's receipt back to it,
// and returns what puts them right again: a clock that is wrong must not carry
// the windows of all others with it.
func (j *Judge) clamp(e *event.Event) (restore func()) {
	at, asked := event.Time.Get(e), event.AuditRequestTime.Get(e)
	received := event.ReceivedTime.Get(e)
	if !event.ReceivedTime.Has(e) || max(at, asked) <= received+maxAhead {
		return func() {}
	}
	j.future++
	event.Time.Set(e, min(at, received))
	if event.AuditRequestTime.Has(e) {
		event.AuditRequestTime.Set(e, min(asked, received))
	}
	return func() {
		event.Time.Set(e, at)
		if event.AuditRequestTime.Has(e) {
			event.AuditRequestTime.Set(e, asked)
		}
	}
}

// TakeFuture returns how many events were more than five minutes ahead of their
// receipt since it was asked last.
func (j *Judge) TakeFuture() int64 {
	n := j.future
	j.future = 0
	return n
}

// Tell writes what was found since the last call, at most once a second. idle
// says that no events wait: time passes then as on the clock, from the latest
// event on. Not to the clock's own time: what came about while the server was
// down, or is read from an old log, may only be slow to come.
func (j *Judge) Tell(ctx context.Context, idle bool) error {
	now := j.o.Now()
	if !idle && j.worked {
		j.busyAt, j.worked = now, false
	}
	if now.Sub(j.toldAt) < tellEvery {
		return nil
	}
	j.toldAt = now
	j.scratch.Retune()
	if quiet := now.Sub(j.busyAt); idle && quiet >= settle && j.clock != 0 {
		j.o.State.Advance(j.clock + int64(quiet-settle))
	}
	if err := j.amend(ctx, now); err != nil {
		return err
	}
	if err := j.write(ctx, !now.Before(j.growAt)); err != nil {
		return err
	}
	if now.Sub(j.keptAt) >= keepEvery {
		if err := j.keep(ctx); err != nil {
			return err
		}
	}
	if now.Sub(j.savedAt) >= checkpointEvery {
		return j.Save(ctx)
	}
	return nil
}

// Finish writes what was found and learned so far, as at the end.
func (j *Judge) Finish(ctx context.Context) error {
	if err := j.write(ctx, true); err != nil {
		return err
	}
	return errors.Join(j.Save(ctx), j.keep(ctx))
}

// keep saves who wrote what.
func (j *Judge) keep(ctx context.Context) error {
	j.keptAt = j.o.Now()
	if j.o.Keep == nil {
		return nil
	}
	b, err := j.o.Callers.Snapshot()
	if err == nil {
		err = j.o.Keep(ctx, b)
	}
	if err != nil && ctx.Err() == nil {
		j.o.Log.Error("who wrote what could not be saved", "error", err)
		return nil
	}
	return err
}

// Save writes what was learned.
func (j *Judge) Save(ctx context.Context) error {
	j.savedAt = j.o.Now()
	if j.o.Checkpoint == nil {
		return nil
	}
	if err := j.o.Checkpoint(ctx, j.o.State.Novelty().Encode()); err != nil {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), err)
		}
		// What is learned is learned again from the store after a restart; a
		// state that cannot be written must not stop the events.
		j.o.Log.Error("what was learned could not be saved", "error", err)
	}
	return nil
}

// write stores findings that are new or grew, or whose standing changed, and
// the incidents that they make or about which something was decided. Without
// grown, it waits while findings only grew.
func (j *Judge) write(ctx context.Context, grown bool) error {
	looked := j.looked
	if j.o.Exclusions != nil {
		looked = j.o.Exclusions()
	}
	decided := j.decisions()
	settled := len(decided) == 0 && looked == j.looked
	if settled && !grown && !j.o.State.News() {
		return nil
	}
	changed := j.o.State.Changed()
	if settled && len(changed) == 0 {
		return nil
	}
	j.looked = looked
	b := &bulletin{judge: j, now: j.o.Now()}
	defer func() { j.growAt = j.o.Now().Add(min(growShare*j.o.Now().Sub(b.now), growEvery)) }()
	b.compose(changed)
	if err := b.decide(ctx, decided); err != nil {
		return err
	}
	if len(b.rows) > 0 {
		if err := j.store(ctx, b.rows); err != nil {
			return err
		}
		b.settle()
		j.forget()
	}
	for _, c := range decided {
		j.decided = max(j.decided, c.Revision)
	}
	return nil
}

// Findings is the partition under which the lake knows what was found.
const Findings = "findings"

func (j *Judge) store(ctx context.Context, rows []func(*event.Event) error) error {
	n := j.o.Store.Mark(Findings) + 1
	a := j.o.Store.Begin(Findings, n, n)
	defer func() { _ = a.Abort() }() // nothing to do after Commit
	for _, fill := range rows {
		if err := fill(&j.row); err != nil {
			j.o.Log.Error("a finding could not be written", "error", err)
			continue
		}
		if err := a.Add(&j.row); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		if j.o.Tap != nil {
			j.o.Tap(&j.row)
		}
	}
	if err := a.Commit(ctx); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

// forget lets go of findings that can neither grow nor join anything.
func (j *Judge) forget() {
	before := time.Unix(0, j.clock).Add(-forgetAfter)
	keep := map[string]bool{}
	for id, i := range j.last {
		if i.Last.Before(before) {
			delete(j.last, id)
			delete(j.incidents, id)
			continue
		}
		for _, f := range i.Findings {
			keep[f.ID] = true
		}
	}
	j.o.State.Forget(before, func(id string) bool { return keep[id] })
	for id, t := range j.findings {
		if t.last < before.UnixNano() && !keep[id] {
			delete(j.findings, id)
		}
	}
}
