//go:build cgo && linux

package hub

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// sensorPair returns both ends of a sensor's socket.
func sensorPair(t *testing.T) (sensor, server *net.UnixConn) {
	t.Helper()
	a, b, err := stream.Pair()
	if err != nil {
		t.Fatal(err)
	}
	var conns [2]*net.UnixConn
	for i, f := range []*os.File{a, b} {
		if conns[i], err = stream.Dial(f); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		t.Cleanup(func() { _ = conns[i].Close() })
	}
	return conns[0], conns[1]
}

// What the sensor sends is durable when it is answered, and is found; what it says of itself is in status and metrics.
func TestSensorIntake(t *testing.T) {
	sensor, server := sensorPair(t)
	u := startUp(t, UpOptions{Dir: t.TempDir(), Sensor: server, Cluster: "prod", Maintain: time.Hour})
	sender := stream.NewSender(sensor, 0)
	send := func(fill ...func(*event.Event)) {
		t.Helper()
		b := wire.Builder{}
		b.Reset("sensor", 1)
		for _, f := range fill {
			var e event.Event
			f(&e)
			event.Time.Set(&e, time.Now().UnixNano())
			event.ReceivedTime.Set(&e, time.Now().UnixNano())
			if err := b.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		if err := sender.Send(b.AppendTo); err != nil {
			t.Fatal(err)
		}
	}
	started := func(line string) func(*event.Event) {
		return func(e *event.Event) {
			e.Reset(event.ClassProcess)
			event.MetadataUID.Set(e, line)
			event.Activity.Set(e, "Launch")
			event.ProcessCmdLine.Set(e, line)
		}
	}
	minute := time.Now() // of both reports
	report := func(lost, shed int64) func(*event.Event) {
		return func(e *event.Event) {
			a := coverage.Account{Key: coverage.Key{Source: sensorSource, Node: "w1"}, Role: coverage.Sensor, Kind: coverage.Total, Reporter: sensorSource, From: minute, To: minute}
			a.Seen = 2
			a.Lose(coverage.Ring, lost)
			a.Drop(coverage.Queue, shed)
			coverage.Fill(e, &a, time.Now(), event.NewUIDHasher())
		}
	}
	send(started("one"), started("two"))
	if _, err := sensor.Write([]byte{1}); err != nil { // what is no message
		t.Fatal(err)
	}
	if err := sender.Send(func(dst []byte) []byte { return append(dst, "no batch"...) }); err != nil {
		t.Fatal(err)
	}
	send(started("three"), report(3, 4))
	until(t, 2*time.Minute, "the events are not stored", func() bool {
		return number(t, u.store, "process | where k8s.cluster == 'prod' | count") == "3"
	})
	if c := u.sensor.snapshot(); c.Events != 4 || c.Broken != 2 || c.Lost != 3 || c.Shed != 4 || c.Starts != 1 {
		t.Errorf("%+v", c)
	}
	send(report(0, 0), func(e *event.Event) {
		e.Reset(event.ClassHealth)
		event.CoverageStarts.Set(e, 2)
	})
	_ = sensor.Close()
	until(t, 2*time.Minute, "the end of the sensor is not seen", func() bool { return u.sensor.snapshot().Ended })
	var problems string
	until(t, 2*time.Minute, "the second report is not taken in", func() bool {
		problems = strings.Join(u.problems(context.Background()), "\n")
		return strings.Contains(problems, "node w1 of cluster prod: 3 events (42.9 %) went missing at the ring")
	})
	for _, want := range []string{"the node sensor has ended", "2 batches that could not be read", "started again, 1 times"} {
		if !strings.Contains(problems, want) {
			t.Errorf("the status does not say %q:\n%s", want, problems)
		}
	}
	families, err := u.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		if m := f.GetMetric()[0]; strings.HasPrefix(f.GetName(), "lynceus_sensor_") {
			got[f.GetName()] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	if got["lynceus_sensor_events_total"] != 6 || got["lynceus_sensor_up"] != 0 || got["lynceus_sensor_starts_total"] != 2 {
		t.Error(got)
	}
}
