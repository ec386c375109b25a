//go:build cgo

package hub

import (
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/pubsub"
	"github.com/lynceus-io/lynceus/internal/pubsubtest"
)

// What a subscription brings is stored once, however often it brings it, and acknowledged.
func TestUpPubSub(t *testing.T) {
	t.Parallel()
	s := pubsubtest.New(t)
	publish := func(id string) {
		s.Publish(fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get","auditID":%q,"requestReceivedTimestamp":"2026-01-02T03:04:05Z"}`, id))
	}
	key, err := pubsub.ParseKey(s.KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	s.Do(func(s *pubsubtest.Server) { s.FailAcks = 2 })
	publish("a")
	publish("b")
	o := UpOptions{Dir: t.TempDir(), Cluster: "prod", Log: logs(t), PubSub: []pubsub.PullOptions{{Subscription: pubsubtest.Subscription, Endpoint: s.URL, Key: key}}}
	u := startUp(t, o)
	stored(t, u, time.Minute, 2)
	until(t, time.Minute, "all is acknowledged", func() bool { waiting, given, _ := s.Counts(); return waiting == 0 && given >= 6 })
	stopUp(t, u)
	publish("c")
	u = startUp(t, o)
	stored(t, u, time.Minute, 3)
	if got := number(t, u.store, `audit | where k8s.cluster == "prod" | count`); got != "3" {
		t.Errorf("%s requests of the cluster", got)
	}
}
