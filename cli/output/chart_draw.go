package output

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// Eighths of a block, lying and standing (Unicode, Block Elements).
var (
	lying    = []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}
	standing = []string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
)

// Bounds of what is drawn: the biggest series and bars, and the sum of the
// rest is told.
const (
	maxBars     = 40
	maxSeries   = 8
	chartHeight = 8 // lines of a chart over time that stands alone
	smallHeight = 4 // of one among several
)

// amountText writes a number of a series: whole numbers with commas.
func amountText(f float64, t value.Type) string {
	switch {
	case t == value.TypeTimespan:
		return value.Timespan(int64(f)).String()
	case f == math.Trunc(f) && math.Abs(f) < 1e15:
		return number(int64(f))
	}
	return fmt.Sprintf("%.4g", f)
}

// drawBars draws a bar for each x, in the order of the rows; several series
// stand below one another under each x.
func drawBars(d *chartData, o TextOptions) []string {
	p := paint{o.Color}
	xs := d.x
	if len(xs) > maxBars {
		xs = xs[:maxBars]
	}
	series, left := biggest(d.series)
	most, wideName, wideText := 0.0, 0, 0
	name := func(x value.Value, s chartSeries) string {
		text := cell(x)
		if text == "" {
			text = "(empty)"
		}
		if len(series) > 1 {
			text += " · " + s.name
		}
		return text
	}
	for _, x := range xs {
		for _, s := range series {
			if f, ok := s.values[x.String()]; ok {
				most = max(most, math.Abs(f))
				wideName, wideText = max(wideName, columns(name(x, s))), max(wideText, columns(amountText(f, s.kind)))
			}
		}
	}
	wideName = min(wideName, o.Width/2)
	room := max(o.Width-wideName-wideText-2*gap, 5)
	var lines []string
	for _, x := range xs {
		for _, s := range series {
			f, ok := s.values[x.String()]
			if !ok {
				continue
			}
			label, text := fit(name(x, s), wideName), amountText(f, s.kind)
			lines = append(lines, label+strings.Repeat(" ", wideName-columns(label)+gap)+
				strings.Repeat(" ", wideText-columns(text))+text+strings.Repeat(" ", gap)+p.with(sgrCyan, bar(math.Abs(f), most, room)))
		}
	}
	if n := len(d.x) - len(xs); n > 0 {
		lines = append(lines, plain("("+amount(int64(n), "bar")+" more not drawn)"))
	}
	return append(lines, left...)
}

// bar returns a bar of at most room columns.
func bar(f, most float64, room int) string {
	if most == 0 {
		return ""
	}
	eighths := int(math.Round(f / most * float64(room) * 8))
	if eighths == 0 && f > 0 {
		eighths = 1
	}
	return strings.Repeat("█", eighths/8) + lying[eighths%8]
}

// biggest returns the series with the greatest sums, and says how many others
// there are.
func biggest(all []chartSeries) (shown []chartSeries, left []string) {
	if len(all) <= maxSeries {
		return all, nil
	}
	sum := func(s chartSeries) (f float64) {
		for _, v := range s.values {
			f += math.Abs(v)
		}
		return f
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b chartSeries) int { return cmp.Compare(sum(b), sum(a)) })
	return sorted[:maxSeries], []string{fmt.Sprintf("(%d more series not drawn)", len(all)-maxSeries)}
}

// drawColumns draws each series as columns over time, one below another on
// the same scale of time.
func drawColumns(d *chartData, o TextOptions) []string {
	p := paint{o.Color}
	series, left := biggest(d.series)
	height := chartHeight
	if len(series) > 1 {
		height = smallHeight
	}
	first, last := d.x[0], d.x[len(d.x)-1]
	var lines []string
	for i, s := range series {
		room := max(o.Width-axisColumns-1, 10)
		cells := bucket(d, s, room)
		most := slices.Max(cells)
		if len(series) > 1 {
			if i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, p.bold(fit(Clean(s.name), o.Width)))
		}
		for row := height - 1; row >= 0; row-- {
			label := ""
			switch row {
			case height - 1:
				label = amountText(most, s.kind)
			case 0:
				label = "0"
			}
			lines = append(lines, fmt.Sprintf("%*s ", axisColumns, fit(label, axisColumns))+p.with(sgrCyan, level(cells, most, row, height)))
		}
	}
	from, to := instantText(first), instantText(last)
	span := len(bucket(d, series[0], max(o.Width-axisColumns-1, 10)))
	if first.Int == last.Int || span < columns(from)+columns(to)+gap {
		return append(append(lines, strings.Repeat(" ", axisColumns+1)+p.dim(from+" – "+to)), left...)
	}
	axis := from + strings.Repeat(" ", span-columns(from)-columns(to)) + to
	return append(append(lines, strings.Repeat(" ", axisColumns+1)+p.dim(axis)), left...)
}

// axisColumns is the room for the numbers beside a chart over time.
const axisColumns = 9

// bucket returns the series as at most room columns, each the sum of what
// falls into it; fewer places of time make wider columns.
func bucket(d *chartData, s chartSeries, room int) []float64 {
	step := smallestStep(d.x)
	first, last := d.x[0].Int, d.x[len(d.x)-1].Int
	// How many columns there would be with one for each step; in floating point,
	// since the ends may be millennia apart.
	places := 1 + int(min(float64(last-first)/float64(step), 1e6))
	width := 1
	if places <= room {
		width = min(room/places, 4)
	}
	n := min(places, room)
	sums := make([]float64, n)
	for _, x := range d.x {
		at := int(float64(x.Int-first) / float64(max(last-first, 1)) * float64(n-1) * (1 + 1e-12))
		if places > room {
			at = min(int(float64(x.Int-first)/float64(max(last-first, 1))*float64(n)), n-1)
		}
		sums[at] += s.values[x.String()]
	}
	out := make([]float64, 0, n*width)
	for _, f := range sums {
		for range width {
			out = append(out, f)
		}
	}
	return out
}

// smallestStep returns the least distance between two times that follow one
// another; 1 where there are none.
func smallestStep(x []value.Value) int64 {
	step := int64(math.MaxInt64)
	for i := 1; i < len(x); i++ {
		if d := x[i].Int - x[i-1].Int; d > 0 {
			step = min(step, d)
		}
	}
	if step == math.MaxInt64 {
		return 1
	}
	return step
}

// level returns one line of a chart of columns: row counts from the bottom.
func level(cells []float64, most float64, row, height int) string {
	var b strings.Builder
	for _, f := range cells {
		eighths := 0
		if most > 0 && f > 0 {
			eighths = max(int(math.Round(f/most*float64(height)*8)), 1)
		}
		b.WriteString(standing[min(max(eighths-8*row, 0), 8)])
	}
	return strings.TrimRight(b.String(), " ")
}
