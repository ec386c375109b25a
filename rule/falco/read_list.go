package falco

import "strings"

// readList reads a list.
func (l *loader) readList(f *form) {
	if f.name = f.text("list"); f.bad {
		return
	}
	f.unknownKeys("list", "items", "append", "override")
	if strings.ContainsAny(f.name, "()\"'=, \t\r\n") {
		f.warnAt(member(f.node, "list"), codeListName, "name", "", "a name with blanks or any of ()\"'=, can be used nowhere")
	}
	items := f.texts("items", true)
	o := f.overrides([]string{"items"}, []string{"items"})
	add := f.appendFlag(o) || len(o.appends) > 0
	if f.bad {
		return
	}
	old := l.lists[f.name]
	switch {
	case add && old == nil:
		f.failAt(f.node, codeItem, "append", "define it before", "there is no earlier list of this name to append to")
	case add:
		old.items = append(old.items, items...)
	case old != nil:
		old.items, old.place = items, l.file.at(f.node)
	default:
		n := &list{name: f.name, place: l.file.at(f.node), items: items}
		l.lists[n.name] = n
		l.listOrder = append(l.listOrder, n)
	}
}
