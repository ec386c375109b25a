package torule

import (
	"regexp"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// placeKind is what the values at a place are.
type placeKind uint8

const (
	texts   placeKind = iota
	numbers           // whole numbers
	flags             // true or false
	lists             // of texts
	times
	documents // a place in a document, of any kind
)

// place is where a value stands: a field, or a path below a document.
type place struct {
	name string
	kind placeKind
	fold bool // compared without regard to case: tolower(field)
}

// member is a name of a member that stands in a path as it is.
var member = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// place reads an expression that stands for a value of the event.
func (c *converter) place(x plan.Expr) (place, bool) {
	if f := c.field(x); f != nil {
		p := place{name: f.Name}
		switch f.Type {
		case event.TypeInt:
			p.kind = numbers
		case event.TypeBool:
			p.kind = flags
		case event.TypeStrings:
			p.kind = lists
		case event.TypeTime:
			p.kind = times
		case event.TypeJSON:
			p.kind = documents
		}
		return p, true
	}
	call, ok := x.(*plan.Call)
	if !ok {
		return place{}, false
	}
	switch name := call.Fn.Name; {
	case name == "tostring" && len(call.Args) == 1:
		return c.place(call.Args[0])
	case (name == "tolower" || name == "toupper") && len(call.Args) == 1:
		p, ok := c.place(call.Args[0])
		p.fold = true
		return p, ok && (p.kind == texts || p.kind == documents)
	case (name == "." || name == "[]") && len(call.Args) == 2:
		p, ok := c.place(call.Args[0])
		key, text := constant(call.Args[1], value.TypeString)
		if !ok || !text || p.kind != documents || !member.MatchString(key.Text) {
			return place{}, false
		}
		p.name += "." + key.Text
		return p, true
	}
	return place{}, false
}

// constant returns a constant of a type.
func constant(x plan.Expr, t value.Type) (value.Value, bool) {
	k, ok := x.(*plan.Const)
	if !ok || k.Value.Null || k.Value.Type != t {
		return value.Value{}, false
	}
	return k.Value, true
}

// whole returns a constant that is a whole number.
func whole(x plan.Expr) (int64, bool) {
	for _, t := range [...]value.Type{value.TypeLong, value.TypeInt} {
		if v, ok := constant(x, t); ok {
			return v.Int, true
		}
	}
	if v, ok := constant(x, value.TypeReal); ok && v.Float == float64(int64(v.Float)) {
		return int64(v.Float), true
	}
	return 0, false
}
