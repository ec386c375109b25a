package ledger

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/own"
	"github.com/lynceus-io/lynceus/store/lake"
)

// request has a request of the agent of cluster prod come by the audit log.
func (b *bench) request(age time.Duration, change ...func(*event.Event)) {
	b.Helper()
	e := &b.event
	e.Reset(event.ClassAudit)
	event.MetadataUID.Set(e, fmt.Sprintf("%s-%d", b.now, age))
	event.MetadataSource.Set(e, "/var/log/audit.log")
	event.Time.Set(e, b.now.UnixNano())
	event.ReceivedTime.Set(e, b.now.UnixNano())
	event.K8sCluster.Set(e, "prod")
	event.AuditStage.Set(e, "ResponseComplete")
	event.AuditRequestTime.Set(e, b.now.Add(-age).UnixNano())
	event.HTTPRequestURLPath.Set(e, "/api/v1/namespaces?limit=1&"+own.TrialParameter+"=ABC")
	event.AuditOwnAgent.Set(e, true)
	for _, f := range change {
		f(e)
	}
	b.store(e)
}

// minutes lets an agent make a trial every twenty seconds, which come so much
// later unless that is 0.
func (b *bench) minutes(n int, delay time.Duration) {
	b.Helper()
	for range 3 * n {
		b.Tried("prod")
		if delay > 0 {
			b.request(delay)
		}
		b.pass(20 * time.Second)
	}
}

// heard has an audit event of the cluster be accounted for.
func (b *bench) heardAudit() {
	b.Book().Add(&coverage.Account{
		Key: coverage.Key{Cluster: "prod", Source: "/var/log/audit.log"}, Role: coverage.Audit, Kind: coverage.Total, Reporter: coverage.HubReporter, From: b.now.Add(-time.Minute), To: b.now,
		Counts: coverage.Counts{Stored: 5},
	})
}

const lateAudit = "trial-late: audit of cluster prod"

// What the agent asks comes by the audit log, and is missed within a minute when it does not any more, though all else
// that the agent says comes. A restart of the hub does not make it forget that it came once.
func TestAuditTrials(t *testing.T) {
	b := newBench(t)
	b.minutes(5, time.Second)
	if len(b.holding()) != 0 || b.AuditDelays()["prod"] != time.Second {
		t.Errorf("%q, %v", b.holding(), b.AuditDelays())
	}
	b.request(time.Second)
	took := b.until("the log that stopped is told", time.Minute, func() bool {
		if b.now.Second()%20 == 0 {
			b.Tried("prod")
		}
		return b.holds("trial-late")
	})
	t.Logf("told after %v", took)
	if !slices.Equal(b.holding(), []string{lateAudit}) {
		t.Errorf("holds: %q", b.holding())
	}
	b.request(time.Second)
	b.pass(CheckEvery)
	if len(b.holding()) != 0 {
		t.Errorf("it came again, and still holds: %q", b.holding())
	}
	b.restart()
	b.minutes(1, 0)
	if !slices.Equal(b.holding(), []string{lateAudit}) {
		t.Errorf("after a restart holds: %q", b.holding())
	}

	n := 0
	err := b.lake.Scan(b.Context(), lake.All(event.ClassHealth), func(e *event.Event) error {
		if a, ok := coverage.Read(e); ok && a.Kind == coverage.Canary {
			if n++; a.Delay != time.Second || a.Cluster != "prod" || a.Source != AuditWay || a.Detail != "it came by /var/log/audit.log" {
				t.Errorf("%+v", a)
			}
		}
		return nil
	})
	if err != nil || n < 5 || n > 7 {
		t.Errorf("%d canaries in five minutes, %v", n, err)
	}
}

// Only the agent's own trials count: others' requests with the same mark, its other requests, what is read from an old
// log.
func TestAuditTrialsOfOthers(t *testing.T) {
	for name, change := range map[string]func(*event.Event){
		"somebody else":     func(e *event.Event) { e.Clear(event.AuditOwnAgent.ID()) },
		"an ordinary one":   func(e *event.Event) { event.HTTPRequestURLPath.Set(e, "/api/v1/namespaces?limit=1") },
		"an old log":        func(e *event.Event) { event.AuditRequestTime.Set(e, noon.Add(-time.Hour).UnixNano()) },
		"not answered":      func(e *event.Event) { event.AuditStage.Set(e, "RequestReceived") },
		"of another system": func(e *event.Event) { event.K8sCluster.Set(e, "test") },
	} {
		b := newBench(t)
		b.minutes(1, time.Second)
		for range 6 {
			b.Tried("prod")
			b.request(time.Second, change)
			b.pass(10 * time.Second)
		}
		if !slices.Equal(b.holding(), []string{lateAudit}) {
			t.Errorf("%s: holds %q", name, b.holding())
		}
	}
}

// A log that always comes late is told when it is later than that.
func TestAuditTrialsUsuallyLate(t *testing.T) {
	b := newBench(t)
	b.minutes(3, 2*time.Minute)
	b.minutes(2, 0)
	if len(b.holding()) != 0 {
		t.Errorf("holds: %q", b.holding())
	}
	b.minutes(1, 0)
	if !slices.Equal(b.holding(), []string{lateAudit}) {
		t.Errorf("holds: %q", b.holding())
	}
}

// Where no trial ever came it is said, if the cluster's audit events come at all. Nothing is said of a cluster whose agent
// makes none.
func TestAuditTrialsUnrecorded(t *testing.T) {
	b := newBench(t)
	b.minutes(6, 0)
	if len(b.holding()) != 0 {
		t.Errorf("no audit log comes here, and holds: %q", b.holding())
	}
	b.heardAudit()
	b.minutes(2, 0)
	if want := []string{"trial-unrecorded: audit of cluster prod"}; !slices.Equal(b.holding(), want) {
		t.Errorf("holds: %q", b.holding())
	}
	b = newBench(t)
	b.heardAudit()
	b.pass(6 * time.Minute)
	if len(b.holding()) != 0 {
		t.Errorf("an agent that makes none: %q", b.holding())
	}
}
