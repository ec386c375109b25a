package torule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

// encodeCases writes the tests of a rule; nil for none.
func encodeCases(cases []Case) (*yaml.Node, error) {
	if len(cases) == 0 {
		return nil, nil
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, c := range cases {
		o := &object{}
		o.put("name", c.Name)
		o.put("match", c.Match)
		for _, part := range []struct {
			name string
			of   []Sample
		}{{"history", c.History}, {"events", c.Events}} {
			if len(part.of) == 0 {
				continue
			}
			events := &yaml.Node{Kind: yaml.SequenceNode}
			for _, s := range part.of {
				n, err := s.encode()
				if err != nil {
					return nil, fmt.Errorf("test %q: %w", c.Name, err)
				}
				events.Content = append(events.Content, n)
			}
			o.put(part.name, events)
		}
		list.Content = append(list.Content, o.node())
	}
	return list, nil
}

// encode writes an event in one line, its numbers as they stand.
func (s Sample) encode() (*yaml.Node, error) {
	dec := json.NewDecoder(bytes.NewReader(s.Document))
	dec.UseNumber()
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("an event is no JSON object: %w", err)
	}
	if s.Repeat > 1 {
		doc["_repeat"] = s.Repeat
	}
	n := tree(doc)
	n.Style = yaml.FlowStyle
	return n, nil
}

// tree is a JSON value as YAML, with the members of objects by name.
func tree(v any) *yaml.Node {
	switch v := v.(type) {
	case map[string]any:
		n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			n.Content = append(n.Content, scalar(k), tree(v[k]))
		}
		return n
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, x := range v {
			n.Content = append(n.Content, tree(x))
		}
		return n
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	}
	return scalar(v)
}
