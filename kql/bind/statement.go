package bind

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// query binds the statements of a whole query.
func (b *binder) query(q *syntax.Query) plan.Node {
	e := env{names: (*names)(nil).child()}
	answer := b.statements(q.Statements, e)
	if answer == nil {
		if !b.r.Failed() {
			b.suggest(q, "end with the name of a table", "the query asks for nothing")
		}
		return nil
	}
	n, name := answer.X.(*syntax.Name)
	if b.tabular(answer.X, e) || name && e.names.find(n.Text) == nil {
		return b.table(answer.X, e)
	}
	return b.printOne(answer.X, e)
}

// statements binds lets and settings, and returns the one answer, nil when
// there is none.
func (b *binder) statements(ss []syntax.Statement, e env) *syntax.Answer {
	var answer *syntax.Answer
	for _, s := range ss {
		switch s := s.(type) {
		case *syntax.Let:
			b.let(s, e)
		case *syntax.Set:
			b.set(s, e)
		case *syntax.Declare:
			b.declare(s, e)
		case *syntax.OtherStatement:
			b.errorf(s, "the statement %s is not supported", s.Name)
		case *syntax.Answer:
			if answer != nil {
				b.suggest(s, "run them one by one", "there is more than one query here")
				continue
			}
			answer = s
		}
	}
	return answer
}

func (b *binder) let(s *syntax.Let, e env) {
	v := &binding{kind: isBroken}
	switch x := s.Value.(type) {
	case *syntax.Func:
		v = &binding{kind: isFunc, fn: x, env: e.names}
	default:
		switch {
		case b.functionName(x, e):
			v = e.names.find(x.(*syntax.Name).Text)
		case b.tabular(x, e):
			v = b.letTable(s.Name.Text, x, e)
		default:
			v = b.letScalar(x, e)
		}
	}
	if s.Name.Text != "" {
		e.names.own[s.Name.Text] = v
	}
}

// functionName reports whether x is the bare name of a function.
func (b *binder) functionName(x syntax.Expr, e env) bool {
	n, ok := x.(*syntax.Name)
	if !ok {
		return false
	}
	v := e.names.find(n.Text)
	return v != nil && v.kind == isFunc
}

func (b *binder) letScalar(x syntax.Expr, e env) *binding {
	v := b.expr(x, e)
	if isBad(v) {
		return &binding{kind: isBroken}
	}
	out := &binding{kind: isScalar, expr: v}
	if e.row != nil {
		out.row = e.row.origin
	}
	return out
}

// letTable binds a table. What is materialized is computed once.
func (b *binder) letTable(name string, x syntax.Expr, e env) *binding {
	before := b.used
	if c, ok := x.(*syntax.Call); ok && c.Fn.Text == "materialize" && len(c.Args) == 1 && b.scalar == 0 {
		node := b.table(c.Args[0].X, e)
		if node == nil {
			return &binding{kind: isBroken}
		}
		name = b.sharedName(name)
		b.shared = append(b.shared, shared{name, node})
		return &binding{kind: isTable, node: &plan.Shared{Name: name, Cols: node.Columns()}, inline: node, size: b.used - before}
	}
	node := b.table(x, e)
	if node == nil {
		return &binding{kind: isBroken}
	}
	return &binding{kind: isTable, node: node, size: b.used - before}
}

// sharedName makes a name distinct among those of Let.
func (b *binder) sharedName(name string) string {
	taken := map[string]bool{}
	for _, s := range b.shared {
		taken[s.name] = true
	}
	return unused(name, func(n string) bool { return taken[n] })
}

// settings that say how a client wants to receive the answer; they do not
// change it.
var clientSettings = map[string]bool{
	"notruncation": true, "norequesttimeout": true, "servertimeout": true, "truncationmaxsize": true, "truncationmaxrecords": true,
	"request_description": true, "query_datascope": true, "maxmemoryconsumptionperiterator": true, "max_memory_consumption_per_query_per_node": true,
}

func (b *binder) set(s *syntax.Set, e env) {
	name := strings.ToLower(s.Name.Text)
	switch name {
	case "query_now", "query_bin_auto_size", "query_bin_auto_at":
	default:
		if !clientSettings[name] {
			b.errorf(s, "the option %s is not supported", s.Name.Text)
		}
		return
	}
	if s.Value == nil {
		b.errorf(s, "the option %s needs a value", name)
		return
	}
	v, ok := b.constant(s.Value, e)
	if !ok {
		return
	}
	if name == "query_now" {
		if v.Type != value.TypeDatetime || v.Null {
			b.errorf(s.Value, "query_now must be a datetime")
			return
		}
		b.o.Now = v.Int
	}
	b.settings[name] = v
}

// declare binds the parameters of the query to the values given, or to their
// defaults.
func (b *binder) declare(s *syntax.Declare, e env) {
	for _, p := range s.Params {
		t, ok := value.ParseType(p.Type)
		if !ok {
			b.suggest(p, syntax.DidYouMean(p.Type, typeNames), "there is no type %q", p.Type)
			continue
		}
		out := &binding{kind: isBroken}
		if v, given := b.o.Params[p.Name.Text]; given {
			if c := value.Convert(v, t); !c.Null || v.Null {
				out = &binding{kind: isScalar, expr: &plan.Const{Value: c}}
			} else {
				b.errorf(p, "the value given for the parameter %s is no %s", p.Name.Text, t)
			}
		} else if p.Default == nil {
			b.errorf(p, "no value is given for the parameter %s", p.Name.Text)
		} else if v := b.expr(p.Default, e); !isBad(v) {
			out = &binding{kind: isScalar, expr: b.convert(p.Default, v, t)}
		}
		e.names.own[p.Name.Text] = out
	}
}

var typeNames = []string{"bool", "int", "long", "real", "decimal", "string", "datetime", "timespan", "guid", "dynamic"}
