//go:build cgo

package hub

import (
	"testing"

	"github.com/lynceus-io/lynceus/store/clickhouse"
)

// A process that only answers, with a data directory of its own, gives from ClickHouse the answers of the process with the
// store that ships there; also after ClickHouse was killed and came back.
func TestUpApartClickHouse(t *testing.T) {
	if testing.Short() {
		t.Skip("an engine of its own, killed once")
	}
	t.Parallel()
	c := newCluster(t)
	c.start() // or the test is skipped
	lines := logLines(t, demoLog)
	parts := cut(lines, 2)
	requests := requestCounts(t, parts)
	bus := &BusOptions{URL: natsServer(t), Partitions: 2}
	far := &ClickHouseOptions{Database: clickhouse.Options{URL: c.url}}
	store := apart(t, UpOptions{Bus: bus, Webhook: manyClusters("prod"), ClickHouse: far}, Intake, Detection, Storage)
	answers := apart(t, UpOptions{Bus: bus, ClickHouse: &ClickHouseOptions{Database: far.Database, Answer: true}}, Answers)
	defer stopUp(t, store)
	defer stopUp(t, answers)
	if answers.store != nil {
		t.Fatal("the process that only answers has a store")
	}
	for i, part := range parts {
		postAs(t, store.WebhookAddress, "prod", part)
		agree(t, store, answers.queries, requests[i])
		if i == 0 {
			c.kill()
			c.start()
		}
	}
}
