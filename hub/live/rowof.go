package live

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/value"
)

// rowOf returns an event as a row of the query language. It shares nothing
// with e.
func rowOf(fields []*event.Field, e *event.Event) []value.Value {
	out := make([]value.Value, len(fields))
	for i, f := range fields {
		out[i] = valueOf(f, e)
	}
	return out
}

func valueOf(f *event.Field, e *event.Event) value.Value {
	if path, inside := f.DocumentPath(); inside {
		return inDocument(e.Raw, path)
	}
	switch f.Type {
	case event.TypeInt, event.TypeBool, event.TypeTime:
		n, ok := e.Number(f.ID)
		switch {
		case f.Type == event.TypeInt && ok:
			return value.Long(n)
		case f.Type == event.TypeBool && ok:
			return value.Bool(n != 0)
		case f.Type == event.TypeTime && ok:
			return value.Datetime(n / 1000 * 10) // as stored, in microseconds
		case f.Type == event.TypeInt:
			return value.Null(value.TypeLong)
		case f.Type == event.TypeBool:
			return value.Null(value.TypeBool)
		}
		return value.Null(value.TypeDatetime)
	case event.TypeStrings:
		list, ok := e.List(f.ID)
		if !ok {
			return value.Null(value.TypeDynamic)
		}
		n := &value.Node{Kind: value.NodeArray}
		for _, word := range list {
			n.Items = append(n.Items, &value.Node{Scalar: value.String(strings.Clone(word))})
		}
		return value.Dynamic(n)
	case event.TypeJSON:
		return dynamic(e.Raw)
	}
	text, _ := e.Text(f.ID)
	return value.String(strings.Clone(text))
}

// inDocument returns what stands at a path of a document.
func inDocument(doc []byte, path string) value.Value {
	v := dynamic(doc)
	for _, key := range strings.Split(path, ".") {
		v = member(v, key)
	}
	return v
}

func member(v value.Value, key string) value.Value {
	if v.Node == nil || v.Node.Kind != value.NodeBag {
		return value.Null(value.TypeDynamic)
	}
	for i, k := range v.Node.Keys {
		if k == key {
			return value.Dynamic(v.Node.Items[i])
		}
	}
	return value.Null(value.TypeDynamic)
}

// dynamic reads a document. One that cannot be read is null.
func dynamic(doc []byte) value.Value {
	if len(doc) == 0 {
		return value.Null(value.TypeDynamic)
	}
	n, ok := value.ParseJSON(string(doc))
	if !ok {
		return value.Null(value.TypeDynamic)
	}
	return value.Dynamic(n)
}
