package e2e

import (
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestUnderLoad counts every event of ten busy seconds, however many a machine with other work manages in them.
func TestUnderLoad(t *testing.T) { underLoad(t, 200, 10*time.Second, 100) }

// TestSoakUnderLoad counts every event of a busy minute.
func TestSoakUnderLoad(t *testing.T) {
	clustertest.Soak(t)
	underLoad(t, 300, time.Minute, 300*60*8/10)
}

// underLoad makes requests at a rate. Where fewer than least were made in that time, nothing was tested.
func underLoad(t *testing.T, rate int, d time.Duration, least int) {
	r := newReceiver(t, []string{"prod"})
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)})
	got := newLoad(t, c).run(t.Context(), rate, d).must(t, "load")
	if got.requests < least {
		t.Errorf("only %d requests were made at %d a second for %v: the machine is too slow to say anything", got.requests, rate, d)
	}
	if n := r.equalsLog(t, c, "prod", slow); n < got.requests {
		t.Errorf("%d requests are stored, %d were made by the load alone", n, got.requests)
	}
	nothingDropped(t, c)
}

// TestSoakLatency measures what the webhook costs those who ask the API server: the same load on a cluster with and on one
// without it, three times in turn. Both write the audit log.
func TestSoakLatency(t *testing.T) {
	clustertest.Soak(t)
	const rate, d, pairs = 200, 15 * time.Second, 3
	r := newReceiver(t, []string{"prod"})
	with := newLoad(t, watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)}))
	without := newLoad(t, clustertest.Start(t, cluster.Config{AuditPolicy: []byte(fullPolicy)}))
	var p50, p99 []float64
	for range pairs {
		a := without.run(t.Context(), rate, d).must(t, "without webhook")
		b := with.run(t.Context(), rate, d).must(t, "with webhook   ")
		p50 = append(p50, float64(b.percentile(0.5))/float64(a.percentile(0.5)))
		p99 = append(p99, float64(b.percentile(0.99))/float64(a.percentile(0.99)))
	}
	slices.Sort(p50)
	slices.Sort(p99)
	t.Logf("with the webhook as a multiple of without: p50 %.2f (%.2f-%.2f), p99 %.2f (%.2f-%.2f), medians of %d pairs at %d requests/s",
		p50[pairs/2], p50[0], p50[pairs-1], p99[pairs/2], p99[0], p99[pairs-1], pairs, rate)
	// Receiver, judge and store share the machine's cores with the API server here; the bound only catches an API server that
	// waits for its webhook.
	if p50[pairs/2] > 3 {
		t.Errorf("half of all answers take %.1f times as long with the webhook", p50[pairs/2])
	}
}
