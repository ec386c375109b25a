package process

import "github.com/lynceus-io/lynceus/collect/sensor/record"

func (t *Table) add(k record.Key, cgroup uint64) *Process {
	p := &Process{Key: k, LoginUID: record.NoLogin}
	t.known[k] = p
	if last := t.latest[k.TGID]; last == nil || last.Start <= k.Start {
		t.latest[k.TGID] = p
	}
	t.join(p, cgroup)
	return p
}

// remove forgets a process. Its children have no parent then.
func (t *Table) remove(p *Process) {
	for c := p.children; c != nil; c = p.children {
		t.disown(c)
	}
	t.part(p)
	delete(t.known, p.Key)
	if t.latest[p.TGID] == p {
		delete(t.latest, p.TGID)
	}
	t.disown(p)
}

// adopt makes parent the parent of p, unless p descends from itself then, which a record can say but no kernel does, or
// parent is nil.
func (t *Table) adopt(p, parent *Process) {
	if parent == nil || parent == p || parent == p.Parent {
		return
	}
	for a := parent; p.children != nil && a != nil; a = a.Parent {
		if a == p {
			return
		}
	}
	t.disown(p)
	p.Parent = parent
	p.sibling = parent.children
	if p.sibling != nil {
		p.sibling.elder = p
	}
	parent.children = p
	t.settle(parent)
}

// disown takes p out of its parent's children.
func (t *Table) disown(p *Process) {
	parent := p.Parent
	if parent == nil {
		return
	}
	if p.elder == nil {
		parent.children = p.sibling
	} else {
		p.elder.sibling = p.sibling
	}
	if p.sibling != nil {
		p.sibling.elder = p.elder
	}
	p.Parent, p.elder, p.sibling = nil, nil, nil
	if parent.group != nil {
		t.settle(parent)
	}
}
