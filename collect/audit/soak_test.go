package audit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime/metrics"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// repeater gives a text over and over, up to a size.
type repeater struct {
	text []byte
	at   int
	left int64
}

// Read gives the next part of the text.
func (r *repeater) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), r.left)], r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	r.left -= int64(n)
	return n, nil
}

// memory is what the Go runtime has from the system, in bytes.
func memory() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}

// TestSoakMemory: ten gigabytes are read in less than 200 MB.
func TestSoakMemory(t *testing.T) {
	require.Soak(t)
	text := append(bytes.Join(realEvents(t), []byte{'\n'}), '\n')
	r, err := Open(context.Background(), []string{"-"}, Options{Stdin: &repeater{text: text, left: 10 << 30}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	requests := NewRequests(0)
	most := uint64(0)
	for n := 0; ; n++ {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rec.UID[0], rec.UID[1], rec.UID[2] = byte(n), byte(n>>8), byte(n>>16) // otherwise there are 2,241
		requests.Observe(rec.Event, rec.UID)
		if n%10000 == 0 {
			most = max(most, memory())
		}
	}
	t.Logf("at most %d MB", most>>20)
	if most > 200<<20 {
		t.Errorf("%d MB, want at most 200", most>>20)
	}
}
