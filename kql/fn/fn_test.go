package fn

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

// call binds and runs a function as a binder would.
func call(t *testing.T, name string, args ...value.Value) value.Value {
	t.Helper()
	f, ok := Lookup(name)
	if !ok {
		t.Fatalf("no function %q", name)
	}
	if len(args) < f.Min || f.Max >= 0 && len(args) > f.Max {
		t.Fatalf("%s: takes %d to %d arguments, given %d", name, f.Min, f.Max, len(args))
	}
	types := make([]Arg, len(args))
	for i := range args {
		types[i] = Arg{Type: args[i].Type, Const: &args[i]}
	}
	result, err := f.Result(types)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v := f.Call(&Context{Now: 1000 * value.TicksDay}, args, result)
	if v.Type != result {
		t.Errorf("%s: result is %s, its type says %s", name, v.Type, result)
	}
	return v
}

// arg makes a value of what a table says: Go's own types, and text with a
// type before it as in datetime:2020-01-01, dynamic:[1,2], long:null.
func arg(t *testing.T, a any) value.Value {
	t.Helper()
	switch a := a.(type) {
	case bool:
		return value.Bool(a)
	case int:
		return value.Long(int64(a))
	case float64:
		return value.Real(a)
	case value.Value:
		return a
	case string:
		for typ := value.TypeBool; typ <= value.TypeDynamic; typ++ {
			prefix := typ.String() + ":"
			if len(a) < len(prefix) || a[:len(prefix)] != prefix {
				continue
			}
			if a[len(prefix):] == "null" {
				return value.Null(typ)
			}
			return value.Convert(value.String(a[len(prefix):]), typ)
		}
		return value.String(a)
	}
	t.Fatalf("argument of type %T", a)
	return value.Value{}
}

// show writes a result as tables do.
func show(v value.Value) string {
	if v.Null {
		return "null"
	}
	return v.String()
}

type callTest struct {
	name string
	args []any
	want string
}

func in(args ...any) []any { return args }

func runCalls(t *testing.T, tests []callTest) {
	t.Helper()
	for _, tt := range tests {
		args := make([]value.Value, len(tt.args))
		for i, a := range tt.args {
			args[i] = arg(t, a)
		}
		if got := show(call(t, tt.name, args...)); got != tt.want {
			t.Errorf("%s(%v) = %s, want %s", tt.name, tt.args, got, tt.want)
		}
	}
}
