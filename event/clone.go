package event

import "strings"

// Clone returns a copy of e that shares no memory with it.
func (e *Event) Clone() *Event {
	c := &Event{Class: e.Class, set: e.set, ints: e.ints}
	if e.Raw != nil {
		c.Raw = append([]byte(nil), e.Raw...)
	}
	for i := range registry {
		id := registry[i].ID
		if !e.Has(id) {
			continue
		}
		switch s := slots[id]; s.kind {
		case slotString:
			c.strs[s.at] = strings.Clone(e.strs[s.at])
		case slotList:
			list := make([]string, len(e.strss[s.at]))
			for j, w := range e.strss[s.at] {
				list[j] = strings.Clone(w)
			}
			c.strss[s.at] = list
		}
	}
	return c
}
