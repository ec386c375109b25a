package falco

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Sources of events, as rules name them.
const (
	sourceSyscall = "syscall"
	sourceAudit   = "k8s_audit"
)

// tables are the tables whose rows are events of a source.
var tables = map[string][]event.Class{
	sourceSyscall: {event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory},
	sourceAudit:   {event.ClassAudit},
}

func isSource(name string) bool { return len(tables[name]) > 0 }

// kind is how the values of a field are compared.
type kind uint8

const (
	kindText      kind = iota
	kindNumber         // orderings hold, and 0x10 is 16
	kindIP             // an address
	kindNet            // an address that is compared with networks
	kindType           // the type of an event
	kindFixed          // the same for all events
	kindContainer      // the id of a container, of which Falco has the first shortID bytes
)

// row says what a field of Falco's is. Where it stands is said by the names of
// the registry; {p} there is the process of a process row and the acting one
// of any other. Of several places those count that the table has.
type row struct {
	kind kind
	list bool // Falco gives all values at once: in means every, intersects some
	// places are names of the registry, or terms over them, written as
	// [expr.Term.String] writes terms.
	places []string
	// argued makes places of the argument in brackets; it is false for one
	// that means nothing. optional says that there may be none.
	argued   func(arg string) ([]string, bool)
	optional bool
	// absent is the value that Falco gives where there is none.
	absent string
	// words are the registry's words for Falco's, where they differ.
	words map[string]string
	// remote and local are for the ends of a connection: which it is depends
	// on who opened it.
	end end
	// fixed is the value of kindFixed.
	fixed string
}

// end is an end of a connection, as the observed side sees it.
type end uint8

const (
	endNone end = iota
	endLocal
	endRemote
)

// meaning is what a field is in one table: the places of its values, each
// with the condition under which it counts (nil for always). None means that
// rows of the table never have it.
type meaning struct {
	*row
	places []located
}

// A place that is computed has a term; ref is the first field of it then.
type located struct {
	ref  event.Ref
	term *expr.Term
	when expr.Node
}

// status is what is known of a field.
type status uint8

const (
	fieldUnknown     status = iota // not even Falco has it
	fieldUnsupported               // Falco has it, Lynceus has not
	fieldKnown
)

// findRow returns the row of a field in a source, and what is known of it.
func findRow(source, name string) (*row, status) {
	for _, t := range [...]map[string]row{anySource, sourceRows[source]} {
		if r, ok := t[name]; ok {
			return &r, fieldKnown
		}
	}
	if arg, ok := strings.CutPrefix(name, "evt.arg."); ok && source == sourceSyscall {
		places, _ := argumentOf(arg)
		return &row{places: places}, fieldKnown
	}
	if otherField(name) && strings.HasPrefix(name, "ka.") == (source == sourceAudit) {
		return nil, fieldUnsupported
	}
	return nil, fieldUnknown
}

// sourceRows are the fields of each source.
var sourceRows = map[string]map[string]row{sourceAudit: auditRows, sourceSyscall: runtimeRows}

// knownField reports whether Falco or one of its plugins has a field.
func knownField(name string) bool {
	for _, t := range [...]map[string]row{anySource, auditRows, runtimeRows} {
		if _, ok := t[name]; ok {
			return true
		}
	}
	return otherField(name) || strings.HasPrefix(name, "evt.arg.")
}

// otherField reports whether Falco has a field that Lynceus has not.
func otherField(name string) bool {
	return otherFields[name] || slices.ContainsFunc(otherFamilies, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// argumentError reports whether an operand has an argument where it needs one
// and none where it cannot have one.
func (r *row) argumentError(o *operand) string {
	switch {
	case r.argued == nil && o.hasArg:
		return "it has no argument in brackets"
	case r.argued != nil && !o.hasArg && !r.optional:
		return "it needs an argument in brackets"
	case o.hasArg:
		if _, ok := r.argued(o.arg); !ok {
			return "[" + o.arg + "] means nothing behind it"
		}
	}
	return ""
}

// in returns what the field is in a table.
func (r *row) in(class event.Class, o *operand) meaning {
	m := meaning{row: r}
	places := r.places
	if o.hasArg && r.argued != nil {
		places, _ = r.argued(o.arg)
		// One of many is no list.
		one := *r
		one.list = r.list && places == nil
		m.row = &one
	}
	process := "actor.process"
	if class == event.ClassProcess {
		process = "process"
	}
	for i, name := range places {
		p, ok := locate(class, strings.ReplaceAll(name, "{p}", process))
		if !ok {
			continue
		}
		p.when = r.end.when(i)
		m.places = append(m.places, p)
	}
	return m
}

// locate returns a place in a table; false where the table has no such field.
func locate(class event.Class, place string) (located, bool) {
	resolve := func(name string) (event.Ref, bool) { return event.Resolve(class, name) }
	if !strings.HasSuffix(place, ")") {
		ref, ok := resolve(place)
		return located{ref: ref}, ok
	}
	t, err := expr.ParseTerm(place, resolve)
	if err != nil {
		return located{}, false
	}
	return located{ref: t.Refs(nil)[0], term: t}, true
}

// when is the condition under which the place of an end counts: the first of
// two is the source, the second the destination of the connection.
func (e end) when(place int) expr.Node {
	if e == endNone {
		return nil
	}
	accepted := &expr.Pred{Field: event.Ref{Field: event.ConnectionInfoInitiated.ID()}, Op: expr.OpEq, Text: "false"}
	if (e == endLocal) == (place == 0) {
		return &expr.Not{X: accepted}
	}
	return accepted
}
