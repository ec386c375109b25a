package value

// Value is one scalar value. Which of its members count follows from Type. A
// Value is immutable: what its Node and Text share must not change.
type Value struct {
	Type Type
	// Null marks the null of Type. A string is never null.
	Null bool
	// Int holds TypeBool (0 or 1), TypeInt, TypeLong, TypeDatetime and
	// TypeTimespan (ticks of 100 ns).
	Int int64
	// Float holds TypeReal.
	Float float64
	// Text holds TypeString, TypeGuid (36 characters, lower case) and
	// TypeDecimal (plain decimal notation).
	Text string
	// Node holds TypeDynamic; nil is the dynamic null.
	Node *Node
}

// NodeKind says what a Node is.
type NodeKind uint8

// The kinds of dynamic values.
const (
	NodeScalar NodeKind = iota // Scalar, of any type but dynamic
	NodeArray                  // Items
	NodeBag                    // Keys and Items, in order
)

// Node is a dynamic value. The dynamic null inside an array or a bag is nil.
type Node struct {
	Kind   NodeKind
	Scalar Value
	Items  []*Node
	Keys   []string // of a bag; as many as Items, distinct
}

// Ticks is how many ticks of 100 ns a second has.
const Ticks = 10_000_000

// Null returns the null of type t; the empty string for TypeString.
func Null(t Type) Value { return Value{Type: t, Null: t != TypeString} }

// Zero returns the zero of a numeric type or of timespan.
func Zero(t Type) Value {
	v := Value{Type: t}
	if t == TypeDecimal {
		v.Text = "0"
	}
	return v
}

// Bool returns a bool.
func Bool(b bool) Value {
	v := Value{Type: TypeBool}
	if b {
		v.Int = 1
	}
	return v
}

// Int32 returns an int.
func Int32(n int32) Value { return Value{Type: TypeInt, Int: int64(n)} }

// Long returns a long.
func Long(n int64) Value { return Value{Type: TypeLong, Int: n} }

// Real returns a real.
func Real(f float64) Value { return Value{Type: TypeReal, Float: f} }

// String returns a string.
func String(s string) Value { return Value{Type: TypeString, Text: s} }

// Datetime returns a datetime of ticks since 1970-01-01 UTC.
func Datetime(ticks int64) Value { return Value{Type: TypeDatetime, Int: ticks} }

// Timespan returns a timespan of ticks.
func Timespan(ticks int64) Value { return Value{Type: TypeTimespan, Int: ticks} }

// Dynamic returns a dynamic; nil is the dynamic null.
func Dynamic(n *Node) Value { return Value{Type: TypeDynamic, Null: n == nil, Node: n} }

// True reports whether v is a bool that is true: null is not.
func (v Value) True() bool { return v.Type == TypeBool && !v.Null && v.Int != 0 }
