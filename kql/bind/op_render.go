package bind

import (
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// renderKinds are the pictures that can be asked for.
var renderKinds = []string{
	"anomalychart", "areachart", "barchart", "card", "columnchart", "graph", "ladderchart", "linechart", "piechart", "pivotchart", "plotly", "scatterchart",
	"stackedareachart", "table", "timechart", "timepivot", "treemap",
}

// render binds render; it changes no rows.
func (b *binder) render(op *syntax.Render, in plan.Node) plan.Node {
	known := false
	for _, k := range renderKinds {
		known = known || k == op.Kind
	}
	if !known {
		b.suggest(op, syntax.DidYouMean(op.Kind, renderKinds), "there is no kind of chart %s", op.Kind)
		return nil
	}
	out := &plan.Render{In: in, Kind: op.Kind, Properties: map[string]string{}}
	for _, p := range op.Props {
		var values []string
		for _, v := range p.Values {
			switch v := v.(type) {
			case *syntax.Name:
				values = append(values, v.Text)
			case *syntax.Literal:
				values = append(values, v.Text)
			default:
				values = append(values, syntax.Format(v))
			}
		}
		out.Properties[p.Name] = strings.Join(values, ",")
	}
	if !b.charge(op, 1) {
		return nil
	}
	return out
}
