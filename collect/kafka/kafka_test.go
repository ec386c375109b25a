package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
)

// memory is a Sink that counts audit IDs, and fails while fail says so.
type memory struct {
	mu    sync.Mutex
	ids   map[string]int
	fails int
}

func (m *memory) Take(_ context.Context, b *audit.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails > 0 {
		m.fails--
		return errors.New("the disk is full")
	}
	for i := range b.Len() {
		m.ids[strings.Clone(event.APIRequestUID.Get(b.Event(i)))]++
	}
	return nil
}

func (m *memory) count() (n, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, times := range m.ids {
		most = max(most, times)
	}
	return len(m.ids), most
}

// record is what Azure Monitor puts into an event hub: a list of diagnostic records.
func record(id string) string {
	return `{"records":[{"category":"kube-audit","resourceId":"/SUBSCRIPTIONS/1/MANAGEDCLUSTERS/PROD","properties":{"log":"{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"verb\":\"get\",\"auditID\":\"` + id + `\",\"requestReceivedTimestamp\":\"2026-01-02T03:04:05Z\"}"}}]}`
}

const topic = "insights-logs-kube-audit"

// broker starts brokers on the loopback address and a client that writes.
func broker(t *testing.T) (*kfake.Cluster, func(texts ...string)) {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, topic))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return c, func(texts ...string) {
		for i, text := range texts {
			r := &kgo.Record{Topic: topic, Key: []byte(fmt.Sprint(i)), Value: []byte(text)}
			if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// consume runs a consumer until the returned function is called.
func consume(t *testing.T, c *kfake.Cluster, sink *memory, ledger *intake.Ledger) (stop func()) {
	t.Helper()
	consumer, err := New(Options{Brokers: c.ListenAddrs(), Topics: []string{topic}, Feed: intake.Feed{Sink: sink, Ledger: ledger, Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- consumer.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Minute):
			t.Error("it does not stop")
		}
	})
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// Every record is taken, over a sink that fails, broken records, and a restart; what was committed does not come again.
func TestConsume(t *testing.T) {
	c, produce := broker(t)
	sink, ledger := &memory{ids: map[string]int{}, fails: 2}, &intake.Ledger{}
	stop := consume(t, c, sink, ledger)
	defer stop()
	produce(record("a"), "broken {", record("b"), `{"hello":1}`, record("c"))
	until(t, "three events", func() bool { n, _ := sink.count(); return n == 3 })
	until(t, "the account", func() bool { a := ledger.Accounts()[0]; return a.Events == 3 && a.Trouble == "" })
	if a := ledger.Accounts()[0]; a.Failures != 2 || a.Broken == 0 || a.Ignored == 0 || a.Name != "kafka/"+topic {
		t.Errorf("%+v", a)
	}
	time.Sleep(200 * time.Millisecond) // for the commit
	stop()
	produce(record("d"))
	again := consume(t, c, sink, ledger)
	defer again()
	until(t, "the fourth", func() bool { n, _ := sink.count(); return n == 4 })
	if _, most := sink.count(); most != 1 {
		t.Errorf("an event came %d times", most)
	}
}

// While offsets cannot be committed nothing is lost: what is delivered again after a restart is the same events.
func TestRedelivery(t *testing.T) {
	c, produce := broker(t)
	c.ControlKey(int16(kmsg.OffsetCommit), func(request kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		r := request.(*kmsg.OffsetCommitRequest)
		answer := r.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, rt := range r.Topics {
			out := kmsg.NewOffsetCommitResponseTopic()
			out.Topic, out.TopicID = rt.Topic, rt.TopicID
			for _, p := range rt.Partitions {
				part := kmsg.NewOffsetCommitResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, 15 // COORDINATOR_NOT_AVAILABLE
				out.Partitions = append(out.Partitions, part)
			}
			answer.Topics = append(answer.Topics, out)
		}
		return answer, nil, true
	})
	sink, ledger := &memory{ids: map[string]int{}}, &intake.Ledger{}
	produce(record("a"), record("b"))
	stop := consume(t, c, sink, ledger)
	until(t, "two events", func() bool { n, _ := sink.count(); return n == 2 })
	stop()
	produce(record("c"))
	stop = consume(t, c, sink, ledger)
	defer stop()
	until(t, "all events, those before once more", func() bool { n, most := sink.count(); return n == 3 && most == 2 })
}

func TestOptions(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("no brokers")
	}
}
