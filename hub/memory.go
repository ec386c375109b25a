package hub

import (
	"math"
	"runtime/debug"
)

// scanMemory is what the Go heap of a scan should stay below, in bytes. What
// the parts (findings, windows, novelty, requests, callers, what matching
// remembers, chunks that are read) hold of a log of years is 80 MB, so that the
// collector can keep to it; with the program itself, of which up to 60 MB are
// read into memory, the process then stays below 200 MB, however long the log
// is.
const scanMemory = 130 << 20

// holdMemory asks the collector to keep the heap below scanMemory, unless the
// environment has set a limit (GOMEMLIMIT), and returns the way back.
func holdMemory() (release func()) {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return func() {}
	}
	before := debug.SetMemoryLimit(scanMemory)
	return func() { debug.SetMemoryLimit(before) }
}
