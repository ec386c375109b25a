package bind

import (
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// parsedColumn is the column that holds what a pattern found, between the two
// projections that make up parse.
const parsedColumn = "$parsed"

// parse binds parse and parse-where: one projection takes the text apart once,
// the next makes columns of the parts.
func (b *binder) parse(op *syntax.ParseOp, in plan.Node, e env) plan.Node {
	e = e.over(in)
	x := b.expr(op.X, e)
	pattern, columns, ok := b.pattern(op)
	if !ok || isBad(x) {
		return nil
	}
	x = b.convert(op.X, x, value.TypeString)
	f, err := fn.NewParse(pattern)
	if err != nil {
		b.errorf(op, "the pattern cannot be used: %s", err)
		return nil
	}
	first := outputOf(in)
	found := b.invokeFn(op, f, []syntax.Expr{op.X}, []plan.Expr{x})
	at := len(first.cols)
	first.add(parsedColumn, found)
	node := b.project(op, in, first)
	if node == nil || isBad(found) {
		return nil
	}
	col := &plan.Col{Index: at, Of: node.Columns()[at]}
	if op.Where {
		cond := b.apply(op, "isnotnull", nil, col)
		if isBad(cond) {
			return nil
		}
		node = &plan.Where{In: node, Cond: cond}
	}
	out := newOutput()
	for i, c := range in.Columns() {
		out.add(c.Name, &plan.Col{Index: i, Of: c})
	}
	for i, c := range columns {
		v := b.apply(op, "[]", nil, col, &plan.Const{Value: value.Long(int64(i))})
		if v = b.convert(op, v, c.Type); isBad(v) {
			return nil
		}
		out.set(c.Name, v)
	}
	return b.project(op, node, out)
}

// pattern makes the pattern of parse and the columns that it gives.
func (b *binder) pattern(op *syntax.ParseOp) (fn.ParsePattern, []plan.Column, bool) {
	p := fn.ParsePattern{}
	ok := true
	for _, o := range op.Options {
		n, _ := o.Value.(*syntax.Name)
		switch {
		case o.Name == "kind" && n != nil && n.Text == "regex":
			p.Kind = fn.ParseRegex
		case o.Name == "kind" && n != nil && n.Text == "relaxed":
			p.Kind = fn.ParseRelaxed
		case o.Name == "kind" && n != nil && n.Text == "simple":
		case o.Name == "flags" && n != nil:
			p.Flags = n.Text
		default:
			b.suggest(o, "the kinds are simple, regex and relaxed", "parse has no such option")
			ok = false
		}
	}
	var columns []plan.Column
	names := map[string]bool{}
	for _, part := range op.Parts {
		switch {
		case part.Star:
			p.Parts = append(p.Parts, fn.ParsePart{Any: true})
		case part.Text != nil:
			p.Parts = append(p.Parts, fn.ParsePart{Text: *part.Text})
		default:
			t := value.TypeString
			if part.Column.Type != "" {
				var known bool
				if t, known = value.ParseType(part.Column.Type); !known {
					b.suggest(part, syntax.DidYouMean(part.Column.Type, typeNames), "there is no type %q", part.Column.Type)
					ok = false
				}
			}
			name := part.Column.Name.Text
			if names[name] {
				b.duplicate(part, name)
				ok = false
			}
			names[name] = true
			p.Parts = append(p.Parts, fn.ParsePart{Column: t})
			columns = append(columns, plan.Column{Name: name, Type: t})
		}
	}
	return p, columns, ok
}
