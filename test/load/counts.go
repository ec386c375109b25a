package main

import (
	"fmt"
	"math/bits"
	"sync/atomic"
	"time"
)

// counts are what all nodes did.
type counts struct {
	events, batches, bytes, busy, away atomic.Uint64
	durable                            histogram
}

func (c *counts) done(events uint64, bytes int, took time.Duration) {
	c.events.Add(events)
	c.batches.Add(1)
	c.bytes.Add(uint64(bytes))
	c.durable.add(took)
}

// histogram counts times in buckets that are an eighth apart.
type histogram struct{ buckets [400]atomic.Uint64 }

func (h *histogram) add(d time.Duration) {
	h.buckets[bucketOf(uint64(max(d.Microseconds(), 0)))].Add(1)
}

// bucketOf returns the bucket of so many microseconds.
func bucketOf(us uint64) int {
	if us < 8 {
		return int(us)
	}
	shift := bits.Len64(us) - 4
	return min(8*shift+int(us>>shift), 399)
}

// boundOf returns the least time above a bucket.
func boundOf(i int) time.Duration {
	if i < 8 {
		return time.Duration(i+1) * time.Microsecond
	}
	shift := i/8 - 1
	return time.Duration(uint64(i-8*shift+1)<<shift) * time.Microsecond
}

// tally is what a histogram held at a time.
type tally [400]uint64

// take returns what was counted, and empties it.
func (h *histogram) take() (t tally) {
	for i := range h.buckets {
		t[i] = h.buckets[i].Swap(0)
	}
	return t
}

// add counts what o has, too.
func (t *tally) add(o *tally) {
	for i, n := range o {
		t[i] += n
	}
}

// String says the median, the 99th of 100, and the most.
func (t *tally) String() string {
	var all uint64
	for _, n := range t {
		all += n
	}
	at := func(part float64) time.Duration {
		want, sum := uint64(part*float64(all)), uint64(0)
		for i, n := range t {
			if sum += n; sum >= want && sum > 0 {
				return boundOf(i)
			}
		}
		return 0
	}
	return fmt.Sprintf("%v / %v / %v", at(0.5), at(0.99), at(1))
}
