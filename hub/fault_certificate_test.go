//go:build cgo

package hub

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
	"github.com/lynceus-io/lynceus/internal/require"
)

// A certificate that ends while its sensor is connected is renewed before, and the connection that it opened ends with it. A
// sensor that was away for so long that its certificate ended, running or not, comes back by its token.
func TestFaultCertificate(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time limits of some seconds")
	}
	certificateFault(t, 1)
}

func TestSoakFaultCertificate(t *testing.T) {
	require.Soak(t)
	certificateFault(t, 10)
}

func certificateFault(t *testing.T, rounds int) {
	t.Parallel()
	var ahead atomic.Int64 // of everybody's clock: time that passes at once
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	o := UpOptions{Dir: t.TempDir(), Listen: freePort(t), Gate: &GateOptions{Listen: freePort(t)}, Rules: builtinRules(t), Maintain: time.Hour, Now: now, Log: logs(t)}
	start := func() *Up {
		t.Helper()
		u, err := Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stopUp(t, u) })
		return u
	}
	u := start()
	_, p := proof(t, o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	dirs := map[string]string{"stays": t.TempDir(), "leaves": t.TempDir()}
	sensor := func(node string) *faultSensor {
		p.Node = node
		return sensorFor(t, sensorOptions{hub: u.Address(), node: node, proof: p, dir: dirs[node], now: now})
	}
	stays := sensor("stays")
	var put int64
	for range rounds {
		leaves := sensor("leaves")
		moves(t, stays)
		moves(t, leaves)

		// A connection that is made when its certificate is about to end.
		was, _ := stays.holder.Load().Identity()
		ahead.Add(int64(was.Ends.Sub(now()) - 11*time.Second))
		u.peers.gate.Disconnect(func(peer.Name) bool { return true })
		until(t, time.Minute, "the certificate is not renewed", func() bool {
			is, _ := stays.holder.Load().Identity()
			return is.Ends.After(was.Ends)
		})
		until(t, time.Minute, "its time is not over", func() bool { return now().After(was.Ends) })
		moves(t, stays)
		moves(t, leaves)

		// Everybody is away for two months.
		stopUp(t, u)
		until(t, time.Minute, "nothing waits", func() bool { return leaves.box.Stats().Batches > 0 && stays.box.Stats().Batches > 0 })
		if err := leaves.leave(); err != nil {
			t.Fatal(err)
		}
		put += leaves.put.Load()
		ahead.Add(int64(60 * pki.Life))
		u = start()
		moves(t, stays)
		back := sensor("leaves")
		if back.found.Batches == 0 {
			t.Error("nothing waited in the spool of who was away")
		}
		put += finish(t, back)
	}
	allThere(t, u, put+finish(t, stays))
}
