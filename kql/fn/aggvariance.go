package fn

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// variances are of a sample, those with a p of a whole population.
func variances() []*Agg {
	var all []*Agg
	one := func(name string, population, root bool) {
		a := agg(name, 1, 1, value.TypeReal, []param{number}, func() Accumulator { return &moments{population: population, root: root} })
		all = append(all, a, a.when(name+"if", 1))
	}
	one("variance", false, false)
	one("variancep", true, false)
	one("stdev", false, true)
	one("stdevp", true, true)
	two := func(name string, population bool) {
		a := agg(name, 2, 2, value.TypeReal, []param{number}, func() Accumulator { return &moments{population: population, pair: true} })
		all = append(all, a, a.when(name+"if", 2))
	}
	two("covariance", false)
	two("covariancep", true)
	return all
}

// moments follows means and the sum of products of differences from them, by
// Welford's method.
type moments struct {
	population, root, pair bool
	n                      float64
	x, y, sum              float64
}

func (m *moments) Add(args []value.Value) {
	a, b := args[0], args[0]
	if m.pair {
		b = args[1]
	}
	if a.Null || b.Null {
		return
	}
	x, y := float(a), float(b)
	m.n++
	dx := x - m.x
	m.x += dx / m.n
	m.y += (y - m.y) / m.n
	m.sum += dx * (y - m.y)
}

func (m *moments) Result() value.Value {
	n := m.n
	if !m.population {
		n--
	}
	if n <= 0 {
		return value.Real(0)
	}
	v := m.sum / n
	if m.root {
		v = math.Sqrt(v)
	}
	return value.Real(v)
}

func (m *moments) Size() int { return headSize }
