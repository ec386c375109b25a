package agent

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/inventory"
)

// state is a state of an object that takes a KiB and a document's length.
func state(uid, version string, document int) *inventory.Object {
	return &inventory.Object{Resource: "pods", UID: uid, ResourceVersion: version, Document: []byte(strings.Repeat("x", document))}
}

func taken(list []*inventory.Object) (out []string) {
	for _, o := range list {
		out = append(out, o.UID+o.ResourceVersion)
	}
	return out
}

func TestQueueLetsOldStatesGo(t *testing.T) {
	q := newQueue(4 * overhead)
	for _, o := range []*inventory.Object{state("a", "1", 0), state("b", "1", 0), state("a", "2", 0), state("c", "1", 0)} {
		q.put(t.Context(), o)
	}
	if n, bytes, coalesced := q.stats(); n != 4 || bytes != 4*overhead || coalesced != 0 {
		t.Errorf("%d objects, %d bytes, %d let go", n, bytes, coalesced)
	}
	q.put(t.Context(), state("b", "2", 0)) // full: a1 is let go; b1 has no newer one yet
	if n, _, coalesced := q.stats(); n != 4 || coalesced != 1 {
		t.Errorf("%d objects, %d let go", n, coalesced)
	}
	q.put(t.Context(), state("c", "2", 0)) // b1
	got := append(taken(q.take(t.Context(), 2*overhead)), taken(q.take(t.Context(), 1<<20))...)
	if want := []string{"a2", "c1", "b2", "c2"}; !slices.Equal(got, want) {
		t.Errorf("took %v, want %v", got, want)
	}
	if n, bytes, _ := q.stats(); n != 0 || bytes != 0 {
		t.Errorf("%d objects, %d bytes are left", n, bytes)
	}
}

func TestQueueWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(2 * overhead)
		q.put(t.Context(), state("huge", "1", 100*overhead)) // alone it fits whatever its size
		began := time.Now()
		go func() {
			time.Sleep(time.Minute)
			q.take(t.Context(), 1)
		}()
		q.put(t.Context(), state("b", "1", 0))
		if waited := time.Since(began); waited != time.Minute {
			t.Errorf("put waited %v for room", waited)
		}
		q.put(t.Context(), state("c", "1", 0))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		q.put(ctx, state("d", "1", 0))
		if ctx.Err() == nil {
			t.Error("put did not wait for the end of its context")
		}
		if got := taken(q.take(t.Context(), 1<<20)); !slices.Equal(got, []string{"b1", "c1"}) {
			t.Errorf("took %v", got)
		}
		q.end()
		if q.take(t.Context(), 1) != nil {
			t.Error("an ended queue has something")
		}
		q.begin()
		if q.take(ctx, 1) != nil {
			t.Error("took without a put")
		}
	})
}
