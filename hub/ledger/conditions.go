package ledger

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
)

// What the ledger itself calls a condition.
const (
	// missingHolds is for how long it is told that something went missing, after the last time.
	missingHolds = 5 * time.Minute
	// mutedHolds is for how long a rule is told to be muted, after its last match that was only counted.
	mutedHolds = time.Hour
	// maxOffset is how wrong a clock may be: rules that join events of several nodes allow for 5 s between them.
	maxOffset = 2 * time.Second
	// maxBehind is how old what waits at a source may be.
	maxBehind = 2 * time.Minute
)

// Look finds out what holds now, and returns it, the worst first. What began or ended is told by the next Check. It may
// be called by several goroutines.
func (l *Ledger) Look(ctx context.Context) []coverage.Condition {
	l.looking.Lock()
	defer l.looking.Unlock()
	now := l.o.Now()
	var holds []coverage.Condition
	for _, s := range l.book.Sources(now) {
		holds = append(holds, ofSource(&s, now)...)
	}
	holds = append(holds, l.missing(now)...)
	holds = append(holds, l.withoutSensor(now)...)
	holds = append(holds, l.mutedRules(now)...)
	holds = append(holds, l.trials.conditions(now)...)
	holds = append(holds, l.trials.auditConditions(now, l.audited(now))...)
	if l.o.Conditions != nil {
		holds = append(holds, l.o.Conditions(ctx)...)
	}
	l.changed(l.board.Update(holds, now))
	list := l.board.List()
	l.holds.Store(&list)
	return list
}

// changed notes which findings are to be written. A condition that came and went between is none.
func (l *Ledger) changed(began, ended []coverage.Condition) {
	l.untold = append(l.untold, began...)
	for _, c := range ended {
		same := func(o coverage.Condition) bool { return o.Code == c.Code && o.About == c.About }
		if i := slices.IndexFunc(l.untold, same); i >= 0 {
			l.untold = slices.Delete(l.untold, i, i+1)
			continue
		}
		l.over = append(l.over, c)
	}
}

// ofSource returns what is the matter with a source, by what it said last.
func ofSource(s *coverage.State, now time.Time) (out []coverage.Condition) {
	add := func(code string, level coverage.Level, since time.Time, advice, format string, args ...any) {
		out = append(out, coverage.Condition{
			Code: code, About: s.Key.String(), Level: level, Since: since, Text: fmt.Sprintf(format, args...), Advice: advice, Cluster: s.Cluster, Node: s.Node,
		})
	}
	switch {
	case s.Ended:
		return nil
	case s.Silent && s.Role == coverage.Sensor:
		add("sensor-silent", coverage.Failure, s.Last, "look whether lynceus-sensor runs there and reaches the hub", "the sensor of %s has said nothing for %s: what happens there is not seen", s.Key, now.Sub(s.Last).Round(time.Second))
	case s.Silent && s.Role == coverage.Audit:
		add("source-silent", coverage.Warning, s.Last, "look whether the API server has an audit policy and where it writes to", "no audit events came of %s for %s", s.Key, now.Sub(s.Last).Round(time.Second))
	case s.Silent && s.Role == coverage.Other:
		add("source-silent", coverage.Warning, s.Last, "look whether it runs and where it sends to", "nothing came of %s for %s", s.Key, now.Sub(s.Last).Round(time.Second))
	}
	if s.Timed && s.Offset.Abs() > maxOffset {
		add("clock-offset", coverage.Warning, time.Time{}, "have the node's clock set by NTP: what happened on several nodes is joined by time", "the clock of %s is %s", s.Key, aheadBehind(s.Offset))
	}
	if !s.Oldest.IsZero() && now.Sub(s.Oldest) > maxBehind && !s.Silent {
		add("source-behind", coverage.Warning, s.Oldest, "look at its network and at the hub's load", "what happened on %s waits there since %s (%d KiB)", s.Key, s.Oldest.Format(time.RFC3339), s.Waiting>>10)
	}
	return out
}

func aheadBehind(d time.Duration) string {
	if d < 0 {
		return (-d).String() + " behind the hub's"
	}
	return d.String() + " ahead of the hub's"
}

// missing returns of which sources something went missing lately, and where.
func (l *Ledger) missing(now time.Time) (out []coverage.Condition) {
	for _, g := range l.book.Lately(now.Add(-missingHolds)) {
		for h := range coverage.Hops {
			if n := g.Missing[h]; n > 0 {
				out = append(out, coverage.Condition{
					Code: "events-missing", About: g.Key.String() + " at " + h.String(), Level: coverage.Warning, Since: g.From, Cluster: g.Cluster, Node: g.Node,
					Text:   fmt.Sprintf("%s: %d events (%.1f %%) went missing at the %s in the minute of %s", g.Key, n, 100*g.ShareAt(h), h, g.From.Format("15:04")),
					Advice: hopAdvice[h],
				})
			}
		}
	}
	return out
}

// hopAdvice is what to do where events go missing.
var hopAdvice = [coverage.Hops]string{
	coverage.Ring:  "give the sensor a greater ring (--ring-bytes), or observe less",
	coverage.Queue: "one container makes more events than can be handed on; the table health says which (coverage.kind == \"part\")",
	coverage.Spool: "give the sensor more room on its disk, or look why the hub is not reached",
	coverage.Bus:   "the hub's disk or its bus lost what it had taken; see its log and the quarantine",
	coverage.Parse: "the table health has what could not be read, and why; use programs of one version",
}

// withoutSensor returns the nodes that have no sensor, where others of the cluster have one.
func (l *Ledger) withoutSensor(now time.Time) (out []coverage.Condition) {
	for _, k := range l.bare(now) {
		out = append(out, coverage.Condition{
			Code: "node-without-sensor", About: k.String(), Level: coverage.Failure, Cluster: k.Cluster, Node: k.Node,
			Text: fmt.Sprintf("%s has no sensor: what happens there is not seen", k), Advice: "see that the DaemonSet lynceus-sensor runs there; a virtual node, or one of Windows, cannot have one",
		})
	}
	return out
}

// muted is when a rule was muted last.
type muted struct {
	matches int64
	at      time.Time
}

// mutedRules returns which rules only count what they find, since they found too much.
func (l *Ledger) mutedRules(now time.Time) (out []coverage.Condition) {
	if l.o.Muted == nil {
		return nil
	}
	for id, n := range l.o.Muted() {
		m := l.muted[id]
		if n != m.matches {
			m = muted{n, now}
			l.muted[id] = m
		}
		if now.Sub(m.at) > mutedHolds {
			continue
		}
		out = append(out, coverage.Condition{
			Code: "rule-muted", About: id, Level: coverage.Warning, Text: fmt.Sprintf("the rule %q (%s) made too many findings: %d matches were only counted", l.o.Title(id), id, n),
			Advice: "look at its summary finding; exclude what is expected, or narrow the rule",
		})
	}
	return out
}
