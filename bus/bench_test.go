package bus_test

import (
	"fmt"
	"testing"

	"github.com/lynceus-io/lynceus/bus"
)

// BenchmarkPublish has one publisher that waits for each acknowledgement, with
// every write synced.
func BenchmarkPublish(b *testing.B) {
	for _, size := range []int{64 << 10, 256 << 10, 2 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			bs := open(b, b.TempDir(), func(o *bus.Options) { o.MaxBytes = 64 << 30 })
			payload := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := bs.Publish(b.Context(), 0, payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCarry publishes, pulls and acknowledges each payload on its own:
// the dearest way.
func BenchmarkCarry(b *testing.B) {
	bs := open(b, b.TempDir(), func(o *bus.Options) { o.MaxBytes = 1 << 30 })
	c := consumer(b, bs)
	payload := make([]byte, 256<<10)
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		seq, err := bs.Publish(b.Context(), 0, payload)
		if err != nil {
			b.Fatal(err)
		}
		if ms, err := c.Pull(b.Context(), bus.PullOptions{}); err != nil || len(ms) != 1 {
			b.Fatal(len(ms), err)
		}
		if err := c.Ack(b.Context(), seq); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPull reads 256 KiB payloads that are there already.
func BenchmarkPull(b *testing.B) {
	bs := open(b, b.TempDir(), func(o *bus.Options) { o.MaxBytes = 1 << 30 })
	payload := make([]byte, 256<<10)
	const n = 400
	for range n {
		publish(b, bs, string(payload))
	}
	c := consumer(b, bs)
	b.SetBytes(int64(len(payload)))
	read := 0
	for b.Loop() {
		if read%n == 0 {
			c.Rewind()
		}
		if ms, err := c.Pull(b.Context(), bus.PullOptions{MaxMessages: 1}); err != nil || len(ms) != 1 {
			b.Fatal(len(ms), err)
		}
		read++
	}
}
