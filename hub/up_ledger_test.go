//go:build cgo

package hub

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
)

// spoiler puts every twentieth batch on the bus with a byte that is not as it should be.
type spoiler struct {
	live.Publisher
	batches int
}

func (s *spoiler) Publish(ctx context.Context, partition int, payload []byte) (uint64, error) {
	if s.batches++; s.batches%20 == 0 {
		payload = slices.Clone(payload)
		payload[len(payload)/2] ^= 0x55
	}
	return s.Publisher.Publish(ctx, partition, payload)
}

// sensorBatch is a batch of a sensor's events in the minute of a time, and at last its account of them until another time,
// unless that is zero.
func sensorBatch(t *testing.T, node string, at time.Time, n int, until time.Time) []byte {
	t.Helper()
	var b wire.Builder
	b.Reset(coverage.SensorSource, at.UnixNano())
	var e event.Event
	add := func() {
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		e.Reset(event.ClassProcess)
		event.MetadataUID.Set(&e, fmt.Sprint(node, at.UnixNano(), i))
		event.MetadataSource.Set(&e, coverage.SensorSource)
		event.K8sNode.Set(&e, node)
		event.Time.Set(&e, at.UnixNano())
		event.ReceivedTime.Set(&e, at.UnixNano())
		add()
	}
	if !until.IsZero() {
		a := coverage.Account{
			Key: coverage.Key{Node: node, Source: coverage.SensorSource}, Role: coverage.Sensor, Kind: coverage.Total, Reporter: coverage.SensorSource,
			From: at.Truncate(time.Minute), To: until, Counts: coverage.Counts{Seen: 1000},
		}
		coverage.Fill(&e, &a, at, event.NewUIDHasher())
		add()
	}
	return b.AppendTo(nil)
}

// What the bus lost and what could not be read is told of the right source, at the right hop, in the right minute, with
// every answer; and a trial goes the hub's own way.
func TestUpLedger(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(log, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var late atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	if left := time.Until(time.Now().Truncate(time.Minute).Add(time.Minute)); left < 15*time.Second { // all of it, the start too, is to be in one minute
		time.Sleep(left)
	}
	u := startUp(t, UpOptions{Dir: t.TempDir(), Follow: []string{log}, Cluster: "prod", Maintain: time.Hour, Now: now, Log: logs(t)})
	minute := now().Truncate(time.Minute)
	for node, p := range map[string]live.Publisher{"w1": u.bus, "w2": &spoiler{Publisher: u.bus}} {
		rows := live.NewRows(p, 0)
		rows.Track(u.flight)
		for i := range 100 {
			var until time.Time
			if i == 50 {
				until = now()
			}
			_, err := rows.Take(t.Context(), sensorBatch(t, node, minute.Add(time.Duration(i)*time.Millisecond), 10, until), func(e *event.Event) error {
				event.K8sCluster.Set(e, "prod")
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var text strings.Builder
	for i := range 200 {
		if i%20 == 7 {
			text.WriteString("{\"kind\":\"Event\",\"auditID\n")
			continue
		}
		fmt.Fprintf(&text, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"id-%d","stage":"ResponseComplete","requestURI":"/api/v1/pods","verb":"list","user":{"username":"jane"},"objectRef":{"resource":"pods"},"requestReceivedTimestamp":%q,"stageTimestamp":%[2]q}`+"\n",
			i, minute.Add(time.Duration(i)*time.Millisecond).UTC().Format("2006-01-02T15:04:05.000000Z"))
	}
	if err := os.WriteFile(log, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	stored(t, u, 120*time.Second, 190)
	until(t, 2*time.Minute, "a trial is not found", func() bool {
		own, _ := u.books.Delays()
		return own > 0
	})
	if d, _ := u.books.Delays(); d > time.Minute {
		t.Errorf("a trial took %v", d)
	}
	late.Add(int64(minute.Add(time.Minute + time.Second).Sub(now())))
	until(t, 2*time.Minute, "loss is not told", func() bool {
		return strings.Contains(strings.Join(u.problems(t.Context()), "\n"), "went missing at the bus")
	})
	gaps := u.books.State(coverage.Question{From: minute}).Gaps
	for _, want := range []struct {
		key coverage.Key
		at  coverage.Hop
		n   int64
	}{{coverage.Key{Cluster: "prod", Node: "w2", Source: "sensor"}, coverage.Bus, 50}, {coverage.Key{Cluster: "prod", Source: log}, coverage.Parse, 10}} {
		i := slices.IndexFunc(gaps, func(g coverage.Gap) bool { return g.Key == want.key && g.Reason == coverage.Missing })
		if i < 0 {
			t.Errorf("nothing is said of %s: %+v", want.key, gaps)
			continue
		}
		g := gaps[i]
		if len(g.Missing) != 1 || g.Missing[want.at] != want.n || !g.From.Equal(minute) || g.Share() < 0.045 || g.Share() > 0.055 {
			t.Errorf("%.2f %%: %+v", 100*g.Share(), g)
		}
		t.Log(g.String())
	}
	if i := slices.IndexFunc(gaps, func(g coverage.Gap) bool { return g.Node == "w1" && g.Reason == coverage.Missing }); i >= 0 {
		t.Errorf("nothing of w1 went missing: %+v", gaps[i])
	}
	a, err := u.store.Query(t.Context(), hunt.Request{KQL: "process | where time > ago(1h) | count"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	says := func(s *coverage.Statement, what string) bool {
		return slices.ContainsFunc(s.Gaps, func(g coverage.Gap) bool { return strings.Contains(g.String(), what) })
	}
	if s := hunt.CoverageOf(a); s == nil || s.Complete || !says(s, "node w2 of cluster prod: 50 events (5.0 %) went missing at bus") || says(s, log) {
		t.Errorf("an answer from processes says %v", s)
	}
	until(t, 2*time.Minute, "the finding is not written", func() bool {
		return number(t, u.store, `finding | where finding_info.types has "health" and status == "open" and finding_info.analytic.uid == "lynceus.health.events-missing" | count`) == "2"
	})
}
