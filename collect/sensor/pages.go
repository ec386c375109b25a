//go:build linux

package sensor

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// span is a part of this process's memory, from its first address to the one after its last.
type span struct{ from, to uintptr }

// leaveProgram has the kernel take the pages of this program's file out of the process's memory. Most were needed to begin
// only: to read rules, types and programs. Those that are needed again come back by themselves, from the kernel's cache of
// the file. Where it cannot be done, nothing is lost but memory.
func leaveProgram() {
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, s := range unchanged(smaps, exe) {
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, unix.MADV_DONTNEED)
	}
}

// unchanged returns where a file is mapped of which the process has no pages of its own, as proc(5) describes smaps.
func unchanged(smaps []byte, path string) (out []span) {
	var s span
	ofFile := false
	for line := range bytes.Lines(smaps) {
		text := strings.TrimSuffix(string(line), "\n")
		var next span
		var mode string
		if n, _ := fmt.Sscanf(text, "%x-%x %s", &next.from, &next.to, &mode); n == 3 {
			s, ofFile = next, strings.HasSuffix(text, " "+path) && !strings.Contains(mode, "w")
			continue
		}
		if ofFile && strings.Join(strings.Fields(text), " ") == "Anonymous: 0 kB" {
			out = append(out, s)
		}
	}
	return out
}
