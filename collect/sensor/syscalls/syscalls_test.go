package syscalls

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

// TestTable holds that the table can be told: kinds that there are, no more texts and places than a record has.
func TestTable(t *testing.T) {
	for name, c := range byName {
		texts, places, data := 0, 0, 0
		for _, p := range c.Parameters {
			if _, ok := kinds[p.Kind]; !ok {
				t.Errorf("%s: no kind %q", name, p.Kind)
			}
			switch p.Kind {
			case Path:
				texts++
				places++
			case Name, Text:
				texts++
			case How, CloneArgs, Address, CapData:
				data++
			}
		}
		if texts > 3 || places > 2 || data > 1 || len(c.Parameters) > 6 || c.Activity == "" {
			t.Errorf("%s: %d texts, %d places, %d data, %d parameters", name, texts, places, data, len(c.Parameters))
		}
		if n, ok := numbers[name]; ok && (n >= MaxNumber || ByNumber(n, false) != c) {
			t.Errorf("%s has number %d", name, n)
		}
		for _, n := range Compat(name) {
			if n >= MaxNumber || ByNumber(n, true) != c {
				t.Errorf("%s has number %d of 32 bits", name, n)
			}
		}
	}
	for _, name := range Opens() {
		if _, ok := Lookup(name); !ok {
			t.Errorf("no call %s", name)
		}
	}
}

func TestWrite(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		v    uint64
		want string
	}{
		{"open", 0, "O_RDONLY"}, {"open", 0o2000101, "O_WRONLY|O_CREAT|O_CLOEXEC"}, {"open", 0x1_0000_0002, "O_RDWR"},
		{"mode", 0o4750, "S_ISUID|S_IRUSR|S_IWUSR|S_IXUSR|S_IRGRP|S_IXGRP"}, {"mode", 0o100000, "0"}, {"clone", 0x10000011, "CLONE_NEWUSER|0x11"},
		{"fd", 0xffffff9c, "AT_FDCWD"}, {"fd", 1<<64 - 100, "AT_FDCWD"}, {"fd", 7, "7"}, {"int", 1<<32 - 1, "-1"}, {"id", 1<<32 - 1, "-1"}, {"id", 65534, "65534"},
		{"ptrace", 16, "PTRACE_ATTACH"}, {"ptrace", 0x77, "119"}, {"socket", 0x80003, "SOCK_RAW|SOCK_CLOEXEC"}, {"prot", 7, "PROT_READ|PROT_WRITE|PROT_EXEC"},
		{"map", 0x22, "MAP_PRIVATE|MAP_ANONYMOUS"}, {"mount", 0x1003, "MS_RDONLY|MS_NOSUID|MS_BIND"}, {"hex", 0, "0"}, {"signal", 9, "SIGKILL"},
	} {
		if got := c.kind.Write(c.v); got != c.want {
			t.Errorf("%s of %#x: %s, want %s", c.kind, c.v, got, c.want)
		}
	}
}

func TestRecipe(t *testing.T) {
	for name, want := range map[string]Recipe{
		"renameat2": {Told: toldDone | toldFailed, Places: [2]uint8{1, 3}, Texts: [3]uint8{2, 4}, Mask: 1<<64 - 1},
		"symlink":   {Told: toldDone | toldFailed, Places: [2]uint8{placeCWD}, Texts: [3]uint8{1, 2}, Mask: 1<<64 - 1},
		"execve":    {Told: toldFailed, Places: [2]uint8{placeCWD}, Texts: [3]uint8{1}, Mask: 1<<64 - 1},
		"connect":   {Told: toldDone | toldFailed, File: 1, Data: 2, DataBytes: 110, DataSize: 3, Mask: 1<<64 - 1, Families: 2},
		"socket":    {Told: toldDone | toldFailed, Test: 2, Among: 1<<3 | 1<<10, Mask: ^uint64(0x80800)},
	} {
		c, _ := Lookup(name)
		if got := c.Recipe(); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	c, _ := Lookup("openat")
	if got, want := c.OpenRecipe(true), (Recipe{
		Told: toldDone | toldSieved | toldFailed | toldNotMissing, File: ArgumentResult, Places: [2]uint8{1}, Texts: [3]uint8{2}, Mask: 1<<64 - 1,
	}); got != want {
		t.Errorf("openat: %+v, want %+v", got, want)
	}
}

func TestWanted(t *testing.T) {
	c, _ := Lookup("clone3")
	for data, want := range map[string]bool{"\x00\x00\x00\x10\x00\x00\x00\x00": true, strings.Repeat("\x00", 8): false, "": false} {
		if got := Wanted(c, &record.Call{Data: []byte(data)}); got != want {
			t.Errorf("clone3 with %q: %v", data, got)
		}
	}
}
