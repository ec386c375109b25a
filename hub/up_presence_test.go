//go:build cgo

package hub

import (
	"context"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/store/lease"
)

// Batches go onto the bus in a form that all who judge can read: the oldest while nobody does, the newest while all can,
// and an older one again while somebody of an earlier release is there.
func TestWritesWhatAllCanRead(t *testing.T) {
	t.Parallel()
	o := &BusOptions{URL: natsServer(t), TTL: apartTTL}
	store := apart(t, UpOptions{Bus: o}, Storage, Answers)
	defer stopUp(t, store)
	in := apart(t, UpOptions{Bus: o, Webhook: manyClusters("a")}, Intake)
	defer stopUp(t, in)
	writes := func(want int, why string) {
		t.Helper()
		until(t, 2*time.Minute, why, func() bool { return in.writes() == want })
	}
	writes(wire.Version, "nobody judges, and yet batches have a newer form")
	judge := apart(t, UpOptions{Bus: o}, Detection)
	defer stopUp(t, judge)
	writes(wire.Newest, "all can read the newest form, and batches have an older one")

	bucket, err := in.kept.Bucket(t.Context(), leasesBucket())
	if err != nil {
		t.Fatal(err)
	}
	older := lease.NewBook(lease.Options{Bucket: bucket, ID: "older", Name: "older", TTL: apartTTL})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- older.Run(ctx) }()
	held, err := older.Take(ctx, processLease+"older", map[string]any{"version": "0.1", "roles": []string{"intake"}})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * presenceEvery) // long enough for it to be believed, if it were
	if got := in.writes(); got != wire.Newest {
		t.Errorf("version %d is written since somebody is there who reads no batches", got)
	}
	held.Say(map[string]any{"version": "0.1", "roles": []string{"detection"}})
	writes(wire.Version, "batches have a form that somebody who judges cannot read")
	if err := handBack(held); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	writes(wire.Newest, "who was handed back still counts")
}

// onBus is a bus that keeps what was published last.
type onBus struct{ last []byte }

func (*onBus) Partitions() int { return 1 }

func (b *onBus) Publish(_ context.Context, _ int, payload []byte) (uint64, error) {
	b.last = append([]byte(nil), payload...)
	return 1, nil
}

func (b *onBus) PublishFrom(ctx context.Context, p int, _ bus.Origin, payload []byte) (uint64, error) {
	return b.Publish(ctx, p, payload)
}

// Where somebody cannot read stamps, rows are written anew and say the same.
func TestPlainBatches(t *testing.T) {
	var b wire.Builder
	b.Reset("sensor", 1)
	if err := b.Add(launch(uidOf(1), "sh", "")); err != nil {
		t.Fatal(err)
	}
	batch := b.AppendTo(nil)
	said := map[bool]string{}
	for _, plain := range []bool{false, true} {
		to := &onBus{}
		s := &stamp{plain: plain, set: wire.Stamp{Cluster: "prod", ClusterUID: "u-1", Node: "n1", Source: sensorSource, Mark: "0123456789ab", Received: 7}}
		ready, err := live.NewRows(to, maxPeerBody).Prepare(batch, s)
		if err == nil {
			err = ready.Offer(t.Context(), bus.Origin{Source: "s", Epoch: "e", Sequence: 1})
		}
		if err != nil {
			t.Fatal(err)
		}
		older := wire.Decoder{} // as one that knows no stamps
		if _, err := older.Open(to.last); (err == nil) != plain {
			t.Errorf("plain %v: who knows no stamps reads it with %v", plain, err)
		}
		reader := wire.Decoder{Stamped: true}
		var e event.Event
		if _, err = reader.Open(to.last); err == nil {
			err = reader.Next(&e)
		}
		if err != nil {
			t.Fatal(err)
		}
		received := event.ReceivedTime.Get(&e)
		said[plain] = event.K8sCluster.Get(&e) + " " + event.K8sNode.Get(&e) + " " + event.MetadataUID.Get(&e) + " " + event.MetadataSource.Get(&e) + " " + time.Unix(0, received).UTC().String()
	}
	if said[true] != said[false] || said[true] == "" {
		t.Errorf("%q, and by a stamp %q", said[true], said[false])
	}
}
