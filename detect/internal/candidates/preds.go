package candidates

import (
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// columnBuilder collects the predicates of one field.
type columnBuilder struct {
	field *event.Field
	ids   map[expr.Pred]int32
	preds []expr.Pred
	tests []*expr.Test // of predicates on a value; nil for presence
	atoms map[string]int32
	trees []*formula // of the atoms
}

func newColumnBuilder(f *event.Field) *columnBuilder {
	return &columnBuilder{field: f, ids: map[expr.Pred]int32{}, atoms: map[string]int32{}}
}

// add returns the number of a predicate in its column.
func (c *columnBuilder) add(p *expr.Pred, lists func(string) expr.List) (int32, error) {
	key := c.normal(p)
	if id, ok := c.ids[key]; ok {
		return id, nil
	}
	var test *expr.Test
	if key.Op != expr.OpExists && key.Op != expr.OpNull {
		t, err := expr.NewTest(&key, lists)
		if err != nil {
			return 0, err
		}
		test = t
	}
	id := int32(len(c.preds))
	c.ids[key] = id
	c.preds = append(c.preds, key)
	c.tests = append(c.tests, test)
	return id, nil
}

// shapeOps are the operators that ask for each shape.
var shapeOps = [...]expr.Op{
	expr.ShapeEqual:    expr.OpEq,
	expr.ShapePrefix:   expr.OpPrefix,
	expr.ShapeSuffix:   expr.OpSuffix,
	expr.ShapeContains: expr.OpContains,
}

// normal returns p without its place, and in the same form for predicates
// that ask the same of a text.
func (c *columnBuilder) normal(p *expr.Pred) expr.Pred {
	switch s := p.Shape(); {
	case p.Op == expr.OpExists || p.Op == expr.OpNull:
		return expr.Pred{Op: p.Op}
	case s.Kind != expr.ShapeOther && c.field.Type != event.TypeInt:
		return expr.Pred{Op: shapeOps[s.Kind], Text: s.Text, Fold: s.Fold}
	}
	return expr.Pred{Op: p.Op, Text: p.Text, Fold: p.Fold, Part: p.Part}
}
