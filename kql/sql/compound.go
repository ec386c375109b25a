package sql

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
)

// pushUnion writes a union as UNION ALL where all of its inputs have SQL. The
// latest rows of several tables are several statements for DuckDB, whose
// engine looks for them in the newest segments first.
func (s *splitter) pushUnion(n *plan.Union) part {
	parts := make([]part, len(n.In))
	whole, latest := true, s.d == DuckDB
	for i, in := range n.In {
		parts[i] = s.push(in)
		whole = whole && parts[i].rel != nil
		latest = latest && whole && parts[i].rel.newest() > 0
	}
	if whole && !latest && len(parts) > 0 {
		if r, ok := s.union(n, parts); ok {
			return part{rel: r, cols: n.Cols}
		}
	}
	out := &plan.Union{Cols: n.Cols}
	for _, p := range parts {
		out.In = append(out.In, s.local(p))
	}
	return part{node: out, cols: n.Cols}
}

func (s *splitter) union(n *plan.Union, parts []part) (*relation, bool) {
	rs := make([]*relation, len(parts))
	names := make([]string, len(n.Cols))
	out := &relation{limit: -1}
	for i, c := range n.Cols {
		names[i] = s.name("c")
		e := s.plain(c.Type, names[i])
		e.notNull, e.finite = true, true
		e.lo, e.hi = 0, 0
		for j, p := range parts {
			have := p.rel.cols[i]
			if have.typ != c.Type || have.virtual {
				return nil, false
			}
			e.notNull, e.finite = e.notNull && have.notNull, e.finite && have.finite
			if j == 0 {
				e.lo, e.hi = have.lo, have.hi
			}
			e.lo, e.hi = min(e.lo, have.lo), max(e.hi, have.hi)
		}
		out.cols = append(out.cols, e)
	}
	texts := make([]string, len(parts))
	for j, p := range parts {
		r := s.unlimited(p.rel)
		rs[j] = r
		list := make([]string, len(n.Cols))
		for i, c := range r.cols {
			name := names[i]
			if j > 0 {
				name = s.name("c")
			}
			list[i] = c.sql + " AS " + name
		}
		if len(list) == 0 {
			list = append(list, "1 AS "+s.name("c"))
		}
		var b strings.Builder
		b.WriteString("SELECT " + strings.Join(list, ", "))
		s.tail(&b, r, false)
		texts[j] = b.String()
	}
	out.from = "(" + strings.Join(texts, " UNION ALL ") + ")"
	out.with = mergeWith(rs...)
	return out, true
}

// pushLet writes what a Let computes as a common table where it has SQL.
func (s *splitter) pushLet(n *plan.Let) part {
	in := s.push(n.In)
	if in.rel != nil {
		s.shared[n.Name] = s.commonTable(in.rel)
		body := s.push(n.Body)
		delete(s.shared, n.Name)
		return body
	}
	return part{node: &plan.Let{Name: n.Name, In: in.node, Body: s.local(s.push(n.Body))}, cols: n.Columns()}
}

// commonTable makes r a common table, and returns a relation that reads it.
func (w *writer) commonTable(r *relation) *relation {
	sealed := w.seal(r)
	name := w.name("w")
	text := strings.TrimSuffix(strings.TrimPrefix(sealed.from, "("), ")")
	out := *sealed
	out.from, out.scan, out.latest = name, nil, false
	out.with = append(append([]*common(nil), r.with...), &common{name: name, text: text})
	return &out
}
