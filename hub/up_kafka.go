package hub

import (
	"context"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/kafka"
)

// makeKafka reads topics, if there are any.
func (u *Up) makeKafka(ctx context.Context, decoding audit.LiveOptions) error {
	if u.o.Kafka == nil {
		return nil
	}
	o := *u.o.Kafka
	o.Feed = u.feed(o.Cluster, decoding)
	consumer, err := kafka.New(o)
	if err != nil {
		return err
	}
	u.run(ctx, "topics", consumer.Run)
	return nil
}
