//go:build cgo

package hub

import (
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/relay"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/internal/relaytest"
)

// Flows of a relay are stored once each, over streams that break and a restart, and what it says that it lost is in the
// ledger as lost there.
func TestUpHubble(t *testing.T) {
	t.Parallel()
	server := relaytest.Serve(t, nil)
	now := time.Now()
	send := func(i int) {
		at := now.Add(time.Duration(i) * time.Millisecond)
		server.Send(at, relaytest.Flow("prod/node-1", fmt.Sprint("flow-", i), at))
	}
	for i := range 20 {
		send(i)
	}
	o := UpOptions{Dir: t.TempDir(), Cluster: "prod", Log: logs(t), Relays: []relay.Options{{Service: relay.Hubble, Address: server.Address}}}
	u := startUp(t, o)
	flows := func(want string) {
		t.Helper()
		until(t, time.Minute, want+" flows", func() bool {
			return number(t, u.store, `network | where metadata.log_provider == "hubble" and k8s.cluster == "prod" | summarize strcat(count(), " ", dcount(metadata.uid))`) == want
		})
	}
	flows("20 20")
	server.Cut(false)
	send(20)
	flows("21 21")
	stopUp(t, u)
	send(21)
	u = startUp(t, o)
	flows("22 22")
	until(t, time.Minute, "repeats are known", func() bool { return u.consumer.Counts.Repeated.Load() >= 21 })
	flows("22 22")
	server.Send(time.Now(), relaytest.Lost("prod/node-1", 40, time.Now()))
	until(t, time.Minute, "the loss is stored", func() bool {
		return number(t, u.store, `health | where k8s.node == "node-1" and coverage.missing_queue == 40 | count`) == "1"
	})
	key := coverage.Key{Cluster: "prod", Node: "node-1", Source: "hubble/" + server.Address}
	var lost int64
	for _, a := range u.tally.Take(now, time.Now()) {
		if a.Key == key && a.Role == coverage.Other {
			lost += a.Missing[coverage.Queue]
		}
	}
	for _, s := range u.books.Book().Sources(time.Now()) { // where the minute ended meanwhile
		if s.Key == key {
			lost += s.Missing[coverage.Queue]
		}
	}
	if lost != 40 {
		t.Errorf("%d flows lost, by the ledger", lost)
	}
}
