//go:build linux

package ring

import (
	"testing"
	"time"
)

// A nap is as long as it is to be, but for signals, and nobody can ring it.
func TestNap(t *testing.T) {
	const long = 20 * time.Millisecond
	for range 50 { // of which a signal may end some
		begin := time.Now()
		Nap(long)
		if time.Since(begin) >= long {
			return
		}
	}
	t.Error("all naps were too short")
}
