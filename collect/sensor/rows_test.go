//go:build linux

package sensor

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/users"
	"github.com/lynceus-io/lynceus/event"
)

// newRows returns rows that are fed by hand, at 1,000 s after 1970 on a node that was booted then.
func newRows(emit func(*event.Event) error) *rows {
	return &rows{
		users: users.New("/nowhere", time.Now),
		node:  Node{ClusterUID: "c", UID: "n"}, bootID: "b", clock: clock{now: func() time.Time { return time.Unix(2000, 0) }, offset: 1000e9},
		table: process.NewTable(process.Options{}), cgroups: newCgroups(func(uint64) error { return nil }),
		caps: capabilities{}, hasher: event.NewUIDHasher(), sequence: 5, emit: emit, network: newNetwork(nil),
	}
}

func TestRowsOfAnEnd(t *testing.T) {
	var got []event.Event
	r := newRows(func(e *event.Event) error { got = append(got, *e.Clone()); return nil })
	p := record.Program{Process: record.Key{TGID: 7, Start: 3}, ExecID: 1, Comm: []byte("sh"), Caps: 1<<21 | 1, LoginUID: record.NoLogin}
	r.record = record.Record{Kind: record.KindExec, Time: 5e9, Program: p}
	steps := []func(){
		func() {},
		func() {
			r.record.Kind, r.record.Exit = record.KindExit, record.Exit{Process: p.Process, Status: 7 << 8}
		},
		func() {}, // a second thread that was the last
	}
	for _, step := range steps {
		step()
		if err := r.apply(); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 2 || r.repeated != 1 {
		t.Fatalf("%d rows, %d repeated", len(got), r.repeated)
	}
	launch, end := &got[0], &got[1]
	if caps := event.ProcessCapabilitiesEffective.Get(launch); len(caps) != 2 || caps[0] != "CAP_CHOWN" || caps[1] != "CAP_SYS_ADMIN" {
		t.Errorf("capabilities %q", caps)
	}
	if event.Time.Get(launch) != 1005e9 || event.ReceivedTime.Get(launch) != 2000e9 || event.ActorUserLoginUID.Has(launch) {
		t.Errorf("times %d, %d; login %v", event.Time.Get(launch), event.ReceivedTime.Get(launch), event.ActorUserLoginUID.Has(launch))
	}
	if event.SyscallName.Has(end) {
		t.Error("an end is of no system call, which package need relies on")
	}
	if code, _ := event.ExitCode.Get(end); code != 7 || event.ExitSignal.Has(end) {
		t.Errorf("exit code %d", code)
	}
	h := event.NewUIDHasher()
	if want := h.Sum("sensor", "c", "n", "b", "6").String(); event.MetadataUID.Get(launch) != want {
		t.Errorf("identity %s, want %s", event.MetadataUID.Get(launch), want)
	}
	if want := (event.Process{ClusterUID: "c", NodeUID: "n", BootID: "b", TGID: 7, Start: 3}).UID(h).String(); event.ProcessUID.Get(end) != want {
		t.Errorf("process %s, want %s", event.ProcessUID.Get(end), want)
	}
}

// Where nobody wants their rows, it is known all the same that processes end.
func TestNoEnds(t *testing.T) {
	var got []string
	r := newRows(func(e *event.Event) error { got = append(got, event.Activity.Get(e)); return nil })
	r.noEnds = true
	key := record.Key{TGID: 7, Start: 3}
	for _, one := range []record.Record{
		{Kind: record.KindExec, Time: 5e9, Program: record.Program{Process: key, ExecID: 1, Comm: []byte("sh"), LoginUID: record.NoLogin}},
		{Kind: record.KindExit, Time: 6e9, Exit: record.Exit{Process: key}},
	} {
		r.record = one
		if err := r.apply(); err != nil {
			t.Fatal(err)
		}
	}
	if p := r.table.Find(key); len(got) != 1 || got[0] != activityLaunch || p == nil || p.Ended != 6e9 {
		t.Errorf("rows %q, process %+v", got, p)
	}
}

func TestForkedOnlyHasNoRow(t *testing.T) {
	r := newRows(func(*event.Event) error { t.Error("a row"); return nil })
	r.record = record.Record{Kind: record.KindFork, Fork: record.Fork{Child: record.Key{TGID: 7}}}
	if err := r.apply(); err != nil {
		t.Fatal(err)
	}
	r.record = record.Record{Kind: record.KindExit, Time: 1, Exit: record.Exit{Process: record.Key{TGID: 7}}}
	if err := r.apply(); err != nil {
		t.Fatal(err)
	}
}

func TestCgroupsAreBounded(t *testing.T) {
	var forgotten []uint64
	c := newCgroups(func(id uint64) error { forgotten = append(forgotten, id); return nil })
	for id := range uint64(maxCgroups + 10) {
		for range 2 { // told by two hooks
			if err := c.take(&record.Cgroup{ID: id + 1, Names: record.Names("a\x00")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(c.known) != maxCgroups || len(forgotten) != 10 || forgotten[9] != 10 {
		t.Errorf("%d known, forgotten %v", len(c.known), forgotten)
	}
	if _, ok := c.known[maxCgroups+10]; !ok {
		t.Error("the last is not known")
	}
}

// FuzzRows feeds records that no kernel would send, in any order.
func FuzzRows(f *testing.F) {
	f.Add([]byte{20, 144, 21, 200}, []byte("\x01\x00\x00\x00name\x00\x35\x00\x11"))
	f.Add([]byte{1, 56, 2, 152, 3, 64, 4, 160, 5, 40}, []byte("\x07\x00\x00\x00name\x00"))
	f.Fuzz(func(t *testing.T, script, filling []byte) {
		r := newRows(func(e *event.Event) error {
			if e.Class == event.ClassProcess && event.ProcessUID.Get(e) == "" || event.MetadataUID.Get(e) == "" {
				t.Error("a row without identity")
			}
			return nil
		})
		for i := 0; i+1 < len(script) && i < 100; i += 2 {
			b := make([]byte, 16+int(script[i+1]))
			for at := 16; at < len(b) && len(filling) > 0; at++ {
				b[at] = filling[(at+i)%len(filling)]
			}
			binary.LittleEndian.PutUint32(b, uint32(script[i]%24))
			binary.LittleEndian.PutUint32(b[4:], uint32(len(b)))
			_ = r.take(b)
		}
	})
}

func BenchmarkLaunch(b *testing.B) {
	r := newRows(func(*event.Event) error { return nil })
	r.cgroups.known[1] = container.ID{Container: "c", PodUID: "p"}
	r.record.Program = record.Program{
		Cgroup: 1, Exe: record.Names("ls\x00bin\x00usr\x00"), CWD: record.Names("tmp\x00"), Args: []byte("ls\x00-l\x00/tmp\x00"),
		Comm: []byte("ls"), Caps: 1<<41 - 1, ArgsTotal: 11,
	}
	b.ReportAllocs()
	for i := uint64(2); b.Loop(); i++ {
		k := record.Key{TGID: uint32(i), Start: i}
		r.record.Time = i * 1e8
		r.record.Kind, r.record.Program.Process, r.record.Program.ExecID = record.KindExec, k, 1
		if err := r.apply(); err != nil {
			b.Fatal(err)
		}
		r.record.Kind, r.record.Exit.Process = record.KindExit, k
		if err := r.apply(); err != nil {
			b.Fatal(err)
		}
	}
}

// TestParentFoundAfterChild lists a child before its parent, as the kernel does when numbers have begun anew.
func TestParentFoundAfterChild(t *testing.T) {
	var got []event.Event
	r := newRows(func(e *event.Event) error { got = append(got, *e.Clone()); return nil })
	parent, child := record.Key{TGID: 900, Start: 3}, record.Key{TGID: 7, Start: 4}
	for _, p := range []record.Program{
		{Process: child, Parent: parent, ExecID: 1, Exe: record.Names("child\x00")},
		{Process: parent, ExecID: 1, Exe: record.Names("parent\x00")},
	} {
		r.record = record.Record{Kind: record.KindTask, Program: p}
		if err := r.apply(); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.tellRunning(); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 {
		t.Fatalf("%d rows", len(got))
	}
	if lineage := event.ProcessAncestryPath.Get(&got[1]); len(lineage) != 1 || lineage[0] != "/parent" {
		t.Errorf("the child's ancestors are %q", lineage)
	}
}
