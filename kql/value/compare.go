package value

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Compare compares two values of comparable types: numbers of any kind and
// bool with each other, else values of one type, and a dynamic with whatever the other
// converts it to. ok is false where there is no answer: a null, NaN, an array
// or a bag, or types that have nothing in common.
func Compare(a, b Value) (c int, ok bool) {
	if a.Null || b.Null {
		return 0, false
	}
	if a.Type == b.Type {
		switch a.Type {
		case TypeString, TypeGuid:
			return strings.Compare(a.Text, b.Text), true
		case TypeBool, TypeInt, TypeLong, TypeDatetime, TypeTimespan:
			return cmp.Compare(a.Int, b.Int), true
		}
	}
	if a.Type == TypeDynamic || b.Type == TypeDynamic {
		return compareDynamic(a, b)
	}
	if numberLike(a.Type) && numberLike(b.Type) {
		return compareNumbers(a, b)
	}
	return 0, false
}

// numberLike also takes bool, whose values are 0 and 1.
func numberLike(t Type) bool { return t.Numeric() || t == TypeBool }

func compareNumbers(a, b Value) (c int, ok bool) {
	switch {
	case a.Type == TypeReal && b.Type == TypeReal:
		if a.Float != a.Float || b.Float != b.Float {
			return 0, false
		}
		return cmp.Compare(a.Float, b.Float), true
	case a.Type == TypeReal:
		if b.Type == TypeDecimal {
			return compareNumbers(a, Convert(b, TypeReal))
		}
		c, ok = compareRealLong(a.Float, b.Int)
		return c, ok
	case b.Type == TypeReal:
		c, ok = compareNumbers(b, a)
		return -c, ok
	case a.Type == TypeDecimal || b.Type == TypeDecimal:
		return compareDecimal(a, b), true
	}
	return cmp.Compare(a.Int, b.Int), true
}

// compareRealLong compares without losing the low digits of n.
func compareRealLong(f float64, n int64) (int, bool) {
	switch {
	case math.IsNaN(f):
		return 0, false
	case f >= 1<<63:
		return 1, true
	case f < -1<<63:
		return -1, true
	}
	whole := math.Trunc(f)
	if c := cmp.Compare(int64(whole), n); c != 0 {
		return c, true
	}
	return cmp.Compare(f, whole), true
}

func compareDynamic(a, b Value) (int, bool) {
	x, y := a.Unwrap(), b.Unwrap()
	switch {
	case x.Type == TypeDynamic && y.Type == TypeDynamic:
		return 0, false
	case x.Type == y.Type || x.Type.Numeric() && y.Type.Numeric():
		return Compare(x, y)
	case b.Type != TypeDynamic:
		return Compare(Convert(a, b.Type), b)
	case a.Type != TypeDynamic:
		return Compare(a, Convert(b, a.Type))
	}
	return 0, false
}

// Equal reports whether two values are equal as == has it, arrays and bags
// member by member. Nulls and NaN are equal to nothing.
func Equal(a, b Value) bool {
	if a.Null || b.Null {
		return false
	}
	if a.Type == TypeString && b.Type == TypeString {
		return a.Text == b.Text
	}
	if a.Type == TypeDynamic && b.Type == TypeDynamic {
		return EqualNodes(a.Node, b.Node)
	}
	c, ok := Compare(a, b)
	return ok && c == 0
}

// EqualNodes reports whether two dynamics are equal. The order of a bag's
// properties does not matter; the dynamic null equals itself.
func EqualNodes(a, b *Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) {
		return false
	}
	switch a.Kind {
	case NodeArray:
		return slices.EqualFunc(a.Items, b.Items, EqualNodes)
	case NodeBag:
		for i, k := range a.Keys {
			j := i
			if b.Keys[j] != k {
				if j = slices.Index(b.Keys, k); j < 0 {
					return false
				}
			}
			if !EqualNodes(a.Items[i], b.Items[j]) {
				return false
			}
		}
		return true
	}
	if a.Scalar.Type != b.Scalar.Type && (!a.Scalar.Type.Numeric() || !b.Scalar.Type.Numeric()) {
		return false
	}
	return Equal(a.Scalar, b.Scalar)
}

// Order is a total order of the values of a column, for sorting, minimum and
// maximum: null first, then NaN, then the others as Compare has them. Of
// dynamics, numbers and times come before strings, these before guids; arrays
// and bags come last, by their JSON.
func Order(a, b Value) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	if c, ok := Compare(a, b); ok {
		return c
	}
	if a.Type == TypeDynamic && b.Type == TypeDynamic && !a.Null {
		return strings.Compare(a.String(), b.String())
	}
	return 0
}

// rank says in which of the groups of Order v stands.
func rank(v Value) int {
	switch {
	case v.Null:
		return 0
	case v.Type == TypeReal && v.Float != v.Float:
		return 1
	case v.Type == TypeDynamic && v.Node.Kind != NodeScalar:
		return 5
	case v.Type == TypeDynamic && v.Node.Scalar.Type == TypeGuid:
		return 4
	case v.Type == TypeDynamic && v.Node.Scalar.Type == TypeString:
		return 3
	}
	return 2
}

// Missing reports whether v is null or NaN, which a sort puts together at one
// end.
func (v Value) Missing() bool { return v.Null || v.Type == TypeReal && v.Float != v.Float }
