package fn

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

func dynamics() []*Func {
	return []*Func{
		lax(".", 2, 2, value.TypeDynamic, []param{dyn, text}, func(_ *Context, args []value.Value) value.Value {
			return args[0].Node.Member(str(args[1])).Value()
		}),
		lax("[]", 2, 2, value.TypeDynamic, []param{dyn, anyArg}, func(_ *Context, args []value.Value) value.Value {
			return element(args[0].Node, args[1]).Value()
		}),
		typed(lax("extract_json", 2, 3, value.TypeString, nil, extractJSON), func(args []Arg) (value.Type, error) {
			if len(args) < 3 {
				return value.TypeString, check(args, text)
			}
			return typeArg(args, 2)
		}),
		lax("treepath", 1, 1, value.TypeDynamic, []param{dyn}, func(_ *Context, args []value.Value) value.Value {
			if args[0].Null {
				return args[0]
			}
			return value.Dynamic(value.Strings(treePaths(nil, args[0].Node, "")))
		}),
		lax("zip", 2, 16, value.TypeDynamic, []param{dyn}, zip),
		lax("pack_array", 1, -1, value.TypeDynamic, []param{anyArg}, func(_ *Context, args []value.Value) value.Value {
			return value.Dynamic(value.Array(nodes(args)))
		}),
		lax("repeat", 2, 2, value.TypeDynamic, []param{anyArg, whole}, repeat),
		{Name: "range", Min: 2, Max: 3, Result: rangeType, Eval: rangeOf},
	}
}

// element takes a property by name or an element by number.
func element(n *value.Node, at value.Value) *value.Node {
	at = at.Unwrap()
	switch {
	case at.Null:
		return nil
	case at.Type == value.TypeString:
		return n.Member(at.Text)
	case at.Type.Numeric():
		return n.Index(value.Convert(at, value.TypeLong).Int)
	}
	return nil
}

func nodes(args []value.Value) []*value.Node {
	items := make([]*value.Node, len(args))
	for i, v := range args {
		items[i] = value.FromValue(v)
	}
	return items
}

// extractJSON takes a path, JSON text and a type.
func extractJSON(_ *Context, args []value.Value) value.Value {
	t := value.TypeString
	if len(args) > 2 {
		t, _ = value.ParseType(str(args[2]))
	}
	path, ok := jsonPath(str(args[0]))
	if !ok {
		return value.Null(t)
	}
	n := node(args[1])
	for _, step := range path {
		n = element(n, step)
	}
	return value.Convert(n.Value(), t)
}

// jsonPath reads $.name['name'][0] as names and indexes.
func jsonPath(s string) (steps []value.Value, ok bool) {
	s, found := strings.CutPrefix(strings.TrimSpace(s), "$")
	if !found {
		return nil, false
	}
	for s != "" {
		if s[0] == '.' {
			end := strings.IndexAny(s[1:], ".[") + 1
			if end == 0 {
				end = len(s)
			}
			steps = append(steps, value.String(s[1:end]))
			s = s[end:]
			continue
		}
		if len(s) < 3 || s[0] != '[' {
			return nil, false
		}
		if quote := s[1]; quote == '\'' || quote == '"' {
			end := strings.IndexByte(s[2:], quote)
			if end < 0 || !strings.HasPrefix(s[2+end+1:], "]") {
				return nil, false
			}
			steps = append(steps, value.String(s[2:2+end]))
			s = s[2+end+2:]
			continue
		}
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return nil, false
		}
		n := value.Convert(value.String(s[1:end]), value.TypeLong)
		if n.Null {
			return nil, false
		}
		steps = append(steps, n)
		s = s[end+1:]
	}
	return steps, true
}

// treePaths lists the paths to everything inside n, each once and before what
// it holds. All elements of an array have the path of the first.
func treePaths(paths []string, n *value.Node, prefix string) []string {
	if n == nil {
		return paths
	}
	for i, item := range n.Items {
		path := prefix + "[0]"
		if n.Kind == value.NodeBag {
			path = prefix + "['" + n.Keys[i] + "']"
		}
		if n.Kind == value.NodeBag || !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
		paths = treePaths(paths, item, path)
	}
	return paths
}

// zip makes an array of arrays of the elements at the same place; shorter
// arrays are filled with null.
func zip(_ *Context, args []value.Value) value.Value {
	most := 0
	for _, v := range args {
		if !v.Node.IsArray() {
			return value.Null(value.TypeDynamic)
		}
		most = max(most, len(v.Node.Items))
	}
	rows := make([]*value.Node, most)
	for i := range rows {
		row := make([]*value.Node, len(args))
		for j, v := range args {
			row[j] = v.Node.Index(int64(i))
		}
		rows[i] = value.Array(row)
	}
	return value.Dynamic(value.Array(rows))
}

func repeat(_ *Context, args []value.Value) value.Value {
	n := args[1].Int
	if args[1].Null || n < 0 {
		return value.Null(value.TypeDynamic)
	}
	item := value.FromValue(args[0])
	items := make([]*value.Node, min(n, MaxItems))
	for i := range items {
		items[i] = item
	}
	return value.Dynamic(value.Array(items))
}

// rangeType takes first, last and step: numbers, timespans, or datetimes with
// a timespan.
func rangeType(args []Arg) (value.Type, error) {
	first, last := args[0].Type, args[1].Type
	ok := first == last || number.accepts(first) && number.accepts(last)
	if ok && !number.accepts(first) && first != value.TypeDatetime && first != value.TypeTimespan {
		ok = false
	}
	if !ok {
		return value.TypeDynamic, &ArgError{Index: 1, Reason: "must be a number, datetime or timespan like the first argument"}
	}
	if len(args) > 2 && !number.accepts(first) && !span.accepts(args[2].Type) {
		return value.TypeDynamic, &ArgError{Index: 2, Reason: "must be a timespan"}
	}
	return value.TypeDynamic, nil
}

// rangeOf gives at most MaxItems elements. Without a step it is 1, or an hour.
func rangeOf(_ *Context, args []value.Value) value.Value {
	first, last := args[0], args[1]
	step := value.Long(1)
	if !number.accepts(first.Type) {
		step = value.Timespan(value.TicksHour)
	}
	if len(args) > 2 {
		step = args[2]
	}
	if first.Null || last.Null || step.Null {
		return value.Null(value.TypeDynamic)
	}
	sign := value.Order(step, value.Null(step.Type))
	if f := float(step); f < 0 || step.Type == value.TypeTimespan && step.Int < 0 {
		sign = -1
	} else if f == 0 && step.Int == 0 {
		return value.Null(value.TypeDynamic)
	}
	items := []*value.Node{}
	for v := first; len(items) < MaxItems; {
		if c, ok := value.Compare(v, last); !ok || c*sign > 0 {
			break
		}
		items = append(items, value.FromValue(v))
		next := add(v, step)
		if c, ok := value.Compare(next, v); !ok || c*sign <= 0 {
			break // past the end of the type, or a step too small to matter
		}
		v = next
	}
	return value.Dynamic(value.Array(items))
}
