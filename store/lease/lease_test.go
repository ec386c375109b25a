package lease

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/state"
)

func newBucket(t *testing.T) *state.Bucket {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	bucket, err := state.New(b.JetStream(), state.Options{}).Bucket(t.Context(), state.BucketOptions{Name: "leases"})
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func isLost(l *Lease) bool {
	select {
	case <-l.Lost():
		return true
	default:
		return false
	}
}

func TestLease(t *testing.T) {
	bucket := newBucket(t)
	ctx := t.Context()
	long := func(id string) *Book {
		return NewBook(Options{Bucket: bucket, ID: id, Name: "copy " + id, TTL: time.Hour})
	}
	a, b := long("a"), long("b")
	first, err := a.Take(ctx, "detection.0", map[string]int{"events": 3})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Take(ctx, "detection.0", nil); !errors.Is(err, ErrHeld) {
		t.Errorf("a second holder: %v", err)
	}
	if err := b.Look(ctx); err != nil {
		t.Fatal(err)
	}
	if all := b.All(); len(all) != 1 || all[0].Name != "copy a" || !all[0].Alive || all[0].Mine || all[0].Token != first.Token() || string(all[0].About) != `{"events":3}` {
		t.Errorf("others see %+v", all)
	}
	first.renew(ctx)
	if isLost(first) {
		t.Error("a renewal loses the lease")
	}
	// One that is handed back can be taken at once, and has a greater token.
	if err := first.Return(ctx); err != nil || !isLost(first) {
		t.Errorf("handed back: %v", err)
	}
	second, err := b.Take(ctx, "detection.0", nil)
	if err != nil {
		t.Fatal(err)
	}
	if second.Token() <= first.Token() {
		t.Errorf("token %d after %d", second.Token(), first.Token())
	}
	// The same process, begun again.
	third, err := long("b").Take(ctx, "detection.0", nil)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever held it learns of that when it renews, and does not take it back by handing it back.
	second.renew(ctx)
	if !isLost(second) {
		t.Error("a lease that another one has is not lost")
	}
	if err := second.Return(ctx); err != nil {
		t.Error(err)
	}
	third.renew(ctx)
	if isLost(third) {
		t.Error("a lease was taken by one who lost it")
	}
}

func TestTakeover(t *testing.T) {
	bucket := newBucket(t)
	ttl := 500 * time.Millisecond
	a := NewBook(Options{Bucket: bucket, ID: "a", Name: "a", TTL: ttl})
	held, err := a.Take(t.Context(), "k", nil)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook(Options{Bucket: bucket, ID: "b", Name: "b", TTL: ttl})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { _ = b.Run(ctx) }()
	var taken *Lease
	eventually(t, "a dead holder is not taken over", func() bool {
		var err error
		taken, err = b.Take(ctx, "k", nil)
		if err != nil && !errors.Is(err, ErrHeld) {
			t.Fatal(err)
		}
		return err == nil
	})
	held.renew(t.Context())
	if !isLost(held) {
		t.Error("two hold it")
	}
	if taken.Token() <= held.Token() {
		t.Errorf("token %d after %d", taken.Token(), held.Token())
	}
}

// A holder that cannot renew its lease knows that it has lost it.
func TestCutOff(t *testing.T) {
	bucket := newBucket(t)
	a := NewBook(Options{Bucket: bucket, ID: "a", Name: "a", TTL: time.Hour})
	held, err := a.Take(t.Context(), "k", nil)
	if err != nil {
		t.Fatal(err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	held.renew(gone)
	if isLost(held) {
		t.Error("one failure loses the lease")
	}
	held.renewed = time.Now().Add(-2 * time.Hour)
	held.renew(gone)
	if !isLost(held) {
		t.Error("it goes on without renewals")
	}
}
