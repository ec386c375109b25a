//go:build cgo

package hub

import (
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/internal/require"
)

// The clocks of a sensor and of the hub jump forward and back by an hour while events come: all are found, once, queries find
// what comes at once, the hub knows by how much the sensor's clock is off, and commands are obeyed.
func TestFaultClock(t *testing.T) { clockFault(t, 0) }

func TestSoakFaultClock(t *testing.T) {
	require.Soak(t)
	clockFault(t, 10)
}

// clockFault has the clocks jump once, and more often with some minutes in which offsets are measured anew.
func clockFault(t *testing.T, rounds int) {
	t.Parallel()
	var hub, node atomic.Int64 // by how much their clocks are ahead
	clock := func(by *atomic.Int64) func() time.Time {
		return func() time.Time { return time.Now().Add(time.Duration(by.Load())) }
	}
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Maintain: time.Second, Now: clock(&hub), Log: logs(t)})
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: t.TempDir(), now: clock(&node)})
	moves(t, s)
	known := func() bool {
		list := u.peers.Nodes()
		if len(list) != 1 || list[0].Ahead == nil {
			return false
		}
		want := time.Duration(node.Load() - hub.Load()).Seconds()
		return math.Abs(*list[0].Ahead-want) < 30
	}
	until(t, time.Minute, "the offset is not known", known)
	for round := range rounds + 1 {
		for _, jump := range []struct {
			name string
			of   *atomic.Int64
			by   time.Duration
		}{
			{"the sensor's forward", &node, time.Hour}, {"the hub's forward", &hub, time.Hour},
			{"the sensor's back", &node, -time.Hour}, {"the hub's back", &hub, -time.Hour},
			{"the sensor's further back", &node, -time.Hour}, {"the sensor's forward again", &node, time.Hour},
		} {
			jump.of.Add(int64(jump.by))
			if jump.of == &node {
				// The first command after the hub's clock was set back may be answered as over; the hub's clock is asked again then.
				until(t, time.Minute, "no command is obeyed after "+jump.name, func() bool {
					a, err := u.peers.Command(t.Context(), api.NodeCommand{Cluster: "prod", Node: "n1", Kind: peer.Report}, "ann")
					if err != nil {
						t.Fatalf("%s: %v", jump.name, err)
					}
					return a.Error == "this peer knows no command report"
				})
			}
			before := u.consumer.Counts.Events.Load()
			until(t, time.Minute, "nothing is stored after "+jump.name, func() bool { return u.consumer.Counts.Events.Load() > before })
			moves(t, s)
		}
		if round == rounds {
			break // measuring takes its time
		}
		node.Add(int64(time.Hour))
		until(t, time.Minute, "the new offset is not known", known)
		node.Add(-int64(time.Hour))
		until(t, time.Minute, "the old offset is not known again", known)
	}
	allThere(t, u, finish(t, s))
}
