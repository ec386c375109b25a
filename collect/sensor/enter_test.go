//go:build linux

package sensor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// story is a sequence of records, for rows.
type story struct {
	*rows
	t   *testing.T
	got []string
}

func newStory(t *testing.T) *story {
	s := &story{t: t}
	s.rows = newRows(func(e *event.Event) error {
		pid, _ := event.ProcessPID.Get(e)
		line := fmt.Sprintf("%d %s", pid, strings.TrimPrefix(event.ProcessFilePath.Get(e), "/"))
		if event.ContainerStarted.Get(e) {
			line += " starts"
		}
		if event.ProcessEntered.Has(e) {
			line += map[bool]string{true: " entered", false: " own"}[event.ProcessEntered.Get(e)]
		}
		if event.ProcessEntered.Get(e) != (event.ProcessSessionRootUID.Get(e) != "") {
			t.Errorf("%s: entered by %q", line, event.ProcessSessionRootUID.Get(e))
		}
		s.got = append(s.got, line)
		return nil
	})
	s.cgroups.known[7] = container.ID{Container: strings.Repeat("a", 64)}
	s.cgroups.known[8] = container.ID{Container: strings.Repeat("b", 64)}
	return s
}

func (s *story) do(r record.Record) {
	s.t.Helper()
	s.record = r
	if err := s.apply(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) fork(parent, child uint32, cgroup uint64) {
	s.do(record.Record{Kind: record.KindFork, Fork: record.Fork{Parent: record.Key{TGID: parent}, Child: record.Key{TGID: child}, Cgroup: cgroup}})
}

func (s *story) program(kind record.Kind, pid uint32, cgroup uint64, args string, flags record.Flags) {
	name, _, _ := strings.Cut(args, " ")
	s.do(record.Record{Kind: kind, Program: record.Program{
		Process: record.Key{TGID: pid}, ExecID: s.exec(pid), Cgroup: cgroup, NSPID: pid % 100, Flags: flags,
		Exe: record.Names(name + "\x00"), Args: []byte(strings.ReplaceAll(args, " ", "\x00") + "\x00"),
	}})
}

func (s *story) exec(pid uint32) uint64 {
	if p := s.table.Find(record.Key{TGID: pid}); p != nil {
		return p.Execs + 1
	}
	return 1
}

func (s *story) check(want ...string) {
	s.t.Helper()
	if got := strings.Join(s.got, "\n"); got != strings.Join(want, "\n") {
		s.t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// TestEnter follows a container from its start, as runc makes it, through a command that is run in it.
func TestEnter(t *testing.T) {
	s := newStory(t)
	launch := func(pid uint32, cgroup uint64, args string) { s.program(record.KindExec, pid, cgroup, args, 0) }
	launch(10, 1, "shim")
	s.fork(10, 11, 1)
	launch(11, 1, "runc create x")
	s.fork(11, 12, 1)
	launch(12, 7, "runc init") // where the runtime makes it in the cgroup
	s.fork(12, 13, 7)
	launch(13, 7, "server --port 80")
	s.fork(13, 14, 7)
	launch(14, 7, "worker")
	launch(13, 7, "runc init") // a program of the container may be called so
	s.fork(10, 15, 1)
	launch(15, 1, "runc exec x")
	s.fork(15, 16, 1)
	launch(16, 1, "runc init")
	s.fork(16, 17, 7)
	launch(17, 7, "sh -i")
	s.fork(17, 18, 7)
	launch(18, 7, "id")
	s.fork(17, 19, 8) // it moves into another container
	launch(19, 8, "sh")
	launch(19, 1, "out")
	s.check("10 shim", "11 runc", "12 runc", "13 server starts own", "14 worker own", "13 runc own", "15 runc", "16 runc",
		"17 sh entered", "18 id entered", "19 sh starts own", "19 out")
}

func TestFoundEntered(t *testing.T) {
	s := newStory(t)
	task := func(pid, parent uint32, cgroup uint64, name string) {
		s.do(record.Record{Kind: record.KindTask, Program: record.Program{
			Process: record.Key{TGID: pid}, Parent: record.Key{TGID: parent}, ExecID: 1, Cgroup: cgroup, NSPID: pid % 100, Exe: record.Names(name + "\x00"),
		}})
	}
	task(50, 0, 1, "shim")
	task(101, 50, 7, "server")
	task(102, 101, 7, "worker")
	task(103, 50, 7, "sh")
	task(104, 103, 7, "id")
	task(105, 50, 8, "sharing") // its PID namespace is the node's: not known
	if err := s.tellRunning(); err != nil {
		t.Fatal(err)
	}
	s.check("50 shim", "101 server own", "102 worker own", "103 sh entered", "104 id entered", "105 sharing")
}

func TestRuntimeWithoutName(t *testing.T) {
	s := newStory(t)
	s.program(record.KindExec, 20, 7, "runc init", record.ExeNameless)
	s.program(record.KindExec, 20, 7, "app", 0)
	s.check("20 runc", "20 app starts own")
}

func TestStartedIsBounded(t *testing.T) {
	var s started
	for i := range maxStarted + 10 {
		if !s.add(fmt.Sprint(i)) || s.add(fmt.Sprint(i)) {
			t.Fatal("not new, or again")
		}
	}
	if len(s.ids) != maxStarted {
		t.Errorf("%d remembered", len(s.ids))
	}
}
