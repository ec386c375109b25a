package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/lake"
)

// maxNodes bounds the nodes that are remembered, those that are gone included.
const maxNodes = 64 << 10

// node is a node of a cluster, by its name.
type node struct{ cluster, name string }

// nodes are the nodes that the inventories of clusters list. They are safe for use by several goroutines.
type nodes struct {
	mu    *sync.Mutex
	known map[node]standing
}

// standing is what is known of a node.
type standing struct {
	there  bool // false for one that is gone
	joined int64
}

func newNodes() nodes { return nodes{&sync.Mutex{}, map[node]standing{}} }

// nodeColumns are what is read of the rows of the inventory.
var nodeColumns = []event.FieldID{event.ResourceType.ID(), event.ResourceGroup.ID(), event.ResourceName.ID(), event.K8sCluster.ID(), event.InventoryChange.ID(), event.ReceivedTime.ID()}

// restore reads the nodes of the stored inventory.
func (n nodes) restore(ctx context.Context, l *lake.Lake) error {
	sel := lake.All(event.ClassInventory)
	sel.Superseded = true // rows of the inventory are not amended
	for _, f := range nodeColumns {
		sel.Columns = append(sel.Columns, event.Lookup(f).Column())
	}
	sel.Equal = []sql.Equal{{Column: event.Lookup(event.ResourceType.ID()).Column(), Values: []string{nodesResource}}}
	latest := map[node]int64{}
	err := l.Scan(ctx, sel, func(e *event.Event) error {
		if x := nodeOf(e); event.ResourceType.Get(e) == nodesResource && event.Time.Get(e) >= latest[x] {
			n.observe(e)
			latest[node{strings.Clone(x.cluster), strings.Clone(x.name)}] = event.Time.Get(e)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the nodes of the inventory: %w", err)
	}
	return nil
}

// nodesResource is what nodes are called as a resource of the API.
const nodesResource = "nodes"

func nodeOf(e *event.Event) node { return node{event.K8sCluster.Get(e), event.ResourceName.Get(e)} }

// observe takes in a row of the inventory.
func (n nodes) observe(e *event.Event) {
	if event.ResourceType.Get(e) != nodesResource || event.ResourceGroup.Get(e) != "" {
		return
	}
	change := event.InventoryChange.Get(e)
	there := change != "deleted" && change != "gone"
	x := nodeOf(e)
	n.mu.Lock()
	defer n.mu.Unlock()
	was, known := n.known[x]
	if !known {
		if len(n.known) >= maxNodes || !there {
			return
		}
		x = node{strings.Clone(x.cluster), strings.Clone(x.name)}
	}
	if there && !was.there {
		was.joined = event.ReceivedTime.Get(e)
	}
	was.there = there
	n.known[x] = was
}

// list returns the nodes that are there, in order.
func (n nodes) list() (out []node) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for x, s := range n.known {
		if s.there {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b node) int { return strings.Compare(a.cluster+"\x00"+a.name, b.cluster+"\x00"+b.name) })
	return out
}

// gone reports whether the inventory said that a node is no more.
func (n nodes) gone(cluster, name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	s, known := n.known[node{cluster, name}]
	return known && !s.there
}

// joined returns when the inventory told of a node first.
func (n nodes) joined(x node) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Unix(0, n.known[x].joined)
}
