package require

import "testing"

// BPF skips a test unless the kernel lets this process load an eBPF program and attach it to a raw tracepoint, which is
// tried. The need is called "bpf".
func BPF(tb testing.TB) {
	tb.Helper()
	err := tryBPF()
	what := "an eBPF program can be loaded and attached"
	if err != nil {
		what = "no eBPF program can be loaded and attached (run as root on Linux): " + err.Error()
	}
	Need(tb, "bpf", err == nil, what)
}
