package process

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
)

func key(tgid, start int) record.Key { return record.Key{TGID: uint32(tgid), Start: uint64(start)} }

func program(p, parent record.Key, execID uint64, args string) *record.Program {
	return &record.Program{Process: p, Parent: parent, ExecID: execID, Exe: record.Names(args + "\x00"), Args: []byte(args + "\x00")}
}

func fork(parent, child record.Key, base uint64) *record.Fork {
	return &record.Fork{Parent: parent, Child: child, ExecBase: base}
}

// lineage is the command lines of a process and its ancestors.
func lineage(p *Process) string {
	var out []string
	for ; p != nil; p = p.Parent {
		out = append(out, fmt.Sprintf("%s#%d", p.CmdLine, p.Execs))
	}
	return strings.Join(out, " < ")
}

func TestTable(t *testing.T) {
	init, shell, child := key(1, 1), key(10, 100), key(11, 200)
	tests := []struct {
		name string
		feed func(*Table)
		of   record.Key
		want string
	}{
		{"a forked process runs its parent's program", func(tb *Table) {
			tb.Found(program(init, record.Key{}, 5, "init"))
			tb.Fork(fork(init, shell, 5))
		}, shell, "init#0 < init#1"},
		{"one that executes has its own", func(tb *Table) {
			tb.Found(program(init, record.Key{}, 5, "init"))
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "sh"))
			tb.Fork(fork(shell, child, 6))
			tb.Exec(program(child, shell, 7, "ls"))
		}, child, "ls#1 < sh#1 < init#1"},
		{"a chain of programs counts", func(tb *Table) {
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "a"))
			tb.Exec(program(shell, init, 7, "b"))
		}, shell, "b#2"},
		{"lost programs count", func(tb *Table) {
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 9, "d"))
		}, shell, "d#4"},
		{"an exec without a fork counts one", func(tb *Table) {
			tb.Found(program(init, record.Key{}, 5, "init"))
			tb.Exec(program(shell, init, 9, "d"))
		}, shell, "d#1 < init#1"},
		{"the same number later is another process", func(tb *Table) {
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "first"))
			tb.Exit(&record.Exit{Process: shell}, 150)
			tb.Fork(fork(init, key(10, 160), 5))
			tb.Exec(program(key(10, 160), init, 6, "second"))
			tb.Fork(fork(key(10, 160), child, 6))
		}, child, "second#0 < second#1"},
		{"a parent that has ended is still the parent", func(tb *Table) {
			tb.Found(program(init, record.Key{}, 5, "init"))
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "sh"))
			tb.Fork(fork(shell, child, 6))
			tb.Exit(&record.Exit{Process: shell}, 300)
			tb.Expire(1e18)
			tb.Exec(program(child, init, 7, "daemon")) // init has taken it over
		}, child, "daemon#1 < sh#1 < init#1"},
		{"what was found running is not changed by what was told before", func(tb *Table) {
			tb.Found(program(shell, init, 8, "later"))
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "earlier"))
		}, shell, "later#3"},
		{"what is told is not changed by the list", func(tb *Table) {
			tb.Fork(fork(init, shell, 5))
			tb.Exec(program(shell, init, 6, "told"))
			tb.Found(program(shell, init, 6, "listed"))
		}, shell, "told#1"},
		{"nobody descends from itself", func(tb *Table) {
			tb.Fork(fork(shell, child, 0))
			tb.Exec(program(shell, init, 1, "a"))
			tb.Fork(fork(shell, child, 0))
			tb.Fork(fork(child, shell, 0))
			tb.Fork(fork(shell, shell, 0))
		}, child, "#0 < a#1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tb := NewTable(Options{})
			tt.feed(tb)
			if got := lineage(tb.Find(tt.of)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			check(t, tb)
		})
	}
}

func TestEarlierProgramIsTold(t *testing.T) {
	tb := NewTable(Options{})
	tb.Found(program(key(10, 1), record.Key{}, 8, "later"))
	p := tb.Exec(program(key(10, 1), record.Key{}, 7, "earlier"))
	if p.CmdLine != "earlier" || tb.Find(key(10, 1)).CmdLine != "later" {
		t.Errorf("told %q, known %q", p.CmdLine, tb.Find(key(10, 1)).CmdLine)
	}
}

func TestExit(t *testing.T) {
	tb := NewTable(Options{Linger: 100})
	k := key(10, 1)
	tb.Exec(program(k, record.Key{}, 1, "sh"))
	exit := &record.Exit{Process: k, Comm: []byte("sh")}
	if p := tb.Exit(exit, 50); p == nil || p.Ended != 50 {
		t.Fatalf("ended: %+v", p)
	}
	if p := tb.Exit(exit, 51); p != nil {
		t.Error("it ended twice")
	}
	if p := tb.Found(program(k, record.Key{}, 1, "sh")); p != nil {
		t.Error("it was found running after its end")
	}
	tb.Expire(150)
	if tb.Find(k) == nil {
		t.Error("forgotten too early")
	}
	tb.Expire(151)
	if tb.Find(k) != nil || tb.Len() != 0 || tb.Bytes() != 0 {
		t.Errorf("%d processes, %d bytes left", tb.Len(), tb.Bytes())
	}
	if p := tb.Exit(exit, 60); p == nil || p.Known || p.Comm != "sh" {
		t.Errorf("the end of an unknown process: %+v", p)
	}
}

// TestFloodForgetsItself fills the table from one cgroup and looks for what another has.
func TestFloodForgetsItself(t *testing.T) {
	tb := NewTable(Options{Bytes: 100 * processBytes})
	quiet := program(key(1, 1), record.Key{}, 1, "quiet")
	quiet.Cgroup = 1
	tb.Exec(quiet)
	for i := range 1000 {
		r := program(key(100+i, 100+i), key(99+i, 99+i), 1, strings.Repeat("x", 100))
		r.Cgroup = 2
		tb.Exec(r)
		check(t, tb)
	}
	if p := tb.Find(key(1, 1)); p == nil || p.CmdLine != "quiet" {
		t.Errorf("the quiet process is gone: %+v", p)
	}
	if tb.Evicted() == 0 || tb.Bytes() > 100*processBytes {
		t.Errorf("%d forgotten, %d bytes", tb.Evicted(), tb.Bytes())
	}
}

// check holds what must be true of a table at any time.
func check(t *testing.T, tb *Table) {
	t.Helper()
	var bytes int64
	members := 0
	for k, p := range tb.known {
		bytes += p.bytes()
		if p.Key != k || p.queue == nil || p.group == nil || tb.groups[p.Cgroup] != p.group {
			t.Fatalf("process %v is out of place", k)
		}
		if p.Parent != nil && tb.known[p.Parent.Key] != p.Parent {
			t.Fatalf("the parent of %v is not known", k)
		}
		for c := p.children; c != nil; c = c.sibling {
			if c.Parent != p {
				t.Fatalf("a child of %v has another parent", k)
			}
		}
		steps := 0
		for a := p; a != nil; a = a.Parent {
			if steps++; steps > len(tb.known) {
				t.Fatalf("%v descends from itself", k)
			}
		}
	}
	for _, g := range tb.groups {
		members += g.members
	}
	if bytes != tb.bytes || members != len(tb.known) {
		t.Fatalf("%d bytes are %d; %d members of %d", tb.bytes, bytes, members, len(tb.known))
	}
}

// FuzzTable feeds a table with what no kernel would say.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0, 1, 2, 1, 2, 3, 2, 2, 0, 3, 2, 1})
	f.Fuzz(func(t *testing.T, script []byte) {
		tb := NewTable(Options{Bytes: 10 * processBytes, Linger: 3})
		for i := 0; i+2 < len(script) && i < 600; i += 3 {
			a, b := key(int(script[i+1]%16), 1), key(int(script[i+2]%16), 1)
			r := program(a, b, uint64(script[i+2]), strings.Repeat("y", int(script[i+1])))
			r.Cgroup = uint64(script[i+2] % 3)
			switch script[i] % 5 {
			case 0:
				tb.Fork(fork(a, b, uint64(script[i])))
			case 1:
				tb.Exec(r)
			case 2:
				tb.Found(r)
			case 3:
				tb.Exit(&record.Exit{Process: a, Comm: []byte("c")}, uint64(i))
			case 4:
				tb.Expire(uint64(i))
			}
			check(t, tb)
			if tb.Bytes() > 10*processBytes {
				t.Fatalf("%d bytes", tb.Bytes())
			}
		}
	})
}

func BenchmarkForkExecExit(b *testing.B) {
	tb := NewTable(Options{})
	shell := key(1, 1)
	tb.Found(program(shell, record.Key{}, 1, "sh"))
	p := program(key(2, 2), shell, 2, "ls -l /tmp")
	f, x := fork(shell, key(2, 2), 1), &record.Exit{Comm: []byte("ls")}
	b.ReportAllocs()
	for i := uint64(2); b.Loop(); i++ {
		k := record.Key{TGID: uint32(i), Start: i}
		f.Child, p.Process, x.Process = k, k, k
		tb.Fork(f)
		tb.Exec(p)
		tb.Exit(x, i*1e8)
	}
}
