package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// head returns a record's first 16 bytes and room for the rest of its fixed part.
func head(kind Kind, size int) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint32(b, uint32(kind))
	binary.LittleEndian.PutUint32(b[4:], uint32(size))
	binary.LittleEndian.PutUint64(b[8:], 77)
	return b
}

// program returns a record of kind with the names and arguments given, each ended by NUL.
func program(kind Kind, flags Flags, total int, exe, cwd, args string) []byte {
	b := head(kind, programSize)
	le := binary.LittleEndian
	le.PutUint32(b[16:], 100)
	le.PutUint32(b[20:], 101)
	le.PutUint64(b[24:], 5000)
	le.PutUint32(b[32:], 90)
	le.PutUint64(b[40:], 4000)
	le.PutUint64(b[48:], 3)
	le.PutUint64(b[56:], 1234)
	le.PutUint64(b[64:], 1<<21)
	le.PutUint32(b[92:], uint32(flags))
	le.PutUint64(b[96:], uint64(total))
	le.PutUint32(b[104:], uint32(len(exe)))
	le.PutUint32(b[108:], uint32(len(cwd)))
	le.PutUint32(b[112:], uint32(len(args)))
	copy(b[160:], "sh\x00rest")
	copy(b[176:], "pts0")
	b = append(b, exe+cwd+args...)
	le.PutUint32(b[4:], uint32(len(b)))
	return b
}

func TestDecodeProgram(t *testing.T) {
	var r Record
	if err := r.Decode(program(KindExec, 0, 8, "sh\x00bin\x00", "tmp\x00", "sh\x00-c\x00x\x00")); err != nil {
		t.Fatal(err)
	}
	want := Program{
		Process: Key{100, 5000}, Thread: 101, Parent: Key{90, 4000}, ExecID: 3, Cgroup: 1234, Caps: 1 << 21, ArgsTotal: 8,
		Exe: Names("sh\x00bin\x00"), CWD: Names("tmp\x00"), Args: []byte("sh\x00-c\x00x\x00"), Comm: []byte("sh"), TTY: []byte("pts0"),
	}
	if r.Kind != KindExec || r.Time != 77 || !reflect.DeepEqual(r.Program, want) {
		t.Errorf("got %+v\nwant %+v", r.Program, want)
	}
}

func TestProgramTexts(t *testing.T) {
	const long = 100_000
	cut := strings.Repeat("a", argsHead) + strings.Repeat("b", argsTail-1) + "\x00"
	tests := []struct {
		name           string
		flags          Flags
		total          int
		exe, cwd, args string
		want           [3]string
	}{
		{"plain", 0, 5, "sh\x00bin\x00usr\x00", "root\x00", "sh\x00-c\x00", [3]string{"/usr/bin/sh", "/root", "sh -c"}},
		{"in the root", 0, 2, "init\x00", "", "i\x00", [3]string{"/init", "/", "i"}},
		{"memfd", ExeNameless | ExeUnlinked, 2, "memfd:x\x00", "", "a\x00", [3]string{"memfd:x", "/", "a"}},
		{"deep", ExeCut, 2, "x\x00d\x00", "", "a\x00", [3]string{".../d/x", "/", "a"}},
		{"moved out of reach", ExeUnreachable, 2, "x\x00", "", "a\x00", [3]string{".../x", "/", "a"}},
		{"directory removed and deep", CWDCut | CWDUnlinked, 2, "x\x00", "d\x00", "a\x00", [3]string{"/x", ".../d", "a"}},
		{"kernel thread", KernelThread, 0, "", "", "", [3]string{"", "/", ""}},
		{"no NUL at the end", 0, 3, "x\x00", "", "a\x00b", [3]string{"/x", "/", "a b"}},
		{"empty arguments", 0, 2, "x\x00", "", "\x00\x00", [3]string{"/x", "/", " "}},
		{"not UTF-8", 0, 3, "\xff\xfe\x00", "", "\x1b[2J\x00", [3]string{"/\xff\xfe", "/", "\x1b[2J"}},
		{"many arguments", ArgsCut, long, "x\x00", "", cut, [3]string{"/x", "/", cut[:argsHead] + fmt.Sprintf(" [%d bytes left out] ", long-len(cut)) + strings.TrimRight(cut[argsHead:], "\x00")}},
		{"says cut, but is not", ArgsCut, 2, "x\x00", "", "a\x00", [3]string{"/x", "/", "a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r Record
			if err := r.Decode(program(KindExec, tt.flags, tt.total, tt.exe, tt.cwd, tt.args)); err != nil {
				t.Fatal(err)
			}
			p := &r.Program
			got := [3]string{string(p.AppendExe(nil)), string(p.AppendCWD(nil)), string(p.AppendCmdLine(nil))}
			if got != tt.want {
				t.Errorf("got %.300q\nwant %.300q", got, tt.want)
			}
		})
	}
}

func TestDecodeOthers(t *testing.T) {
	le := binary.LittleEndian
	fork := head(KindFork, forkSize)
	le.PutUint32(fork[16:], 1)
	le.PutUint32(fork[20:], 2)
	le.PutUint64(fork[24:], 10)
	le.PutUint64(fork[32:], 20)
	le.PutUint64(fork[40:], 3)
	le.PutUint64(fork[48:], 4)
	exit := head(KindExit, exitSize)
	le.PutUint32(exit[16:], 2)
	le.PutUint32(exit[20:], 9)
	le.PutUint64(exit[24:], 20)
	le.PutUint64(exit[32:], 5)
	le.PutUint64(exit[40:], 6)
	copy(exit[48:], "0123456789abcdef")
	names := "b\x00a\x00"
	cgroup := append(head(KindCgroup, cgroupSize), names...)
	le.PutUint32(cgroup[4:], uint32(len(cgroup)))
	le.PutUint64(cgroup[16:], 7)
	le.PutUint32(cgroup[24:], uint32(len(names)))
	var r Record
	for _, b := range [][]byte{fork, exit, cgroup} {
		if err := r.Decode(b); err != nil {
			t.Fatal(err)
		}
	}
	if want := (Fork{Key{1, 10}, Key{2, 20}, 3, 4}); r.Fork != want {
		t.Errorf("fork %+v, want %+v", r.Fork, want)
	}
	if want := (Exit{Key{2, 20}, 9, 5, 6, []byte("0123456789abcdef")}); !reflect.DeepEqual(r.Exit, want) {
		t.Errorf("exit %+v, want %+v", r.Exit, want)
	}
	if got := string(r.Cgroup.Names.AppendPath(nil)); r.Cgroup.ID != 7 || got != "/a/b" {
		t.Errorf("cgroup %d is %q", r.Cgroup.ID, got)
	}
}

func TestDecodeRefuses(t *testing.T) {
	longer := head(KindFork, forkSize)
	binary.LittleEndian.PutUint32(longer[4:], forkSize+1)
	tail := program(KindExec, 0, 2, "x\x00", "", "a\x00")
	binary.LittleEndian.PutUint32(tail[104:], 1<<31)
	cgroup := head(KindCgroup, cgroupSize)
	binary.LittleEndian.PutUint32(cgroup[24:], 1)
	tests := map[string][]byte{
		"nothing": nil, "half a head": make([]byte, 8), "size below the head": make([]byte, 16), "longer than it is": longer,
		"unknown kind": head(99, 100), "short fork": head(KindFork, forkSize-1), "short program": head(KindTask, programSize-1),
		"short exit": head(KindExit, exitSize-1), "short cgroup": head(KindCgroup, cgroupSize-1), "names longer than the record": tail,
		"cgroup's names": cgroup,
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			if err := new(Record).Decode(b); !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	for _, n := range []int{0, 1, argsHead + argsTail, argsHead + argsTail + 1, 1 << 20} {
		args := []byte(strings.Repeat("x", n))
		if n > 0 {
			args[n-1] = 'z'
		}
		got := Shorten(args)
		if want := min(n, argsHead+argsTail); len(got) != want || n > 0 && got[len(got)-1] != 'z' {
			t.Errorf("of %d bytes %d are left", n, len(got))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(program(KindExec, ExeCut|ArgsCut, 1<<20, "x\x00y\x00", "z\x00", "a\x00b\x00"))
	f.Add(head(KindFork, forkSize))
	f.Add(head(KindExit, exitSize))
	f.Add(append(head(KindCgroup, cgroupSize), 0, 0, 'a'))
	f.Add(call("a\x00b\x00", "c\x00", "text\x00", "data"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Record
		if err := r.Decode(b); err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("error %v is of no kind", err)
			}
			return
		}
		switch r.Kind {
		case KindCall:
			if out := r.Call.AppendPlace(r.Call.AppendWithin(nil), 0); len(out) > 4*len(b) {
				t.Errorf("%d bytes of paths from %d", len(out), len(b))
			}
		case KindExec, KindTask:
			out := r.Program.AppendCmdLine(r.Program.AppendCWD(r.Program.AppendExe(nil)))
			if len(out) > 2*len(b)+100 {
				t.Errorf("%d bytes of text from %d", len(out), len(b))
			}
		case KindCgroup:
			r.Cgroup.Names.AppendPath(nil)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	rec := program(KindExec, 0, 8, "sh\x00bin\x00usr\x00", "tmp\x00", "sh\x00-c\x00x\x00")
	var r Record
	var text []byte
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Decode(rec); err != nil {
			b.Fatal(err)
		}
		text = r.Program.AppendCmdLine(r.Program.AppendExe(text[:0]))
	}
}

// call returns a record of a system call.
func call(place, within, text, data string) []byte {
	b := head(KindCall, callSize)
	b = append(b[:callSize], place+within+text+data...)
	le := binary.LittleEndian
	le.PutUint32(b[4:], uint32(len(b)))
	le.PutUint32(b[100:], uint32(CallFile))
	for at, part := range map[int]string{152: place, 156: within, 160: text, 172: data} {
		le.PutUint32(b[at:], uint32(len(part)))
	}
	return b
}

func TestCall(t *testing.T) {
	var r Record
	whole := call("file\x00dir\x00", "file\x00", "a text\x00", "1234")
	if err := r.Decode(whole); err != nil {
		t.Fatal(err)
	}
	c := &r.Call
	if got := string(c.AppendPlace(nil, 0)); got != "/dir/file" {
		t.Errorf("path %s", got)
	}
	if got := string(c.AppendWithin(nil)); got != "/file" {
		t.Errorf("within %s", got)
	}
	if string(c.Texts[0]) != "a text" || string(c.Data) != "1234" || len(c.Texts[1]) != 0 {
		t.Errorf("texts %q, data %q", c.Texts, c.Data)
	}
	for at := 152; at < 176; at += 4 {
		b := append([]byte{}, whole...)
		binary.LittleEndian.PutUint32(b[at:], 1<<31)
		if err := r.Decode(b); !errors.Is(err, ErrMalformed) {
			t.Errorf("a length at %d that does not fit: %v", at, err)
		}
	}
}
