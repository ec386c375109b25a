package bind

import (
	"slices"
	"sync"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// AllEvents is the table of everything that happened: the rows of the tables
// of processes, files, networks, names, API requests and the kernel.
const AllEvents = "events"

// eventTables are the tables whose rows AllEvents has.
var eventTables = []event.Class{
	event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassAudit, event.ClassKernel, event.ClassModule, event.ClassMemory,
}

// Registry returns the catalogue of the store's tables, as the field registry
// declares them, and AllEvents. Columns have the registry's names. It is made
// once, and may be used by several goroutines.
func Registry() Catalog { return stored() }

var stored = sync.OnceValue(func() *registry { return newRegistry(event.Classes(), tableFields) })

// newRegistry makes the catalogue of some tables, each with some fields.
func newRegistry(tables []event.Class, fields func(event.Class) []*event.Field) *registry {
	r := &registry{tables: map[string]*plan.Scan{}}
	var arms []arm
	for _, c := range tables {
		s := &plan.Scan{Table: c, Fields: fields(c)}
		for _, f := range s.Fields {
			s.Cols = append(s.Cols, plan.Column{Name: f.Name, Type: ColumnType(f.Type)})
		}
		s.Fields, s.Cols = slices.Clip(s.Fields), slices.Clip(s.Cols) // who appends to what is shared gets a copy
		r.names = append(r.names, c.String())
		r.tables[c.String()] = s
		if slices.Contains(eventTables, c) {
			arms = append(arms, arm{s, c.String()})
		}
	}
	r.names = append(r.names, AllEvents)
	slices.Sort(r.names)
	r.events = allEvents(arms)
	return r
}

// allEvents is the union of the tables of events.
func allEvents(arms []arm) *plan.Union {
	u := &plan.Union{}
	for i, from := range unionColumns(arms, false, u) {
		p := &plan.Project{In: arms[i].node, Cols: slices.Clip(u.Cols)}
		for j, c := range u.Cols {
			if k := from[j]; k >= 0 {
				p.Exprs = append(p.Exprs, &plan.Col{Index: k, Of: arms[i].node.Columns()[k]})
			} else {
				p.Exprs = append(p.Exprs, &plan.Const{Value: value.Null(c.Type)})
			}
		}
		p.Exprs = slices.Clip(p.Exprs)
		u.In = append(u.In, p)
	}
	u.In, u.Cols = slices.Clip(u.In), slices.Clip(u.Cols)
	return u
}

type registry struct {
	names  []string
	tables map[string]*plan.Scan
	events *plan.Union
}

// Names returns the tables' names in order.
func (r *registry) Names() []string { return r.names }

// Table returns a plan that reads the table. Plans are shared: nobody changes
// them.
func (r *registry) Table(name string) (plan.Node, bool) {
	if name == AllEvents {
		return r.events, true
	}
	s, ok := r.tables[name]
	if !ok {
		return nil, false
	}
	return s, true
}

// tableFields are the stored columns of a table, and the fields that stand at
// one place of its document.
func tableFields(c event.Class) []*event.Field {
	out := event.Columns(c)
	fields := event.Fields()
	for i := range fields {
		f := &fields[i]
		if _, inside := f.DocumentPath(); inside && f.In(c) {
			out = append(out, f)
		}
	}
	return out
}

// ColumnType is the language's type for the values of a field's type.
func ColumnType(t event.Type) value.Type {
	switch t {
	case event.TypeInt:
		return value.TypeLong
	case event.TypeBool:
		return value.TypeBool
	case event.TypeTime:
		return value.TypeDatetime
	case event.TypeStrings, event.TypeJSON:
		return value.TypeDynamic
	}
	return value.TypeString
}
