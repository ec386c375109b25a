// Package process keeps what is known of a node's processes: what each one runs, who made it, and who made that one.
// It is fed with the records of the kernel, in their order, and answers from memory.
package process

import "github.com/lynceus-io/lynceus/collect/sensor/record"

// Options bound a Table.
type Options struct {
	// Bytes is how much memory it may take, 16 MiB when 0. What is beyond is forgotten: first processes that have
	// ended, the longest ago first, then the newest of the cgroup that takes most, so that a flood forgets itself.
	Bytes int64
	// Linger is how long a process is kept after its end, in nanoseconds, 10 s when 0. It is kept longer while one
	// lives that descends from it.
	Linger uint64
}

const (
	defaultBytes  = 16 << 20
	defaultLinger = 10e9
	// processBytes is the cost of a process besides its text: the struct, its place in the map.
	processBytes = 512
)

// Table is the memory of processes. It is for one goroutine.
type Table struct {
	options Options
	known   map[record.Key]*Process
	latest  map[uint32]*Process // by number, the last that had it
	groups  map[uint64]*group
	ended   list // those without children, in the order in which they came to that
	bytes   int64
	evicted uint64
	scratch []byte
	texts   texts
}

// NewTable returns an empty table.
func NewTable(o Options) *Table {
	if o.Bytes <= 0 {
		o.Bytes = defaultBytes
	}
	if o.Linger == 0 {
		o.Linger = defaultLinger
	}
	return &Table{options: o, known: map[record.Key]*Process{}, latest: map[uint32]*Process{}, groups: map[uint64]*group{}, texts: newTexts()}
}

// Find returns a process, nil when it is not known.
func (t *Table) Find(k record.Key) *Process { return t.known[k] }

// FindNear returns a process of that number whose start is less than a difference after the one given, nil when none is
// known. It looks at every process: it is not for what happens often.
func (t *Table) FindNear(k record.Key, within uint64) *Process {
	for have, p := range t.known {
		if have.TGID == k.TGID && have.Start >= k.Start && have.Start-k.Start < within {
			return p
		}
	}
	return nil
}

// Each calls f with each process that is known. f must not feed the table.
func (t *Table) Each(f func(*Process)) {
	for _, p := range t.known {
		f(p)
	}
}

// Latest returns the process that has a number, or had it last; nil when none is known.
func (t *Table) Latest(tgid uint32) *Process { return t.latest[tgid] }

// Len returns how many processes are known, those that have ended included.
func (t *Table) Len() int { return len(t.known) }

// Bytes returns about how much memory they take.
func (t *Table) Bytes() int64 { return t.bytes }

// Evicted returns how many processes were forgotten before their time, for want of memory.
func (t *Table) Evicted() uint64 { return t.evicted }

// Fork takes in a new process.
func (t *Table) Fork(f *record.Fork) {
	parent := t.known[f.Parent]
	p := t.known[f.Child]
	if p == nil {
		p = t.add(f.Child, f.Cgroup)
		p.execID = f.ExecBase
		if parent != nil {
			p.inherit(parent)
			t.grow(p, p.bytes()-processBytes)
		}
	}
	// One that was found running has its parent and its count from what was there to see; this is better.
	p.execBase = f.ExecBase
	p.Execs = p.execID - f.ExecBase
	t.adopt(p, parent)
	t.shrink()
}

// Exec takes in that a process runs another program, and says what it is now. When the table knows already that it has
// gone on to a later program, that stays, and the answer is a copy that stands for the earlier one.
func (t *Table) Exec(r *record.Program) *Process {
	p := t.known[r.Process]
	if p == nil {
		p = t.add(r.Process, r.Cgroup)
		p.execBase = r.ExecID - 1
		t.adopt(p, t.known[r.Parent])
	}
	if r.ExecID < p.execID {
		earlier := *p
		t.take(&earlier, r)
		earlier.Execs = r.ExecID - p.execBase
		return &earlier
	}
	t.describe(p, r)
	p.Execs = r.ExecID - p.execBase
	t.shrink()
	return p
}

// Found takes in a process that runs already. It returns nil when the process is known better.
func (t *Table) Found(r *record.Program) *Process {
	p := t.known[r.Process]
	if p != nil && (p.Known || p.Ended != 0) {
		return nil
	}
	if p == nil {
		p = t.add(r.Process, r.Cgroup)
	}
	if p.Parent == nil {
		t.adopt(p, t.known[r.Parent])
	}
	t.describe(p, r)
	p.Execs = 1
	if r.Flags&(record.NeverExecuted|record.KernelThread) != 0 {
		p.Execs = 0
	}
	p.execBase = r.ExecID - p.Execs
	t.shrink()
	return p
}

// Relate makes one process the parent of another that has none, if both are known.
func (t *Table) Relate(child, parent record.Key) {
	if p := t.known[child]; p != nil && p.Parent == nil {
		t.adopt(p, t.known[parent])
	}
}

// Exit takes in that a process has ended, at a time in nanoseconds since the boot. It returns nil when that is known
// already: two threads that end at once may both have been the last.
func (t *Table) Exit(x *record.Exit, at uint64) *Process {
	t.Expire(at)
	p := t.known[x.Process]
	if p == nil {
		p = t.add(x.Process, x.Cgroup)
		p.Comm = string(x.Comm)
		p.execID, p.execBase = x.ExecID, x.ExecID
		t.grow(p, int64(len(p.Comm)))
	}
	if p.Ended != 0 {
		return nil
	}
	p.Ended = max(at, 1)
	t.settle(p)
	t.shrink()
	return p
}

// Expire forgets those processes that have ended longer than Linger before now, in nanoseconds since the boot, and have
// no descendant that lives.
func (t *Table) Expire(now uint64) {
	for p := t.ended.first; p != nil && p.Ended+t.options.Linger < now; p = t.ended.first {
		t.remove(p)
	}
}

// describe gives a process what a record says of it.
func (t *Table) describe(p *Process, r *record.Program) {
	before := p.bytes()
	t.take(p, r)
	t.grow(p, p.bytes()-before)
	t.join(p, r.Cgroup)
}

// shrink forgets processes until there is room.
func (t *Table) shrink() {
	for t.bytes > t.options.Bytes {
		p := t.ended.first
		if p == nil {
			p = t.heaviest().held.last
		}
		t.evicted++
		t.remove(p)
	}
}

// Credentials takes in as whom a process acts from now on.
func (t *Table) Credentials(p *Process, c Credentials) {
	p.Caps, p.EUID, p.UID, p.EGID = c.Caps, c.EUID, c.UID, c.EGID
}
