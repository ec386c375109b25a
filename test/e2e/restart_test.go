package e2e

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestReceiverAway kills the receiver under load, leaves it away for a minute and starts it again on the same data: the
// API server's retries bring everything, by its defaults.
func TestReceiverAway(t *testing.T) {
	t.Parallel()
	away(t, 20, 60*time.Second, syscall.SIGKILL)
}

// TestReceiverRestarts stops the receiver in order under load and starts it again after some seconds.
func TestReceiverRestarts(t *testing.T) {
	t.Parallel()
	away(t, 100, 5*time.Second, syscall.SIGTERM)
}

// TestSoakReceiverAway is a minute's absence under the load of a busy cluster, both ways.
func TestSoakReceiverAway(t *testing.T) {
	clustertest.Soak(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(sig.String(), func(t *testing.T) { away(t, 200, 60*time.Second, sig) })
	}
}

// away ends the receiver with a signal for a while, under a load of rate requests a second that begins before and goes on
// behind, and compares everything.
func away(t *testing.T, rate int, gone time.Duration, sig syscall.Signal) {
	r := newReceiver(t, []string{"prod"})
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)})
	l := newLoad(t, c)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	result := make(chan loadResult, 1)
	go func() { result <- l.run(ctx, rate, 5*time.Minute) }()
	time.Sleep(4 * time.Second)

	r.end(t, sig)
	began := time.Now()
	time.Sleep(gone)
	r.start(t)
	t.Logf("the receiver was away for %v", time.Since(began).Round(100*time.Millisecond))

	time.Sleep(3 * time.Second)
	stop()
	(<-result).must(t, "load while the receiver went and came")
	r.equalsLog(t, c, "prod", slow)
	nothingDropped(t, c)
}

// fullPolicy records every request, with bodies, at every stage.
const fullPolicy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: RequestResponse}]\n"
