package hub

import (
	"context"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/pubsub"
)

// makePubSub reads subscriptions, if there are any.
func (u *Up) makePubSub(ctx context.Context, decoding audit.LiveOptions) error {
	for _, o := range u.o.PubSub {
		o.Feed = u.feed(o.Cluster, decoding)
		puller, err := pubsub.NewPuller(o)
		if err != nil {
			return err
		}
		u.run(ctx, "subscription", puller.Run)
	}
	return nil
}
