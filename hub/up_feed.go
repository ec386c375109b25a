package hub

import (
	"cmp"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

// feed is where events go that are fetched from servers. cluster is whose they
// are; "" for the server's own.
func (u *Up) feed(cluster string, decoding audit.LiveOptions) intake.Feed {
	return intake.Feed{Cluster: cmp.Or(cluster, u.o.Cluster), Sink: u.sink, Ledger: &u.ledger, Live: decoding, Log: u.o.Log}
}
