package candidates

import (
	"math/bits"

	"github.com/lynceus-io/lynceus/expr"
)

func trailingZeros(m uint64) int { return bits.TrailingZeros64(m) }

// Guesses of how often predicates hold, for when nothing has been seen yet.
// Only their order matters.
const (
	guessEqual  = 0.02
	guessPart   = 0.25 // divided by the length of the literal
	guessOther  = 0.2
	guessExists = 0.8
)

// guess estimates how often each atom holds.
func (c *columnBuilder) guess() []float64 {
	out := make([]float64, len(c.trees))
	for i, f := range c.trees {
		out[i] = c.guessOf(f)
	}
	return out
}

func (c *columnBuilder) guessOf(f *formula) float64 {
	switch f.op {
	case opPred:
		p := guessPred(&c.preds[f.id])
		if f.not {
			return 1 - p
		}
		return p
	case opAnd:
		p := 1.0
		for _, k := range f.kids {
			p *= c.guessOf(k)
		}
		return p
	case opOr:
		p := 1.0
		for _, k := range f.kids {
			p *= 1 - c.guessOf(k)
		}
		return 1 - p
	}
	return 1
}

func guessPred(p *expr.Pred) float64 {
	switch p.Op {
	case expr.OpExists:
		return guessExists
	case expr.OpNull:
		return 1 - guessExists
	}
	switch s := p.Shape(); s.Kind {
	case expr.ShapeOther:
		return guessOther
	case expr.ShapeEqual:
		return guessEqual
	default:
		return guessEqual + guessPart/float64(1+len(s.Text))
	}
}

// observed counts how often atoms held in a sample of events.
type observed struct {
	events int
	held   [][]int32 // by column and atom
}

// guessWeight is how many events a guess counts for beside those seen.
const guessWeight = 16

// see counts one event of the sample.
func (o *observed) see(cls []*class) {
	o.events++
	for i, c := range cls {
		held := o.held[i]
		for w, m := range c.atoms {
			for ; m != 0; m &= m - 1 {
				held[w<<6|trailingZeros(m)]++
			}
		}
	}
}

// shares corrects guesses by what was seen.
func (o *observed) shares(guesses [][]float64) [][]float64 {
	out := make([][]float64, len(guesses))
	for i, g := range guesses {
		out[i] = make([]float64, len(g))
		for a := range g {
			out[i][a] = (float64(o.held[i][a]) + guessWeight*g[a]) / (float64(o.events) + guessWeight)
		}
	}
	return out
}

// halve makes what was seen count half, so that newer events weigh more.
func (o *observed) halve() {
	o.events /= 2
	for _, held := range o.held {
		for i := range held {
			held[i] /= 2
		}
	}
}
