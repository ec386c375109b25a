//go:build linux

package sensor

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestUnchanged(t *testing.T) {
	const smaps = `00400000-00c00000 r-xp 00000000 08:01 42       /usr/bin/lynceus-sensor
Size:               8192 kB
Rss:                4096 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
00c00000-00d00000 r--p 00800000 08:01 42       /usr/bin/lynceus-sensor
Anonymous:             4 kB
00d00000-00e00000 rw-p 00900000 08:01 42       /usr/bin/lynceus-sensor
Anonymous:             0 kB
00e00000-00f00000 r--p 00a00000 08:01 42       /usr/bin/lynceus-sensor
Anonymous:             0 kB
c000000000-c000400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f0000000000-7f0000001000 r-xp 00000000 08:01 43       /lib/libc.so
Anonymous:             0 kB
`
	want := []span{{0x400000, 0xc00000}, {0xe00000, 0xf00000}}
	if got := unchanged([]byte(smaps), "/usr/bin/lynceus-sensor"); !slices.Equal(got, want) {
		t.Errorf("%x", got)
	}
}

// residentFile is how much of files this process has in its memory, in KiB.
func residentFile(t *testing.T) (kib int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if n, _ := fmt.Sscanf(line, "RssFile: %d kB", &kib); n == 1 {
			return kib
		}
	}
	t.Fatal("the kernel does not say it")
	return 0
}

// The memory is given back, and the program goes on.
func TestLeaveProgram(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	spans := unchanged(smaps, exe)
	if len(spans) == 0 {
		t.Fatalf("the program is not found: %s", smaps)
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	for _, s := range spans { // another test may have left the program before
		if _, err := memory.ReadAt(make([]byte, s.to-s.from), int64(s.from)); err != nil {
			t.Fatal(err)
		}
	}
	before := residentFile(t)
	leaveProgram()
	if after := residentFile(t); after >= before*3/4 {
		t.Errorf("%d KiB, and %d before", after, before)
	}
}
