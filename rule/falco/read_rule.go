package falco

import (
	"slices"
)

// What of a rule can be overridden by a later item of the same name.
var (
	appendable  = []string{"condition", "output", "desc", "tags", "exceptions"}
	replaceable = []string{"condition", "output", "desc", "tags", "exceptions", "priority", "enabled", "warn_evttypes", "skip-if-unknown-filter", "capture", "capture_duration"}
	ruleKeys    = append([]string{"rule", "source", "append", "override"}, replaceable...)
)

// readRule reads a rule, or a change of an earlier one.
func (l *loader) readRule(f *form) {
	if f.name = f.text("rule"); f.bad {
		return
	}
	f.unknownKeys(ruleKeys...)
	o := f.overrides(appendable, replaceable)
	add := f.appendFlag(o)
	old := l.rules[f.name]
	switch {
	case f.bad:
	case o.any():
		f.override(old, o)
	case add:
		f.change(old, "append", slices.DeleteFunc([]string{"condition", "exceptions"}, func(key string) bool { return member(f.node, key) == nil }))
	case !f.hasAny("condition", "output", "desc", "priority"):
		f.enable(old)
	default:
		f.define(old)
	}
}

func (f *form) hasAny(keys ...string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return member(f.node, key) != nil })
}

// enable reads the older way of switching an earlier rule on or off.
func (f *form) enable(old *item) {
	if f.scalar("enabled") == nil {
		return
	}
	on := f.flag("enabled", true)
	f.warnAt(f.node, codeDeprecated, "enabled", "write override: {enabled: replace}", "this way of switching a rule will go away")
	if old == nil {
		f.failAt(f.node, codeItem, "enabled", "define it before", "there is no earlier rule of this name to switch")
		return
	}
	old.enabled = on
}

// define reads a whole rule, in place of an earlier one.
func (f *form) define(old *item) {
	at := f.file.at(f.node)
	r := &item{name: f.name, place: at, source: sourceSyscall}
	r.cond, r.output, r.desc = f.longText("condition"), f.longText("output"), f.text("desc")
	r.priority = f.priority()
	if member(f.node, "source") != nil {
		r.source = f.text("source")
	}
	r.enabled, r.warnTypes = f.flag("enabled", true), f.flag("warn_evttypes", true)
	r.skipUnknown = f.flag("skip-if-unknown-filter", false)
	r.tags = f.texts("tags", false)
	r.exceptions = f.exceptions(false)
	if f.bad {
		return
	}
	if old != nil && old.source != r.source {
		f.failAt(f.node, codeItem, "source", "give it another name", "an earlier rule of this name is of source %s", old.source)
		return
	}
	if r.unknown = !isSource(r.source); r.unknown {
		f.lack(f.problem(at, codeUnknownSource, "source", "", "no event of Lynceus is of source %s", r.source))
	}
	for _, x := range r.exceptions {
		f.checkException(x, r.unknown)
	}
	if r.broken = f.bad; old != nil {
		*old = *r
		return
	}
	f.rules[r.name] = r
	f.ruleOrder = append(f.ruleOrder, r)
}

func (f *form) priority() priority {
	v := f.scalar("priority")
	if v == nil {
		return 0
	}
	p, ok := parsePriority(v.Value)
	if !ok {
		f.failAt(v, codeForm, "priority", "write one of emergency, alert, critical, error, warning, notice, informational, debug", "%q is no priority", v.Value)
	}
	return p
}

// override reads an item that says which members it appends and replaces.
func (f *form) override(old *item, o overrides) {
	for i := 0; i+1 < len(f.node.Content); i += 2 {
		key := f.node.Content[i]
		named := slices.Contains(o.appends, key.Value) || slices.Contains(o.replaces, key.Value)
		if slices.Contains(replaceable, key.Value) && !named {
			f.failAt(key, codeForm, "override", "write below override whether to append or to replace it", "override does not say what to do with %s", key.Value)
		}
	}
	for _, key := range slices.Concat(o.appends, o.replaces) {
		if member(f.node, key) == nil {
			f.failAt(f.node, codeForm, "override", "", "override names %s, which is not given", key)
		}
	}
	if f.bad {
		return
	}
	if len(o.appends) > 0 {
		f.change(old, "append", o.appends)
	}
	if len(o.replaces) > 0 && !f.bad {
		f.change(old, "replace", o.replaces)
	}
}

// change appends members to those of an earlier rule or puts them in their
// place.
func (f *form) change(old *item, how string, keys []string) {
	if old == nil {
		f.failAt(f.node, codeItem, how, "define it before", "there is no earlier rule of this name to %s", map[string]string{"append": "append to", "replace": "change"}[how])
		return
	}
	if len(keys) == 0 {
		f.failAt(f.node, codeItem, how, "give a condition or exceptions", "it gives nothing to append")
		return
	}
	for _, key := range keys {
		if how == "append" {
			f.appendTo(old, key)
		} else {
			f.replaceIn(old, key)
		}
	}
	old.broken = old.broken || f.bad
}

func (f *form) appendTo(old *item, key string) {
	switch key {
	case "condition":
		if t := f.longText(key); !f.bad {
			old.cond.append(t)
		}
	case "output":
		if t := f.longText(key); !f.bad {
			old.output.append(t)
		}
	case "desc":
		old.desc += " " + f.text(key)
	case "tags":
		for _, tag := range f.texts(key, false) {
			if !slices.Contains(old.tags, tag) {
				old.tags = append(old.tags, tag)
			}
		}
	case "exceptions":
		for _, x := range f.exceptions(true) {
			f.appendException(old, x)
		}
	}
}

func (f *form) replaceIn(old *item, key string) {
	switch key {
	case "condition":
		old.cond = f.longText(key)
	case "output":
		old.output = f.longText(key)
	case "desc":
		old.desc = f.text(key)
	case "tags":
		old.tags = f.texts(key, false)
	case "priority":
		old.priority = f.priority()
	case "enabled":
		old.enabled = f.flag(key, true)
	case "warn_evttypes":
		old.warnTypes = f.flag(key, true)
	case "skip-if-unknown-filter":
		old.skipUnknown = f.flag(key, false)
	case "exceptions":
		if old.exceptions = f.exceptions(false); !f.bad {
			for _, x := range old.exceptions {
				f.checkException(x, old.unknown)
			}
		}
	}
}
