package hub

import (
	"math"
	"runtime/debug"
)

// scanMemory is what the Go heap of a scan should stay below, in bytes. The
// bounds of the parts (findings, windows, novelty, requests, callers, what
// matching remembers, chunks that are read) add up to less, so that the
// collector can hold it; with the program itself the process then stays below
// 200 MB, however long the log is.
const scanMemory = 165 << 20

// holdMemory asks the collector to keep the heap below scanMemory, unless the
// environment has set a limit (GOMEMLIMIT), and returns the way back.
func holdMemory() (release func()) {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return func() {}
	}
	before := debug.SetMemoryLimit(scanMemory)
	return func() { debug.SetMemoryLimit(before) }
}
