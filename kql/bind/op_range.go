package bind

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// rangeOp binds range: numbers, or times and durations.
func (b *binder) rangeOp(op *syntax.Range, e env) plan.Node {
	inner := env{names: e.names}
	from, to, step := b.expr(op.From, inner), b.expr(op.To, inner), b.expr(op.Step, inner)
	if isBad(from) || isBad(to) || isBad(step) || !b.charge(op, 1) {
		return nil
	}
	t, steps := from.Type(), step.Type()
	switch {
	case t == value.TypeDatetime && to.Type() == t && steps == value.TypeTimespan:
	case t == value.TypeTimespan && to.Type() == t && steps == t:
	case t.Numeric() && to.Type().Numeric() && steps.Numeric():
		t = value.TypeLong
		for _, x := range []plan.Expr{from, to, step} {
			if x.Type() == value.TypeReal || x.Type() == value.TypeDecimal {
				t = value.TypeReal
			}
		}
		from, to, step = b.convert(op.From, from, t), b.convert(op.To, to, t), b.convert(op.Step, step, t)
	default:
		b.errorf(op, "range goes over numbers, or over datetimes or timespans in steps of a timespan; this is from %s to %s in steps of %s", t, to.Type(), steps)
		return nil
	}
	if c, ok := step.(*plan.Const); ok && (c.Value.Null || c.Value.Int == 0 && c.Value.Float == 0) {
		b.errorf(op.Step, "the step must not be zero")
		return nil
	}
	return &plan.Range{Col: plan.Column{Name: op.Name.Text, Type: t}, From: from, To: to, Step: step}
}
