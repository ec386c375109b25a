package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/collect/sensor/stream"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
)

// sensorSilence is how long the node sensor may say nothing, of itself either, before the status calls that a problem,
// whether it ever said anything: it accounts for itself every coverage.ReportEvery.
const sensorSilence = 50 * time.Second

// sensorIntake takes what the sensor of this node sends.
type sensorIntake struct {
	rows       *live.Rows
	cluster    string
	clusterUID string
	now        func() time.Time

	mu     sync.Mutex
	counts sensorCounts
}

// sensorCounts are what is known of the sensor.
type sensorCounts struct {
	Events, Broken         int64
	Lost, Shed, Unresolved int64
	Starts                 int64
	Last                   time.Time // when something of it became durable last
	Ended                  bool
	Trouble                string
}

// makeSensor takes in what the node sensor sends, if there is one.
func (u *Up) makeSensor(ctx context.Context) error {
	if u.o.Sensor == nil {
		return nil
	}
	u.sensor = &sensorIntake{rows: live.NewRows(u.bus, 0), cluster: u.o.Cluster, now: u.o.Now}
	u.sensor.rows.Track(u.flight)
	u.sensor.clusterUID = u.fleet.book.UID(u.o.Cluster)
	u.sensor.counts.Starts, u.sensor.counts.Last = 1, u.o.Now()
	u.onStop("node sensor", u.o.Sensor.Close)
	u.run(ctx, "node sensor", func(ctx context.Context) error { return u.followSensor(ctx, u.o.Sensor) })
	return nil
}

// followSensor takes batches until ctx ends or the sensor is gone for good.
func (u *Up) followSensor(ctx context.Context, conn *net.UnixConn) error {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // wakes who waits
	defer stop()
	receiver := stream.NewReceiver(conn)
	for {
		number, batch, err := receiver.Receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, stream.ErrProtocol):
			u.sensor.broken(err)
			continue
		case errors.Is(err, stream.ErrGone):
			u.sensor.ended()
			u.o.Log.Error("the node sensor and its keeper have ended; start lynceus up again to have them back")
			return nil
		case err != nil:
			return err
		}
		if err := u.sensor.take(ctx, batch); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if err := receiver.Answer(number); err != nil && ctx.Err() == nil {
			u.o.Log.Warn("the node sensor did not wait for an answer", "error", err)
		}
	}
}

// take makes a batch durable. One that cannot be read is counted and passed over.
func (s *sensorIntake) take(ctx context.Context, batch []byte) error {
	n, err := s.rows.Take(ctx, batch, s.stamp)
	var format *wire.FormatError
	if errors.As(err, &format) {
		s.broken(err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("make events of the node sensor durable: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Events += int64(n)
	s.counts.Last = s.now()
	return nil
}

// stamp says which cluster an event is of, and takes in what the sensor reports of itself.
func (s *sensorIntake) stamp(e *event.Event) error {
	if s.cluster != "" {
		event.K8sCluster.Set(e, s.cluster)
	}
	if s.clusterUID != "" {
		event.K8sClusterUID.Set(e, s.clusterUID)
	}
	if e.Class != event.ClassHealth {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.counts
	if n, ok := event.CoverageStarts.Get(e); ok {
		c.Starts = n
	}
	// A sensor speaks for itself only.
	event.MetadataSource.Set(e, sensorSource)
	if a, ok := coverage.Read(e); ok && a.Kind == coverage.Total {
		c.Lost += a.Lost
		c.Shed += a.Shed
		c.Unresolved += a.Unresolved
	}
	return nil
}

func (s *sensorIntake) broken(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Broken++
	s.counts.Trouble = err.Error()
}

func (s *sensorIntake) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Ended = true
}

func (s *sensorIntake) snapshot() sensorCounts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// sensorStatus is what the status says of the node sensor.
func (u *Up) sensorStatus() []api.SourceStatus {
	if u.sensor == nil {
		return nil
	}
	c := u.sensor.snapshot()
	return []api.SourceStatus{{Name: sensorSource, Events: c.Events, Broken: c.Broken, Last: timeOrNil(c.Last)}}
}

// sensorSource is the source of what the node sensor sends.
const sensorSource = coverage.SensorSource

// sensorProblems are what somebody should look at, besides what the ledger says of every sensor.
func (u *Up) sensorProblems() (out []coverage.Condition) {
	if u.sensor == nil {
		return nil
	}
	c := u.sensor.snapshot()
	add := func(code string, level coverage.Level, advice, format string, args ...any) {
		out = append(out, coverage.Condition{Code: code, About: sensorSource, Level: level, Text: fmt.Sprintf(format, args...), Advice: advice})
	}
	quiet := u.o.Now().Sub(c.Last)
	switch {
	case c.Ended:
		add("sensor-ended", coverage.Failure, "start lynceus up again", "the node sensor has ended: what happens on this node is not seen")
	case quiet > sensorSilence:
		add("sensor-quiet", coverage.Failure, "look whether lynceus-sensor runs", "the node sensor has said nothing for %v", quiet.Round(time.Second))
	}
	if c.Broken > 0 {
		add("sensor-unreadable", coverage.Warning, "use programs of one version", "the node sensor sent %d batches that could not be read: %s", c.Broken, c.Trouble)
	}
	if c.Starts > 1 {
		add("sensor-restarted", coverage.Warning, "the table health says how", "the node sensor ended by itself and was started again, %d times in all", c.Starts-1)
	}
	return out
}

// sensorMetrics registers what /metrics shows of the node sensor.
func (u *Up) sensorMetrics() {
	if u.sensor == nil {
		return
	}
	for _, m := range []struct {
		name, help string
		value      func(sensorCounts) int64
	}{
		{"lynceus_sensor_events_total", "Events of the node sensor that were made durable.", func(c sensorCounts) int64 { return c.Events }},
		{"lynceus_sensor_lost_total", "Records that the node sensor lost before they became events.", func(c sensorCounts) int64 { return c.Lost }},
		{"lynceus_sensor_shed_total", "Events that the node sensor gave up because they came faster than they were taken.", func(c sensorCounts) int64 { return c.Shed }},
		{"lynceus_sensor_unresolved_total", "Events of containers that came without the container's names.", func(c sensorCounts) int64 { return c.Unresolved }},
		{"lynceus_sensor_batches_broken_total", "Batches of the node sensor that could not be read.", func(c sensorCounts) int64 { return c.Broken }},
		{"lynceus_sensor_starts_total", "How often the node sensor was started; more than 1 when it ended by itself.", func(c sensorCounts) int64 { return c.Starts }},
	} {
		u.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, func() float64 { return float64(m.value(u.sensor.snapshot())) }))
	}
	u.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lynceus_sensor_up", Help: "1 while the node sensor or its keeper runs."}, func() float64 {
		if u.sensor.snapshot().Ended {
			return 0
		}
		return 1
	}))
}
