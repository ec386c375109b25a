package bind

import (
	"math"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// literal gives the value of a constant.
func (b *binder) literal(x *syntax.Literal) plan.Expr {
	v, ok := b.literalValue(x)
	if !ok {
		return bad()
	}
	return &plan.Const{Value: v}
}

func (b *binder) literalValue(x *syntax.Literal) (value.Value, bool) {
	switch x.Kind {
	case syntax.LitString:
		return value.String(x.Text), true
	case syntax.LitBool:
		return value.Bool(strings.EqualFold(x.Text, "true")), true
	case syntax.LitNull:
		return value.Null(value.TypeDynamic), true
	case syntax.LitLong:
		return b.parsed(x, value.TypeLong, x.Text)
	case syntax.LitReal:
		return b.parsed(x, value.TypeReal, x.Text)
	case syntax.LitTimespan:
		return b.parsed(x, value.TypeTimespan, x.Text)
	case syntax.LitTyped:
		t, ok := value.ParseType(x.Type)
		if ok {
			return b.parsed(x, t, x.Text)
		}
	}
	return value.Value{}, false // reported by the parser
}

// parsed reads the text of a literal of type t.
func (b *binder) parsed(x *syntax.Literal, t value.Type, text string) (value.Value, bool) {
	if text == "null" || text == "" {
		return value.Null(t), true
	}
	v, ok := parseLiteral(t, text, b.o.Now)
	if !ok {
		b.errorf(x, "%q is no %s", text, t)
	}
	return v, ok
}

func parseLiteral(t value.Type, text string, now int64) (value.Value, bool) {
	switch t {
	case value.TypeInt, value.TypeLong:
		bits := 64
		if t == value.TypeInt {
			bits = 32
		}
		n, err := parseInt(text, bits)
		return value.Value{Type: t, Int: n}, err == nil
	case value.TypeTimespan:
		return timespanLiteral(text)
	case value.TypeDatetime:
		if text == "now" || text == "now()" {
			return value.Datetime(now), true
		}
		ticks, ok := value.ParseDatetime(text)
		return value.Datetime(ticks), ok
	case value.TypeBool:
		switch strings.ToLower(text) {
		case "true", "1":
			return value.Bool(true), true
		case "false", "0":
			return value.Bool(false), true
		}
		return value.Value{}, false
	}
	v := value.Convert(value.String(text), t)
	return v, !v.Null
}

// parseInt reads a decimal or hexadecimal number. A hexadecimal one may use
// all the bits.
func parseInt(text string, bits int) (int64, error) {
	if len(text) > 2 && text[0] == '0' && text[1]|' ' == 'x' {
		n, err := strconv.ParseUint(text[2:], 16, bits)
		return int64(n), err
	}
	return strconv.ParseInt(strings.TrimPrefix(text, "+"), 10, bits)
}

// maxTimespan bounds timespans in literals, in ticks: twice it is no overflow.
const maxTimespan = 1 << 62

// timespanLiteral reads 1.5h, 2h30m, and the forms that totimespan knows. A
// number alone is days.
func timespanLiteral(text string) (value.Value, bool) {
	rest, sign := strings.TrimSpace(text), int64(1)
	if s, ok := strings.CutPrefix(rest, "-"); ok {
		rest, sign = s, -1
	}
	var total int64
	for rest != "" {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		number, err := strconv.ParseFloat(rest[:n], 64)
		rest = strings.TrimLeft(rest[n:], " ")
		u := 0
		for u < len(rest) && rest[u] >= 'a' && rest[u] <= 'z' {
			u++
		}
		ticks, known := value.TimespanUnit(rest[:u])
		if err != nil || !known {
			t, ok := value.ParseTimespan(text)
			return value.Timespan(t), ok
		}
		if number*float64(ticks) > maxTimespan {
			return value.Value{}, false
		}
		if exact := int64(number); float64(exact) == number {
			total += exact * ticks
		} else {
			total += int64(math.Round(number * float64(ticks)))
		}
		if total > maxTimespan {
			return value.Value{}, false
		}
		rest = rest[u:]
	}
	return value.Timespan(sign * total), true
}

// dynamic gives the value of dynamic(...).
func (b *binder) dynamic(x *syntax.Dynamic) plan.Expr {
	n, ok := b.node(x.X)
	if !ok {
		return bad()
	}
	return &plan.Const{Value: value.Dynamic(n)}
}

// node makes a dynamic value of what stands in a dynamic literal.
func (b *binder) node(x syntax.Expr) (*value.Node, bool) {
	switch x := x.(type) {
	case *syntax.Literal:
		v, ok := b.literalValue(x)
		if !ok || v.Null {
			return nil, ok
		}
		return &value.Node{Kind: value.NodeScalar, Scalar: v}, true
	case *syntax.Dynamic:
		return b.node(x.X)
	case *syntax.Unary:
		n, ok := b.node(x.X)
		if ok && x.Op == "-" && n != nil && n.Kind == value.NodeScalar {
			v := n.Scalar
			v.Int, v.Float = -v.Int, -v.Float
			n = &value.Node{Kind: value.NodeScalar, Scalar: v}
		}
		return n, ok
	case *syntax.Array:
		n := &value.Node{Kind: value.NodeArray, Items: make([]*value.Node, 0, len(x.Items))}
		for _, i := range x.Items {
			item, ok := b.node(i)
			if !ok {
				return nil, false
			}
			n.Items = append(n.Items, item)
		}
		return n, true
	case *syntax.Bag:
		return b.bag(x)
	}
	b.errorf(x, "dynamic() holds constants only")
	return nil, false
}

// bag makes a property bag; of several properties of one name the last
// counts.
func (b *binder) bag(x *syntax.Bag) (*value.Node, bool) {
	n := &value.Node{Kind: value.NodeBag}
	at := map[string]int{}
	for i, item := range x.Items {
		v, ok := b.node(item)
		if !ok {
			return nil, false
		}
		key := x.Keys[i]
		if j, double := at[key]; double {
			n.Items[j] = v
			continue
		}
		at[key] = len(n.Keys)
		n.Keys = append(n.Keys, key)
		n.Items = append(n.Items, v)
	}
	return n, true
}

// typeOf gives the name of a type, which is what functions take for it.
func (b *binder) typeOf(x *syntax.TypeOf) plan.Expr {
	t, ok := value.ParseType(x.Type)
	if !ok {
		b.suggest(x, syntax.DidYouMean(x.Type, typeNames), "there is no type %q", x.Type)
		return bad()
	}
	return &plan.Const{Value: value.String(t.String())}
}
