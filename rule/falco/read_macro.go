package falco

// readMacro reads a macro.
func (l *loader) readMacro(f *form) {
	if f.name = f.text("macro"); f.bad {
		return
	}
	f.unknownKeys("macro", "condition", "append", "override")
	if end := nameEnd(f.name, 0); end < len(f.name) {
		f.warnAt(member(f.node, "macro"), codeMacroName, "name", "", "a name that is not a letter, then letters, digits and underscores, can be used nowhere")
	}
	cond := f.longText("condition")
	o := f.overrides([]string{"condition"}, []string{"condition"})
	add := f.appendFlag(o) || len(o.appends) > 0
	if f.bad {
		return
	}
	old := l.macros[f.name]
	l.count++
	switch {
	case add && old == nil:
		f.failAt(f.node, codeItem, "append", "define it before", "there is no earlier macro of this name to append to")
	case add:
		old.cond.append(cond)
		old.changed = l.count
	case old != nil:
		old.cond, old.place, old.changed = cond, l.file.at(f.node), l.count
	default:
		m := &macro{name: f.name, place: l.file.at(f.node), cond: cond, defined: l.count, changed: l.count}
		l.macros[m.name] = m
		l.macroOrder = append(l.macroOrder, m)
	}
}
