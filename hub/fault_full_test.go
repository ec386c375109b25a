//go:build cgo && linux

package hub

import (
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/require"
)

// While the hub's disk is full, sensors are told to come again, and what they saw waits on theirs; with room all of it comes.
func TestFaultFullDiskOfHub(t *testing.T) { fullHubFault(t, 1, 2*time.Second) }

// That the disk is full is said also while nothing is to be stored: the bus takes nothing in then.
func TestFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	dir, fill, free := smallDisk(t)
	u := startUp(t, UpOptions{Dir: dir, Maintain: time.Hour, BusFree: 2 << 20, Log: logs(t)})
	said := func() bool {
		return strings.Contains(strings.Join(texts(u.ownConditions(t.Context())), "\n"), "disk is full: intake")
	}
	if said() {
		t.Fatal("the disk is full before it is")
	}
	fill()
	until(t, time.Minute, "nobody says that the disk is full", said)
	free()
	until(t, time.Minute, "the disk is still full", func() bool { return !said() })
}

func TestSoakFaultFullDiskOfHub(t *testing.T) {
	require.Soak(t)
	fullHubFault(t, 5, time.Minute)
}

func fullHubFault(t *testing.T, rounds int, long time.Duration) {
	t.Parallel()
	dir, fill, free := smallDisk(t)
	u := startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Maintain: time.Hour, BusFree: 2 << 20, Log: logs(t)})
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: t.TempDir()})
	for range rounds {
		moves(t, s)
		fill()
		busy := u.peers.gate.Counts().Busy
		until(t, 2*time.Minute, "the sensor is not told to come again", func() bool { return u.peers.gate.Counts().Busy > busy })
		until(t, 2*time.Minute, "nobody says that the disk is full", func() bool {
			return strings.Contains(strings.Join(u.problems(t.Context()), "\n"), "disk is full")
		})
		time.Sleep(long)
		t.Logf("%d batches wait at the sensor", s.box.Stats().Batches)
		free()
	}
	allThere(t, u, finish(t, s))
}

// A sensor whose disk is full still sends everything to a hub that is there.
func TestFaultFullDiskOfSensor(t *testing.T) { fullSensorFault(t, time.Second) }

func TestSoakFaultFullDiskOfSensor(t *testing.T) {
	require.Soak(t)
	fullSensorFault(t, 5*time.Minute)
}

func fullSensorFault(t *testing.T, long time.Duration) {
	t.Parallel()
	dir, fill, free := smallDisk(t)
	u := gated(t, t.TempDir())
	_, p := proof(t, u.o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: dir})
	moves(t, s)
	fill()
	until(t, time.Minute, "the full disk is no trouble", func() bool { return s.box.Stats().Trouble != nil })
	moves(t, s)
	time.Sleep(long)
	moves(t, s)
	free()
	until(t, time.Minute, "the disk is still trouble", func() bool { return s.box.Stats().Trouble == nil })
	moves(t, s)
	allThere(t, u, finish(t, s))
}
