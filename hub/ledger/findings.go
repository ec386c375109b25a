package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/incident/row"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/store/lake"
)

const (
	// HealthType is in finding_info.types of findings that the ledger makes.
	HealthType = "health"
	// rulePrefix begins what stands for a rule's id in them; the condition's code follows.
	rulePrefix = "lynceus.health."
	// The status of a finding whose condition holds, and of one that ended.
	statusOpen     = "open"
	statusResolved = "resolved"
)

// severities are how severe a condition is as a finding.
var severities = [...]rule.Severity{coverage.Fine: rule.Informational, coverage.Notice: rule.Low, coverage.Warning: rule.Medium, coverage.Failure: rule.High}

// findingID is the id of the finding about a condition: it stays as long as the condition holds.
func (l *Ledger) findingID(c *coverage.Condition) string {
	return l.hasher.Sum("health finding", c.Code, c.About, strconv.FormatInt(c.Since.UnixMicro(), 10)).String()
}

// finding makes a row of a condition.
func (l *Ledger) finding(c *coverage.Condition, status string, now time.Time) error {
	id := l.findingID(c)
	revision := l.told[id]
	f := &detect.Finding{
		ID: id, Rule: &rule.Rule{ID: rulePrefix + c.Code, Name: c.Code, Title: c.Text, Severity: severities[c.Level]}, Severity: severities[c.Level],
		Cluster: c.Cluster, First: c.Since, Last: now, Count: 1, AuditIDs: []string{}, EventUIDs: []string{}, Parts: []string{},
	}
	if c.Advice != "" {
		f.Reasons = []string{c.Advice}
	}
	if err := row.Finding(&l.row, f, row.Standing{Revision: revision, Received: now}); err != nil {
		return fmt.Errorf("health finding %s: %w", c.Code, err)
	}
	event.Status.Set(&l.row, status)
	event.Message.Set(&l.row, c.String())
	event.FindingInfoAbout.Set(&l.row, c.About)
	event.FindingInfoTypes.Set(&l.row, []string{HealthType})
	if c.Node != "" {
		event.K8sNode.Set(&l.row, c.Node)
	}
	return nil
}

// tell writes findings of conditions that began and of those that ended. What cannot be written is told by the next call,
// as long as it is not over.
func (l *Ledger) tell(ctx context.Context, now time.Time) error {
	l.looking.Lock()
	open, over := l.untold, l.over
	l.untold, l.over = nil, nil
	l.looking.Unlock()
	n := len(open)
	err := l.store(ctx, n+len(over), func(i int) error {
		if i < n {
			return l.finding(&open[i], statusOpen, now)
		}
		return l.finding(&over[i-n], statusResolved, now)
	})
	if err != nil {
		l.looking.Lock()
		defer l.looking.Unlock()
		newer, gone := l.untold, l.over
		l.untold, l.over = open, over
		l.changed(newer, gone)
		return err
	}
	for i := range open {
		l.told[l.findingID(&open[i])] = 1
	}
	for i := range over {
		delete(l.told, l.findingID(&over[i]))
	}
	return nil
}

// findingColumns are what is read of findings to know which conditions held.
var findingColumns = []event.FieldID{
	event.MetadataUID.ID(), event.MetadataRevision.ID(), event.FindingInfoAnalyticUID.ID(), event.Status.ID(), event.FindingInfoAbout.ID(), event.FirstSeenTime.ID(),
	event.FindingInfoTitle.ID(), event.Severity.ID(), event.K8sCluster.ID(), event.K8sNode.ID(),
}

// restoreFindings returns the conditions that held when the store was written last.
func (l *Ledger) restoreFindings(ctx context.Context) (open []coverage.Condition, err error) {
	sel := lake.All(event.ClassFinding)
	for _, f := range findingColumns {
		sel.Columns = append(sel.Columns, event.Lookup(f).Column())
	}
	err = l.o.Lake.Scan(ctx, sel, func(e *event.Event) error {
		code, ours := strings.CutPrefix(event.FindingInfoAnalyticUID.Get(e), rulePrefix)
		if !ours || event.Status.Get(e) != statusOpen {
			return nil
		}
		c := coverage.Condition{
			Code: code, About: event.FindingInfoAbout.Get(e), Since: time.Unix(0, event.FirstSeenTime.Get(e)).UTC(), Text: event.FindingInfoTitle.Get(e),
			Cluster: event.K8sCluster.Get(e), Node: event.K8sNode.Get(e),
		}
		for level, s := range severities {
			if s.String() == event.Severity.Get(e) {
				c.Level = coverage.Level(level)
			}
		}
		revision, _ := event.MetadataRevision.Get(e)
		l.told[event.MetadataUID.Get(e)] = revision + 1
		open = append(open, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the health findings of the store: %w", err)
	}
	return open, nil
}
