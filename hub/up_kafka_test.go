//go:build cgo

package hub

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/lynceus-io/lynceus/collect/kafka"
)

// What a topic holds is stored once, also what is delivered again after a restart.
func TestUpKafka(t *testing.T) {
	t.Parallel()
	const topic = "insights-logs-kube-audit"
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topic))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.DefaultProduceTopic(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	produce := func(id string) {
		t.Helper()
		text := `{"records":[{"category":"kube-audit","properties":{"log":"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"verb\":\"get\",\"auditID\":\"` + id + `\",\"requestReceivedTimestamp\":\"2026-01-02T03:04:05Z\"}"}}]}`
		if err := client.ProduceSync(t.Context(), kgo.StringRecord(text)).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	produce("a")
	produce("b")
	o := UpOptions{Dir: t.TempDir(), Cluster: "prod", Log: logs(t), Kafka: &kafka.Options{Brokers: c.ListenAddrs(), Topics: []string{topic}}}
	u := startUp(t, o)
	stored(t, u, time.Minute, 2)
	stopUp(t, u)
	o.Kafka.Group = "another" // which begins at the beginning
	u = startUp(t, o)
	produce("c")
	stored(t, u, time.Minute, 3)
	if got := number(t, u.store, `audit | where k8s.cluster == "prod" and audit.dialect == "aks" | count`); got != "3" {
		t.Errorf("%s requests of the cluster", got)
	}
}
