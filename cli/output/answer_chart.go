package output

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// chartRows draws an answer with block characters: columns over time where
// there is a datetime, bars for names otherwise, as render says or as the
// columns suggest.
type chartRows struct {
	w      io.Writer
	o      TextOptions
	cols   []plan.Column
	render hunt.Render
	rows   [][]value.Value
	more   int64 // rows beyond maxChartRows
}

// maxChartRows bounds what a chart is drawn from: more do not fit a screen.
const maxChartRows = 20_000

// Begin implements AnswerWriter.
func (c *chartRows) Begin(cols []plan.Column, render hunt.Render) error {
	c.cols, c.render = cols, render
	return nil
}

// Row implements AnswerWriter.
func (c *chartRows) Row(row []value.Value) error {
	if len(c.rows) == maxChartRows {
		c.more++
		return nil
	}
	c.rows = append(c.rows, slices.Clone(row))
	return nil
}

// End implements AnswerWriter.
func (c *chartRows) End() error {
	if c.o.Width == 0 {
		c.o.Width = defaultWidth
	}
	c.o.Width = max(c.o.Width, minWidth)
	data, err := newChartData(c.cols, c.rows, c.render)
	if err != nil {
		return err
	}
	var lines []string
	if title := c.render.Properties["title"]; title != "" {
		lines = append(lines, paint{c.o.Color}.bold(Fit(title, c.o.Width)))
	}
	switch {
	case len(c.rows) == 0:
		lines = append(lines, "(no rows)")
	case data.overTime:
		lines = append(lines, drawColumns(data, c.o)...)
	default:
		lines = append(lines, drawBars(data, c.o)...)
	}
	if c.more > 0 {
		lines = append(lines, plain("("+amount(c.more, "row")+" more not drawn; summarize further)"))
	}
	_, err = fmt.Fprintln(c.w, strings.Join(lines, "\n"))
	return err
}

// chartData is what is drawn: for each series a number at each place of x.
type chartData struct {
	overTime bool
	x        []value.Value // sorted for time, else in the order of the rows
	series   []chartSeries
}

type chartSeries struct {
	name   string
	kind   value.Type
	values map[string]float64 // by the text of x
}

// errNoChart says what a chart needs.
var errNoChart = errors.New("no chart can be drawn of this: it takes a column of numbers, and one of names or times to draw them over; summarize first, or use --output table")

// newChartData finds the columns of x, of numbers and of the series: those
// that render names, else the first that fit.
func newChartData(cols []plan.Column, rows [][]value.Value, r hunt.Render) (*chartData, error) {
	named := func(property string) int {
		return slices.IndexFunc(cols, func(c plan.Column) bool { return c.Name == r.Properties[property] })
	}
	x := named("xcolumn")
	if x < 0 {
		x = slices.IndexFunc(cols, func(c plan.Column) bool { return c.Type == value.TypeDatetime })
	}
	if x < 0 || r.Kind == "barchart" || r.Kind == "piechart" || r.Kind == "columnchart" {
		if at := slices.IndexFunc(cols, func(c plan.Column) bool { return !c.Type.Numeric() }); x < 0 {
			x = at
		}
	}
	if x < 0 && len(cols) > 1 {
		x = 0
	}
	if x < 0 {
		return nil, errNoChart
	}
	var numbers []int
	split := -1
	for i, c := range cols {
		switch {
		case i == x:
		case isNumber(c.Type):
			numbers = append(numbers, i)
		case split < 0:
			split = i
		}
	}
	if ys := r.Properties["ycolumns"]; ys != "" {
		numbers = slices.DeleteFunc(numbers, func(i int) bool {
			return !slices.ContainsFunc(strings.Split(ys, ","), func(y string) bool { return strings.TrimSpace(y) == cols[i].Name })
		})
	}
	if s := named("series"); s >= 0 {
		split = s
	}
	if len(numbers) == 0 {
		return nil, errNoChart
	}
	d := &chartData{overTime: cols[x].Type == value.TypeDatetime}
	d.fill(cols, rows, x, split, numbers)
	return d, nil
}

func (d *chartData) fill(cols []plan.Column, rows [][]value.Value, x, split int, numbers []int) {
	seen := map[string]bool{}
	at := map[string]int{}
	for _, row := range rows {
		key := row[x].String()
		if !seen[key] {
			seen[key] = true
			d.x = append(d.x, row[x])
		}
		for _, n := range numbers {
			name := cols[n].Name
			if split >= 0 {
				name = cell(row[split])
				if len(numbers) > 1 {
					name += " " + cols[n].Name
				}
			}
			i, ok := at[name]
			if !ok {
				i = len(d.series)
				at[name] = i
				d.series = append(d.series, chartSeries{name, cols[n].Type, map[string]float64{}})
			}
			d.series[i].values[key] += number64(row[n])
		}
	}
	if d.overTime {
		slices.SortFunc(d.x, value.Order)
	}
}

// number64 returns a number for drawing; null is 0.
func number64(v value.Value) float64 {
	r := value.Convert(v, value.TypeReal)
	switch {
	case v.Type == value.TypeTimespan && !v.Null:
		return float64(v.Int)
	case r.Null, r.Float != r.Float:
		return 0
	}
	return r.Float
}
