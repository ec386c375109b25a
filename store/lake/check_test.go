package lake

import (
	"os"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// Check sets aside what is damaged of the files that it is given, and nothing
// else; a reader says what to do.
func TestCheck(t *testing.T) {
	now := &clock{base}
	dir := t.TempDir()
	l, _ := open(t, Options{Dir: dir, Now: now.now})
	for seq := uint64(1); seq <= 3; seq++ {
		store(t, l, "p", seq, seq, at(event.ClassAudit, string(rune('a'+seq)), base))
	}
	snap, err := l.Pin(t.Context(), All(event.ClassAudit))
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Release()
	if gone, err := l.Check(t.Context(), snap.Files); gone || err != nil {
		t.Errorf("a store in order: %v %v", gone, err)
	}
	if err := os.Truncate(snap.Files[1].Path, 10); err != nil {
		t.Fatal(err)
	}
	reader, _, err := Open(t.Context(), Options{Dir: dir, Now: now.now, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if gone, err := reader.Check(t.Context(), snap.Files); gone || err == nil || !strings.Contains(err.Error(), "start the server") {
		t.Errorf("a reader: %v %v", gone, err)
	}
	if gone, err := l.Check(t.Context(), snap.Files[:1]); gone || err != nil {
		t.Errorf("another file: %v %v", gone, err)
	}
	for range 2 { // and again: it is gone
		if gone, err := l.Check(t.Context(), snap.Files); !gone || err != nil {
			t.Errorf("a damaged file: %v %v", gone, err)
		}
	}
	if n := len(l.Stats().Aside); n != 1 {
		t.Errorf("%d segments aside", n)
	}
}
