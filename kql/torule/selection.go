package torule

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// detection writes a condition as Sigma has it: named selections, and a line
// that joins them.
type detection struct {
	selections []*yaml.Node // names and selections in turn
	used       map[string]bool
}

// name returns a name for a selection that is not used yet.
func (d *detection) name(of string) string {
	if d.used == nil {
		d.used = map[string]bool{}
	}
	name := of
	for i := 2; d.used[name]; i++ {
		name = fmt.Sprintf("%s_%d", of, i)
	}
	d.used[name] = true
	return name
}

// add adds a selection and returns its name.
func (d *detection) add(of string, n *yaml.Node) string {
	name := d.name(of)
	d.selections = append(d.selections, scalar(name), n)
	return name
}

// write returns the condition line of x, adding the selections that it names.
// within is how the line is joined with others, Test for alone.
func (d *detection) write(x *Cond, of string, within CondKind) string {
	switch x.Kind {
	case Test:
		return d.add(of, mapping(x))
	case Not:
		return "not " + d.write(x.X[0], "not_"+strings.TrimPrefix(of, "not_"), Not)
	case Or:
		if line, ok := d.alternatives(x, of); ok {
			return line
		}
	}
	var parts []string
	if x.Kind == And {
		var same, rest []*Cond
		keys := map[string]bool{}
		for _, p := range x.X {
			if p.Kind == Test && !keys[p.Key] {
				keys[p.Key] = true
				same = append(same, p)
			} else {
				rest = append(rest, p)
			}
		}
		if len(same) > 0 {
			parts = append(parts, d.add(of, mapping(same...)))
		}
		x = &Cond{Kind: And, X: rest}
	}
	for _, p := range x.X {
		parts = append(parts, d.write(p, of, x.Kind))
	}
	word := " and "
	if x.Kind == Or {
		word = " or "
	}
	line := strings.Join(parts, word)
	if len(parts) > 1 && within != Test && within != x.Kind {
		line = "(" + line + ")"
	}
	return line
}

// alternatives writes an "or" of tests as one selection: a list of which any
// may hold.
func (d *detection) alternatives(x *Cond, of string) (string, bool) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, p := range x.X {
		if p.Kind != Test {
			return "", false
		}
		list.Content = append(list.Content, mapping(p))
	}
	return d.add(of, list), true
}

// mapping writes tests that must all hold.
func mapping(tests ...*Cond) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for _, t := range tests {
		m.Content = append(m.Content, scalar(t.Key), values(t.Values))
	}
	return m
}

func values(list []any) *yaml.Node {
	if len(list) == 1 {
		return scalar(list[0])
	}
	s := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range list {
		s.Content = append(s.Content, scalar(v))
	}
	return s
}

// scalar writes a text, a number, true or false. Texts that could be taken
// for something else are quoted.
func scalar(v any) *yaml.Node {
	n := &yaml.Node{}
	if n.Encode(v) != nil { // no scalar fails
		n.SetString(fmt.Sprint(v))
	}
	return n
}
