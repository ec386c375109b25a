package hub

import (
	"context"
	"math"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// scanMemory is what the Go heap of a scan should stay below, in bytes. What
// the parts (findings, windows, novelty, requests, callers, what matching
// remembers, chunks that are read) hold of a log of years is 80 MB, so that the
// collector can keep to it; with the program itself, of which up to 60 MB are
// read into memory, the process then stays below 200 MB, however long the log
// is.
const scanMemory = 130 << 20

// serverGC is the collector's target of a server, in percent: the heap may grow
// by half of what is in use before it is collected, since events and queries
// share the machine's memory with what the server watches.
const serverGC = 50

// A collection takes as long as what is in use is large, not as what is
// collected: while the heap is small it may grow further, up to mostGC, as long
// as it stays below smallHeap and nodeHeap for each node that is connected: what
// serves a thousand nodes has a machine of its own.
const (
	mostGC    = 300
	smallHeap = 320 << 20
	nodeHeap  = 640 << 10
	mostHeap  = 1 << 30
	paceEvery = 5 * time.Second
)

// usualGC is the target of a program for which nobody has set one (GOGC).
const usualGC = 100

// SaveMemory sets the collector's target of a server for the whole process,
// unless the environment has set one, and returns the way back.
func SaveMemory() (release func()) {
	before := debug.SetGCPercent(serverGC)
	if before != usualGC {
		debug.SetGCPercent(before)
	}
	return func() { debug.SetGCPercent(before) }
}

// pace returns the collector's target in percent for so many bytes in use and
// nodes that are connected.
func pace(live int64, nodes int) int {
	room := min(smallHeap+int64(nodes)*nodeHeap, mostHeap)
	return int(min(max((room-live)*100/max(live, 1), serverGC), mostGC))
}

// keepPace sets the collector's target again and again until ctx ends, unless
// the environment has set one.
func keepPace(ctx context.Context, nodes func() int) error {
	now := serverGC
	if before := debug.SetGCPercent(serverGC); before != serverGC {
		debug.SetGCPercent(before)
		return nil
	}
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	tick := time.NewTicker(paceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		metrics.Read(live)
		if live[0].Value.Kind() != metrics.KindUint64 {
			return nil
		}
		if want := pace(int64(live[0].Value.Uint64()), nodes()); want/10 != now/10 {
			now = want
			debug.SetGCPercent(now)
		}
	}
}

// holdMemory asks the collector to keep the heap below scanMemory, unless the
// environment has set a limit (GOMEMLIMIT), and returns the way back.
func holdMemory() (release func()) {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return func() {}
	}
	before := debug.SetMemoryLimit(scanMemory)
	return func() { debug.SetMemoryLimit(before) }
}
