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

// recall learns again what the clusters contained, from the store.
func (j *Judge) recall(ctx context.Context) (int64, error) {
	first, last, ok := j.o.Lake.Span(event.ClassInventory)
	if !ok {
		return 0, nil
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
		n, err := j.rows(ctx, sel)
		if err != nil {
			return 0, err
		}
		if n <= maxRecalled {
			break
		}
	}
	n := int64(0)
	err := j.o.Lake.Scan(ctx, sel, func(e *event.Event) error {
		n++
		j.o.Callers.Observe(e)
		return nil
	})
	return n, err
}

// rows returns how many rows the files of a selection have.
func (j *Judge) rows(ctx context.Context, sel lake.Selection) (n int64, err error) {
	snap, err := j.o.Lake.Pin(ctx, sel)
	if err != nil {
		return 0, err
	}
	defer snap.Release()
	for _, f := range snap.Files {
		n += f.Rows
	}
	return n, nil
}
