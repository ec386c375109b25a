package process

// list is a queue of processes. A process is in one at most.
type list struct{ first, last *Process }

func (l *list) push(p *Process) {
	p.queue, p.previous, p.behind = l, l.last, nil
	if l.last == nil {
		l.first = p
	} else {
		l.last.behind = p
	}
	l.last = p
}

// leave takes the process out of the queue that it is in, if any.
func (p *Process) leave() {
	l := p.queue
	if l == nil {
		return
	}
	if p.previous == nil {
		l.first = p.behind
	} else {
		p.previous.behind = p.behind
	}
	if p.behind == nil {
		l.last = p.previous
	} else {
		p.behind.previous = p.previous
	}
	p.queue, p.previous, p.behind = nil, nil, nil
}

// group is a cgroup with the processes that it has, and what they cost.
type group struct {
	cgroup  uint64
	held    list // those that run and those that have descendants
	members int
	bytes   int64
}

// join makes p a member of a cgroup, instead of the one that it is in.
func (t *Table) join(p *Process, cgroup uint64) {
	if p.group != nil && p.group.cgroup == cgroup {
		return
	}
	t.part(p)
	g := t.groups[cgroup]
	if g == nil {
		g = &group{cgroup: cgroup}
		t.groups[cgroup] = g
	}
	g.members++
	g.bytes += p.bytes()
	t.bytes += p.bytes()
	p.group, p.Cgroup = g, cgroup
	t.settle(p)
}

// part takes p out of its cgroup.
func (t *Table) part(p *Process) {
	g := p.group
	if g == nil {
		return
	}
	p.leave()
	g.bytes -= p.bytes()
	t.bytes -= p.bytes()
	p.group = nil
	if g.members--; g.members == 0 {
		delete(t.groups, g.cgroup)
	}
}

// grow accounts for text that a member has got, or has lost.
func (t *Table) grow(p *Process, bytes int64) {
	p.group.bytes += bytes
	t.bytes += bytes
}

// heaviest returns the cgroup that takes most among those that hold a process. There is one when any process is known
// that is not in the queue of those that have ended.
func (t *Table) heaviest() *group {
	var most *group
	for _, g := range t.groups {
		if g.held.last != nil && (most == nil || g.bytes > most.bytes) {
			most = g
		}
	}
	return most
}

// settle puts a process into the queue that it belongs to.
func (t *Table) settle(p *Process) {
	want := &p.group.held
	if p.Ended != 0 && p.children == nil {
		want = &t.ended
	}
	if p.queue != want {
		p.leave()
		want.push(p)
	}
}
