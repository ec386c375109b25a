package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/k8sevent"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/clusters"
)

// maxBatch bounds the rows of an agent's batch before compression, in bytes.
// An agent sends a quarter of a MiB, or one object that is larger.
const maxBatch = 8 << 20

// Take implements api.Agents. Each row is read as an object and written anew,
// so that an agent can say nothing but what objects its own cluster has.
func (f *fleet) Take(ctx context.Context, bound, uid string, batch []byte) (int, error) {
	c, err := f.cluster(bound, uid)
	if err != nil {
		return 0, err
	}
	t := taking{cluster: c, received: f.now().UnixNano(), source: agentSource(c.Name), redactor: f.redactor.Fork()}
	header, err := t.decoder.Open(batch)
	if err != nil {
		return 0, err
	}
	if header.Size > maxBatch {
		return 0, fmt.Errorf("%w: %d bytes before compression, at most %d are taken", api.ErrBatch, header.Size, maxBatch)
	}
	t.builder.Limit = maxBatch
	t.builder.Reset(t.source, t.received)
	for {
		err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if t.builder.Events() > 0 {
		if _, err := f.publisher.Publish(ctx, live.PartitionOf(c.Name, f.publisher.Partitions()), t.builder.AppendTo(nil)); err != nil {
			return 0, err
		}
	}
	rows := t.builder.Events()
	f.heard(uid, func(a *api.AgentStatus) { a.Rows += int64(rows) })
	return rows, nil
}

// taking is one batch on its way.
type taking struct {
	cluster  clusters.Cluster
	received int64
	source   string
	redactor *redact.Redactor
	decoder  wire.Decoder
	builder  wire.Builder
	in, out  event.Event
	object   inventory.Object
}

// next takes a row.
func (t *taking) next() error {
	if err := t.decoder.Next(&t.in); err != nil {
		return err
	}
	o := &t.object
	if err := inventory.Read(&t.in, o); err != nil {
		return fmt.Errorf("%w: %w", api.ErrBatch, err)
	}
	if len(o.Document) > 0 && !json.Valid(o.Document) {
		return fmt.Errorf("%w: the document of %s %s/%s is no JSON", api.ErrBatch, o.Resource, o.Namespace, o.Name)
	}
	// The agent has replaced secrets already; nothing is kept on its word.
	if suspect, _ := t.redactor.Suspect(o.Document); suspect {
		doc, _, err := t.redactor.Document(nil, o.Document, redact.Context{})
		if err != nil {
			return fmt.Errorf("%w: %w", api.ErrBatch, err)
		}
		o.Document = doc
	}
	o.Cluster, o.ClusterUID = t.cluster.Name, t.cluster.UID
	if k8sevent.Is(o) {
		k8sevent.Fill(&t.out, o)
	} else {
		inventory.Fill(&t.out, o, inventory.Group{})
	}
	event.ReceivedTime.Set(&t.out, t.received)
	event.MetadataSource.Set(&t.out, t.source)
	return t.builder.Add(&t.out)
}

// knownQuery asks which objects of a cluster are there, by the last that was
// said of each.
const knownQuery = `declare query_parameters(cluster: string);
inventory
| where k8s.cluster_uid == cluster
| summarize arg_max(time, inventory.change) by resource.group, resource.type, k8s.namespace, resource.name, resource.uid
| where inventory.change !in ("deleted", "gone")
| project resource.group, resource.type, k8s.namespace, resource.name, resource.uid`

// maxKnown bounds the answer.
const maxKnown = 1_000_000

// knownWait is how long an agent waits at most for what is on the bus to be
// stored, and knownPause lies between two looks.
const (
	knownWait  = 10 * time.Second
	knownPause = 100 * time.Millisecond
)

// Known implements api.Agents.
func (f *fleet) Known(ctx context.Context, bound, uid string) ([]api.KnownObject, error) {
	if _, err := f.cluster(bound, uid); err != nil {
		return nil, err
	}
	// What came just before may not be stored yet. An object that is missed
	// here and gone is found to be gone at the next renewal.
	for until := f.now().Add(knownWait); f.behind(ctx) && f.now().Before(until) && ctx.Err() == nil; {
		time.Sleep(knownPause)
	}
	var out []api.KnownObject
	request := hunt.Request{KQL: knownQuery, Params: map[string]string{"cluster": uid}, MaxRows: maxKnown}
	_, err := hunt.Collect(ctx, f.queries, request, func(row []value.Value) error {
		out = append(out, api.KnownObject{Group: row[0].Text, Resource: row[1].Text, Namespace: row[2].Text, Name: row[3].Text, UID: row[4].Text})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ask the store what it knows of cluster %s: %w", uid, err)
	}
	return out, nil
}
