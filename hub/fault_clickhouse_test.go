//go:build cgo

package hub

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/store/clickhouse"
)

// Ways in which a database does not take what it is sent.
const (
	takes   = int32(iota)
	refuses // answers 503
	hangsUp // closes the connection
	forgets // takes it, and closes the connection before it answers
)

// moodyDatabase is a server before a real engine that lets through what its mood says.
func moodyDatabase(t *testing.T) (address string, mood *atomic.Int32) {
	t.Helper()
	c := newCluster(t)
	c.start() // or the test is skipped
	to, err := url.Parse(c.engine.URL())
	if err != nil {
		t.Fatal(err)
	}
	mood = &atomic.Int32{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch mood.Load() {
		case takes:
			proxy.ServeHTTP(w, r)
			return
		case refuses:
			http.Error(w, "Code: 242. DB::Exception: Table is in readonly mode", http.StatusServiceUnavailable)
			return
		case forgets:
			proxy.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(front.Close)
	return front.URL + "/lynceus", mood
}

// While ClickHouse refuses what it is sent, in one way or another, queries here find everything; when it takes it again it
// has each event once.
func TestFaultClickHouse(t *testing.T) { clickHouseFault(t, time.Second, forgets, refuses) }

func TestSoakFaultClickHouse(t *testing.T) {
	require.Soak(t)
	clickHouseFault(t, 10*time.Minute, refuses, hangsUp, forgets)
}

func clickHouseFault(t *testing.T, long time.Duration, moods ...int32) {
	t.Parallel()
	address, mood := moodyDatabase(t)
	dir := t.TempDir()
	u := startUp(t, UpOptions{
		Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Maintain: time.Second, Log: logs(t), ClickHouse: &ClickHouseOptions{Database: clickhouse.Options{URL: address}},
	})
	far, err := OpenClickHouse(clickhouse.Options{URL: address}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: t.TempDir()})
	until(t, 2*time.Minute, "nothing is shipped", func() bool { return u.shipper.Stats().Segments > 0 })
	for _, m := range moods {
		mood.Store(m)
		failed := u.shipper.Stats().Failures
		time.Sleep(long / time.Duration(len(moods)))
		until(t, 2*time.Minute, "nothing is refused", func() bool { return u.shipper.Stats().Failures > failed })
		moves(t, s)
	}
	t.Logf("refused: %d segments wait", u.store.lake.Stats().Outbox.Segments)
	mood.Store(takes)
	put := finish(t, s)
	allThere(t, u, put)
	began := time.Now()
	for left := u.store.lake.Stats().Outbox.Segments; left > 0; left = u.store.lake.Stats().Outbox.Segments {
		until(t, 3*time.Minute, "segments wait, and none is shipped", func() bool { return u.store.lake.Stats().Outbox.Segments < left })
	}
	t.Logf("shipped after %v", time.Since(began).Round(time.Second))
	for _, kql := range []string{"union process, file | count", "union process, file | distinct metadata.uid | count"} {
		if got := number(t, far, kql); got != fmt.Sprint(put) {
			t.Errorf("ClickHouse answers %s with %s, and %d events went in", kql, got, put)
		}
	}
}
