package ocsf

import (
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// layOut returns how events of table c are written as documents of class k:
// each field at its path, completed by what OCSF requires. The members that
// head has are not among it.
func layOut(c event.Class, k class, productVersion string) object {
	root := object{required: true}
	for _, name := range k.requires {
		root.child(step{name: name}).required = true
	}
	fields := event.Fields()
	for i := range fields {
		f := &fields[i]
		if f.Origin != event.Derived && f.In(c) && f.OCSF != "activity_name" {
			root.place(f, k)
		}
	}
	root.complete("", c)
	common := Metadata(productVersion)
	common["profiles"] = k.profiles()
	m := root.child(step{name: "metadata"})
	m.required = true
	for _, name := range slices.Sorted(maps.Keys(common)) {
		m.fillers = append(m.fillers, filler{key: key(name), constant: constant(common[name])})
	}
	if k.name == base.name {
		u := root.child(step{name: unmapped})
		u.fillers = append(u.fillers, filler{key: key("table"), constant: constant(c.String())})
	}
	return root
}

// place adds a field: where the registry says, if the class has such a place,
// and below unmapped what does not fit there.
func (o *object) place(f *event.Field, k class) {
	path := parsePath(f.OCSF)
	if path[0].name == unmapped {
		o.put(path, member{id: f.ID, write: writerFree(f.Type)})
		return
	}
	elsewhere := parsePath(unmapped + "." + f.Name)
	if !k.has(path[0].name) {
		o.put(elsewhere, member{id: f.ID, write: writerFree(f.Type)})
		return
	}
	last := path[len(path)-1].name
	write, fits := writerAt(f.Type, last)
	o.put(path, member{id: f.ID, write: write, fits: fits})
	if f.Type == event.TypeTime {
		beside := slices.Clone(path)
		beside[len(beside)-1].name = last + "_dt"
		o.put(beside, member{id: f.ID, write: writeTime, fits: fits})
	}
	if fits != nil {
		o.put(elsewhere, member{id: f.ID, write: writerFree(f.Type), fits: fits, misfit: true})
	}
}

// put adds a value at a path.
func (o *object) put(path []step, m member) {
	for i, s := range path[:len(path)-1] {
		if s.each {
			m.name, m.key = s.name, key(s.name)
			m.write = writeList(opening(path[i+1:]), strings.Repeat("}", len(path)-i-1))
			o.members = append(o.members, m)
			return
		}
		o = o.child(s)
	}
	m.name = path[len(path)-1].name
	m.key = key(m.name)
	o.members = append(o.members, m)
}

// opening is what stands before a value inside an element of a list.
func opening(path []step) string {
	var b strings.Builder
	for _, s := range path {
		b.WriteString("{" + key(s.name))
	}
	return b.String()
}

// child returns the object that is the member s of o, and makes it if there
// is none.
func (o *object) child(s step) *object {
	for i := range o.members {
		if m := &o.members[i]; m.name == s.name && m.inner != nil {
			return m.inner
		}
	}
	m := member{name: s.name, key: key(s.name), inner: &object{}}
	if s.first {
		m.key, m.end = m.key+"[", "]"
	}
	o.members = append(o.members, m)
	return m.inner
}

// complete adds the fillers of o, which stands at path at in documents of
// table c, and of the objects in it.
func (o *object) complete(at string, c event.Class) {
	for i := range completions {
		if x := &completions[i]; x.isFor(at, c) {
			o.fillers = append(o.fillers, filler{
				key: key(x.name), unless: o.bits(append(x.unless, x.name)), id: o.source(x), write: x.write, constant: x.constant,
			})
		}
	}
	for i := range o.members {
		if m := &o.members[i]; m.inner != nil && m.name != unmapped {
			m.inner.complete(strings.TrimPrefix(at+"."+m.name, "."), c)
		}
	}
}

// source returns the field that a member is made from: a given one, or the
// one that stands beside it.
func (o *object) source(x *completion) event.FieldID {
	for i := range o.members {
		if m := &o.members[i]; x.beside != "" && m.name == x.beside {
			return m.id
		}
	}
	return x.from
}

// bits returns the bits of the members with those names, and gives them one
// where they have none.
func (o *object) bits(names []string) uint64 {
	used, out := uint64(0), uint64(0)
	for i := range o.members {
		used |= o.members[i].bit
	}
	for i := range o.members {
		m := &o.members[i]
		if !slices.Contains(names, m.name) {
			continue
		}
		if m.bit == 0 {
			m.bit = used + 1 // the next: the bits in use are the lowest
			used |= m.bit
		}
		out |= m.bit
	}
	return out
}

// key is the name of a member as JSON, with the colon.
func key(name string) string { return constant(name) + ":" }
