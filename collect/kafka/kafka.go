package kafka

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

const (
	// pollRecords is how many records are taken at a time, and committed then.
	pollRecords = 500
	// fetchBytes bounds what a broker sends at once, in bytes, and partitionBytes
	// what it sends of one partition; a record that is larger comes alone.
	fetchBytes, partitionBytes = 8 << 20, 1 << 20
	// maxAnswer bounds the answer of a broker, in bytes: above the largest
	// document that is read.
	maxAnswer = 64 << 20
)

// Options of New. Brokers, Topics and the Feed are needed.
type Options struct {
	// Brokers are addresses, of Event Hubs NAMESPACE.servicebus.windows.net:9093.
	Brokers []string
	Topics  []string
	// Group is the consumer group whose offsets are kept by the brokers; ""
	// means DefaultGroup.
	Group string
	// TLS is nil for none. Event Hubs need it.
	TLS *tls.Config
	// User and Password sign in by SASL PLAIN; User "" for nobody. For Event
	// Hubs they are $ConnectionString and the connection string.
	User, Password string
	intake.Feed
}

// DefaultGroup is the consumer group unless another is given.
const DefaultGroup = "lynceus"

// A Consumer reads topics. It runs once.
type Consumer struct {
	o      Options
	client *kgo.Client
	live   *audit.Live
}

// New returns a Consumer that waits for Run. The error says which option is
// wrong; brokers are not asked yet.
func New(o Options) (*Consumer, error) {
	if len(o.Brokers) == 0 || len(o.Topics) == 0 {
		return nil, errors.New("kafka: there are no brokers or topics")
	}
	if o.Group == "" {
		o.Group = DefaultGroup
	}
	live, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	opts := []kgo.Opt{
		kgo.SeedBrokers(o.Brokers...), kgo.ConsumeTopics(o.Topics...), kgo.ConsumerGroup(o.Group),
		kgo.DisableAutoCommit(), kgo.BlockRebalanceOnPoll(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxBytes(fetchBytes), kgo.FetchMaxPartitionBytes(partitionBytes), kgo.BrokerMaxReadBytes(maxAnswer),
		kgo.MaxConcurrentFetches(1), kgo.ClientID("lynceus"),
	}
	if o.TLS != nil {
		opts = append(opts, kgo.DialTLSConfig(o.TLS))
	}
	if o.User != "" {
		opts = append(opts, kgo.SASL(plain.Auth{User: o.User, Pass: o.Password}.AsMechanism()))
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	for _, t := range o.Topics {
		o.Ledger.Expect(source(t))
	}
	return &Consumer{o: o, client: client, live: live}, nil
}

// source is the name of a topic's events in metadata.source.
func source(topic string) string { return "kafka/" + topic }

// Run reads until ctx ends. What fails is logged and tried again.
func (c *Consumer) Run(ctx context.Context) error {
	defer c.client.CloseAllowingRebalance()
	wait := intake.FirstWait
	for ctx.Err() == nil {
		fetches := c.client.PollRecords(ctx, pollRecords)
		failed := c.failed(ctx, fetches)
		records := fetches.Records()
		for _, r := range records {
			if err := c.take(ctx, r); err != nil {
				return nil // ctx ended; what is not committed comes again
			}
		}
		if err := c.commit(ctx, records); err != nil {
			failed = true
		}
		c.client.AllowRebalance()
		if !failed {
			wait = intake.FirstWait
			continue
		}
		intake.Sleep(ctx, wait)
		wait = min(2*wait, intake.LastWait)
	}
	return nil
}

// failed notes topics that could not be read, and reports whether there were
// any.
func (c *Consumer) failed(ctx context.Context, f kgo.Fetches) (any bool) {
	f.EachError(func(topic string, partition int32, err error) {
		if ctx.Err() != nil {
			return
		}
		any = true
		if topic == "" {
			for _, t := range c.o.Topics {
				c.o.Ledger.Troubled(source(t), err.Error())
			}
		} else {
			c.o.Ledger.Troubled(source(topic), err.Error())
		}
		c.o.Log.Warn("a topic cannot be read; it is tried again", "topic", topic, "partition", partition, "error", err)
	})
	return any
}

// take makes the events of a record durable, however long that takes. An error
// means that ctx ended.
func (c *Consumer) take(ctx context.Context, r *kgo.Record) error {
	from := audit.Origin{Source: source(r.Topic), Cluster: c.o.Cluster}
	c.o.Ledger.Read(from.Source, int64(len(r.Value)))
	_, err := c.live.Stream(from, bytes.NewReader(r.Value), func(b *audit.Batch) error { return c.o.Deliver(ctx, b) })
	if err != nil && ctx.Err() == nil {
		// What cannot be split into documents is counted; it would be no better if it came again.
		c.o.Log.Warn("a record cannot be read to its end", "topic", r.Topic, "partition", r.Partition, "offset", r.Offset, "error", err)
	}
	return ctx.Err()
}

// commit says that records need not come again.
func (c *Consumer) commit(ctx context.Context, records []*kgo.Record) error {
	if len(records) == 0 {
		return nil
	}
	err := c.client.CommitRecords(ctx, records...)
	if err != nil && ctx.Err() == nil {
		c.o.Log.Warn("offsets cannot be committed; the records may come again and are known then", "error", err)
	}
	return err
}
