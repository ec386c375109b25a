package falco

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// Field returns the field of a table that a field of Falco's stands for, nil
// where the table has none. It is what rules are read by, the other way round:
// for alerts of Falco's, whose output_fields have these names. Fields with an
// argument stand for none.
func Field(name string, table event.Class) *event.Field {
	for _, source := range [...]string{sourceSyscall, sourceAudit} {
		r, known := findRow(source, name)
		if known != fieldKnown || r.kind == kindFixed || r.end != endNone {
			continue
		}
		if r.places == nil { // it has an argument
			continue
		}
		for _, place := range r.in(table, &operand{}).places {
			f := event.Lookup(place.ref.Field)
			if f != nil && place.ref.Path == "" && f.In(table) && f.Origin != event.Derived {
				return f
			}
		}
	}
	return nil
}

// Table returns where events of a type show and, where that follows from the
// type alone, their activity. ok is false for a type that is no system call.
func Table(eventType string) (table event.Class, activity string, ok bool) {
	e, ok := effects[eventType]
	return e.class, e.activity, ok
}

// Severity returns the severity that a priority of Falco's stands for; 0 for a
// word that is none.
func Severity(word string) rule.Severity {
	p, ok := parsePriority(word)
	if !ok {
		return 0
	}
	return priorities[p].severity
}
