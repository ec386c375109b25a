package bind

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// namedByArgument are the functions whose column is called as their first
// argument would be.
var namedByArgument = map[string]bool{
	"tostring": true, "tohex": true, "todynamic": true, "toobject": true, "parse_json": true, "parsejson": true, "parse_csv": true, "parse_xml": true,
	"tolong": true, "toint": true, "toreal": true, "todouble": true, "todatetime": true, "totimespan": true, "totime": true, "tobool": true, "toboolean": true,
	"todecimal": true, "toguid": true, "format_datetime": true, "format_timespan": true, "startofday": true, "bin": true, "floor": true, "bin_at": true,
	"bin_auto": true, "split": true, "take_any": true, "take_anyif": true, "binary_all_or": true, "binary_all_and": true, "binary_all_xor": true,
}

// namedByPrefix are the functions whose column is called as their first
// argument would be, with a word before it.
var namedByPrefix = map[string]string{
	"strlen": "strlen", "string_size": "string_size", "gettype": "type",
	"make_list": "list", "make_list_if": "list", "make_list_with_nulls": "list", "makelist": "list",
	"make_set": "set", "make_set_if": "set", "makeset": "set", "make_bag": "bag", "make_bag_if": "bag", "buildschema": "schema",
	"percentiles_array": "percentiles", "percentilesw_array": "percentiles",
}

// autoName is what a column is called that gets no name; "" when it is up to
// the operator.
func autoName(x syntax.Expr, e env) string {
	switch x := x.(type) {
	case *syntax.Name, *syntax.Member:
		parts := chain(x)
		if parts == nil {
			m := x.(*syntax.Member)
			return joinAuto(autoName(m.X, e), m.Name.Text)
		}
		k := 1
		name := parts[0].Text
		if r := e.row; r != nil {
			in := r
			if r.aggs != nil {
				in = r.aggs.in
			}
			if c, n := in.path(parts); c != nil {
				name, k = c.Of.Name, n
			}
		}
		for _, p := range parts[k:] {
			name = joinAuto(name, p.Text)
		}
		return name
	case *syntax.Index:
		if l, ok := x.I.(*syntax.Literal); ok && (l.Kind == syntax.LitString || l.Kind == syntax.LitLong) {
			return joinAuto(autoName(x.X, e), l.Text)
		}
	case *syntax.Call:
		name := x.Fn.Text
		first := ""
		if len(x.Args) > 0 {
			first = autoName(x.Args[0].X, e)
		}
		if text, ok := argumentName(name, first); ok {
			return text
		}
		switch {
		case e.row != nil && e.row.aggs != nil && isAggregate(name):
			return aggregateName(x, e)
		case name == "make_datetime" || name == "make_timespan":
			if len(x.Args) == 1 {
				return first
			}
		case name == "column_ifexists" || name == "columnifexists":
			if l, ok := literalString(x.Args); ok && e.row != nil {
				if _, ok := e.row.col(l); ok {
					return l
				}
			}
		}
	}
	return ""
}

func isAggregate(name string) bool {
	_, ok := fn.LookupAgg(name)
	return ok
}

func literalString(args []*syntax.Arg) (string, bool) {
	if len(args) == 0 {
		return "", false
	}
	l, ok := args[0].X.(*syntax.Literal)
	if !ok || l.Kind != syntax.LitString {
		return "", false
	}
	return l.Text, true
}

func joinAuto(left, right string) string {
	if left == "" {
		return right
	}
	return left + "_" + right
}

// argumentName is what the column of a function is called that is named by its
// first argument, whose own name is first.
func argumentName(function, first string) (name string, ok bool) {
	if namedByArgument[function] {
		return first, true
	}
	if prefix := namedByPrefix[function]; prefix != "" {
		return prefix + "_" + first, true
	}
	return "", false
}

// aggregateName is what the column of an aggregate is called that gets no
// name.
func aggregateName(x *syntax.Call, e env) string {
	name := x.Fn.Text
	first := ""
	if len(x.Args) > 0 {
		first = autoName(x.Args[0].X, e)
	}
	if text, ok := argumentName(name, first); ok {
		return text
	}
	switch {
	case strings.HasPrefix(name, "covariance") && len(x.Args) > 1:
		return name + "_" + first + "_" + autoName(x.Args[1].X, e)
	case name == "percentile" && len(x.Args) == 2:
		return percentileName(first, x.Args[1].X)
	case name == "percentilew" && len(x.Args) == 3:
		return percentileName(first, x.Args[2].X)
	}
	return name + "_" + first
}

// percentileName is the name of a percentile's column.
func percentileName(of string, p syntax.Expr) string {
	return "percentile_" + of + "_" + strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, syntax.Format(p))
}
