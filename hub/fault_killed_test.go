//go:build cgo

package hub

import (
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/require"
)

// A sensor that is killed at any moment has what it kept at the hub, once, when the next one of its directory has run.
func TestFaultSensorKilled(t *testing.T) { sensorKilledFault(t, 5) }

func TestSoakFaultSensorKilled(t *testing.T) {
	require.Soak(t)
	sensorKilledFault(t, 50)
}

func sensorKilledFault(t *testing.T, rounds int) {
	t.Parallel()
	u := gated(t, t.TempDir())
	_, p := proof(t, u.o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	o := sensorOptions{hub: u.Address(), node: "n1", dir: t.TempDir(), proof: p}
	kept := map[int64]int{}
	waited := 0
	for range rounds {
		c := startSensorChild(t, o)
		until(t, time.Minute, "the sensor keeps nothing", func() bool { return c.events() > 0 })
		time.Sleep(time.Duration(rand.IntN(600)) * time.Millisecond)
		c.kill()
		maps.Copy(kept, c.kept)
		waited += c.found
	}
	c := startSensorChild(t, o)
	until(t, time.Minute, "the sensor keeps nothing", func() bool { return c.events() > 0 })
	c.end(t)
	maps.Copy(kept, c.kept)
	t.Logf("%d batches waited for the next sensor", waited+c.found)
	keptThere(t, u, kept)
}
