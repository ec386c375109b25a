// Package ring reads a ring buffer that the kernel's programs write to (BPF_MAP_TYPE_RINGBUF). It never waits, and maps
// the buffer once: the usual reader has it twice, one behind the other, and the second counts as memory of the process,
// too.
package ring
