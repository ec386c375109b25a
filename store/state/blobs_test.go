package state

import (
	"bytes"
	"errors"
	"testing"

	"github.com/lynceus-io/lynceus/bus"
)

func TestBlobs(t *testing.T) {
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx := t.Context()
	blobs, err := New(b.JetStream(), Options{}).Blobs(ctx, "novelty", "what is known", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blobs.Get(ctx, "a"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of nothing: %v", err)
	}
	first, second := bytes.Repeat([]byte("1"), 3<<20), bytes.Repeat([]byte("2"), 1<<20)
	r1, err := blobs.Put(ctx, "a", first, Absent, "hub")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blobs.Put(ctx, "a", second, Absent, "late"); !errors.Is(err, ErrConflict) {
		t.Errorf("a writer whose time is over: %v", err)
	}
	if e, err := blobs.Get(ctx, "a"); err != nil || !bytes.Equal(e.Value, first) || e.Revision != r1 || e.By != "hub" {
		t.Errorf("Get: %d bytes, revision %d by %q, %v", len(e.Value), e.Revision, e.By, err)
	}
	if _, err := blobs.Put(ctx, "a", second, r1, "hub"); err != nil {
		t.Fatal(err)
	}
	if _, err := blobs.Put(ctx, "empty", nil, Absent, "hub"); err != nil {
		t.Fatal(err)
	}
	// What a writer that died leaves behind.
	if _, err := blobs.objects.PutBytes(ctx, "orphan", first); err != nil {
		t.Fatal(err)
	}
	if err := blobs.sweep(ctx, 0); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]byte{"a": second, "empty": nil} {
		if e, err := blobs.Get(ctx, key); err != nil || !bytes.Equal(e.Value, want) {
			t.Errorf("Get %s after the sweep: %d bytes, %v", key, len(e.Value), err)
		}
	}
	if err := blobs.Delete(ctx, "a", Any, "hub"); err != nil {
		t.Fatal(err)
	}
	if err := blobs.Delete(ctx, "empty", Any, "hub"); err != nil {
		t.Fatal(err)
	}
	info, err := blobs.stream.Info(ctx)
	if err != nil || info.State.Msgs != 0 {
		t.Errorf("%d messages are left of deleted blobs, %v", info.State.Msgs, err)
	}
}
