//go:build linux

// Package digest computes SHA-256 of the programs that a node's processes run, once for each version of a file, off the
// way of events and at a bounded rate. What it reads is what the kernel runs, not what stands at a path: the magic link
// /proc/PID/exe, or, when the process has ended, the path in the root of a process beside it, and both only while size
// and time of change are those that the kernel told at the exec.
package digest
