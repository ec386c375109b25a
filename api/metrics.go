package api

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what the API counts about itself.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
	lostUses prometheus.Counter
	limited  *prometheus.CounterVec
}

// newMetrics registers the metrics; a nil registry registers nothing.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lynceus_api_requests_total", Help: "Requests by route and outcome.",
		}, []string{"action", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lynceus_api_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .005, .02, .1, .5, 1, 5, 30, 120},
		}, []string{"action"}),
		running:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "lynceus_api_queries_running", Help: "Queries that run now."}),
		lostUses: prometheus.NewCounter(prometheus.CounterOpts{Name: "lynceus_api_uses_not_recorded_total", Help: "Uses that could not be recorded."}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lynceus_api_limited_total", Help: "Requests that were refused because they came too fast or too many at a time, by limit.",
		}, []string{"limit"}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.running, m.lostUses, m.limited} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("api: register metrics: %w", err)
		}
	}
	return m, nil
}
