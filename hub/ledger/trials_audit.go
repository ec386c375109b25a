package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/own"
)

// AuditWay is what the way of a cluster's audit log is called, from its API server to the store.
const AuditWay = "audit"

const (
	// auditLate is how long a request may take until it is stored, above what it usually takes. Agents make one every
	// twenty seconds, so that a log that stops is told within a minute.
	auditLate = 30 * time.Second
	// maxUsual bounds what counts as usual: logs of clouds come after minutes.
	maxUsual = 10 * time.Minute
	// auditUnseen is how long none may come at all, of a cluster whose audit events do.
	auditUnseen = 3 * time.Minute
	// auditOld is how old a request may be to say anything about now: an old log may be read.
	auditOld = 15 * time.Minute
	// maxAudits bounds the clusters whose trials are remembered.
	maxAudits = 4096
	// usualOf is of how many trials the usual delay is the median.
	usualOf = 9
)

// auditTrials are the requests that the agent of a cluster makes to see whether they come by its audit log.
type auditTrials struct {
	owed   time.Time // when the first was answered of those since the last that came; zero where all came
	heard  time.Time // when the agent last said that one was answered
	came   bool      // whether one ever came, perhaps before this start
	delay  time.Duration
	delays []time.Duration // of the last ones that came
	noted  time.Time       // when the last result was written
}

// usual is how long one usually takes.
func (a *auditTrials) usual() time.Duration {
	if len(a.delays) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(a.delays))
	return min(max(sorted[len(sorted)/2], 0), maxUsual)
}

// audit returns what is known of a cluster, nil where there are too many. The lock is held.
func (t *trials) audit(cluster string) *auditTrials {
	a := t.audits[cluster]
	if a == nil && len(t.audits) < maxAudits {
		a = &auditTrials{}
		t.audits[strings.Clone(cluster)] = a
	}
	return a
}

// Tried notes that a cluster's API server answered a trial of its agent: it should come by the audit log, if that comes here.
func (l *Ledger) Tried(cluster string) {
	now := l.o.Now()
	l.trials.mu.Lock()
	defer l.trials.mu.Unlock()
	a := l.trials.audit(cluster)
	if a == nil {
		return
	}
	a.heard = now
	if a.owed.IsZero() {
		a.owed = now
	}
}

// restored takes in a result that was stored before this start.
func (t *trials) restored(a *coverage.Account) {
	if a.Kind != coverage.Canary || a.Role != coverage.Audit || a.Failed {
		return
	}
	if x := t.audit(a.Cluster); x != nil {
		x.came = true
	}
}

// request takes in an audit event that is being stored.
func (t *trials) request(e *event.Event, now time.Time) {
	if !event.AuditOwnAgent.Get(e) || !own.IsTrial(event.HTTPRequestURLPath.Get(e)) || event.AuditStage.Get(e) == "RequestReceived" {
		return
	}
	made := time.Unix(0, event.AuditRequestTime.Get(e))
	delay := now.Sub(made)
	if delay > auditOld {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.audit(event.K8sCluster.Get(e))
	if a == nil {
		return
	}
	a.came, a.owed, a.delay = true, time.Time{}, delay
	if a.delays = append(a.delays, delay); len(a.delays) > usualOf {
		a.delays = a.delays[1:]
	}
	if now.Sub(a.noted) < trialEvery {
		return
	}
	a.noted = now
	t.add(coverage.Account{
		Key: coverage.Key{Cluster: strings.Clone(event.K8sCluster.Get(e)), Source: AuditWay}, ClusterUID: strings.Clone(event.K8sClusterUID.Get(e)), Role: coverage.Audit, Kind: coverage.Canary,
		Reporter: coverage.HubReporter, From: made, To: now, Delay: max(delay, time.Millisecond), Detail: "it came by " + event.MetadataSource.Get(e),
	})
}

// auditConditions returns of which clusters' audit logs trials do not come. heard says whether audit events of a cluster
// ever came.
func (t *trials) auditConditions(now time.Time, heard func(cluster string) bool) (out []coverage.Condition) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cluster := range slices.Sorted(maps.Keys(t.audits)) {
		a := t.audits[cluster]
		if now.Sub(a.heard) > time.Hour {
			delete(t.audits, cluster) // its agent's silence is told already
			continue
		}
		if a.owed.IsZero() {
			continue
		}
		c := coverage.Condition{Code: "trial-late", About: coverage.Key{Cluster: cluster, Source: AuditWay}.String(), Level: coverage.Failure, Since: a.owed, Cluster: cluster}
		switch quiet := now.Sub(a.owed); {
		case a.came && quiet > auditLate+a.usual():
			c.Text = fmt.Sprintf("what the agent of cluster %s asked its API server for has not come by the audit log for %s, and usually does within %s: what is asked there is not seen",
				cluster, quiet.Round(time.Second), max(a.usual().Round(time.Second), time.Second))
			c.Advice = "look at the API server's audit log or webhook, and at what carries it here"
		case !a.came && quiet > auditUnseen && heard(cluster):
			c.Code, c.Level = "trial-unrecorded", coverage.Notice
			c.Text = fmt.Sprintf("nothing that the agent of cluster %s asked its API server for has come by the audit log, though other requests do: should the log stop, only its silence would tell", cluster)
			c.Advice = "have the audit policy record what lynceus-agent lists, at level Metadata"
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

// audited says whether audit events of a cluster ever came, by the accounts.
func (l *Ledger) audited(now time.Time) func(cluster string) bool {
	has := map[string]bool{}
	for _, s := range l.book.Sources(now) {
		if s.Role == coverage.Audit && !s.Ended && !s.Last.IsZero() {
			has[s.Cluster] = true
		}
	}
	return func(cluster string) bool { return has[cluster] }
}

// AuditDelays returns how long the last trial of each cluster's audit log took.
func (l *Ledger) AuditDelays() map[string]time.Duration {
	l.trials.mu.Lock()
	defer l.trials.mu.Unlock()
	out := map[string]time.Duration{}
	for cluster, a := range l.trials.audits {
		if len(a.delays) > 0 {
			out[cluster] = a.delay
		}
	}
	return out
}
