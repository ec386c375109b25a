package live

import (
	"context"
	"math"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// maxRecalled bounds the rows of the inventory that a start reads, the latest
// received: some twenty seconds. What did not change since is known again when
// its agent next tells what is there.
const maxRecalled = 2_000_000

// recalled are the fields of a row of the inventory that are read at a start:
// all but the object's own document.
var recalled = []event.FieldID{
	event.MetadataUID.ID(), event.Time.ID(), event.ReceivedTime.ID(), event.K8sCluster.ID(), event.K8sClusterUID.ID(),
	event.ResourceGroup.ID(), event.ResourceVersion.ID(), event.ResourceType.ID(), event.ResourceName.ID(), event.ResourceUID.ID(),
	event.K8sNamespace.ID(), event.K8sPod.ID(), event.K8sPodUID.ID(), event.K8sNode.ID(), event.K8sServiceAccount.ID(),
	event.InventoryChange.ID(), event.InventoryKind.ID(), event.InventoryResourceVersion.ID(), event.InventoryCreatedTime.ID(),
	event.InventoryDeletedTime.ID(), event.InventoryOwnerGroup.ID(), event.InventoryOwnerKind.ID(), event.InventoryOwner.ID(),
	event.InventoryOwnerUID.ID(), event.InventoryIPs.ID(), event.InventoryNetworks.ID(), event.InventoryPhase.ID(),
	event.InventoryHostNetwork.ID(), event.InventoryLabels.ID(),
}

// Recall gives learn what the clusters contained, from the store: rows of the
// inventory without their documents, valid until learn returns. It returns how
// many rows it read.
func Recall(ctx context.Context, p Past, learn func(*event.Event)) (n int64, err error) {
	first, last, ok, err := p.Span(ctx, event.ClassInventory)
	if err != nil || !ok {
		return 0, err
	}
	sel := lake.All(event.ClassInventory)
	sel.Superseded = true // rows of the inventory are not amended
	for _, f := range recalled {
		sel.Columns = append(sel.Columns, event.Lookup(f).Column())
	}
	for window := last.Sub(first); ; window /= 2 {
		sel.ReceivedFrom, sel.ReceivedTo = last.Add(-window).UnixNano(), math.MaxInt64
		if window < time.Minute {
			break
		}
		most, err := p.Held(ctx, sel)
		if err != nil {
			return 0, err
		}
		if most <= maxRecalled {
			break
		}
	}
	err = p.Scan(ctx, sel, func(e *event.Event) error {
		n++
		learn(e)
		return nil
	})
	return n, err
}
