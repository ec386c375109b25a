package fn

import (
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// betaFunc makes a function of x and the two parameters of the beta
// distribution, null outside 0 to 1 or where a parameter is not positive.
func betaFunc(name string, f func(x, a, b float64) float64) *Func {
	return def(name, 3, 3, value.TypeReal, []param{number}, func(_ *Context, args []value.Value) value.Value {
		x, a, b := float(args[0]), float(args[1]), float(args[2])
		if !(x >= 0 && x <= 1) || !(a > 0) || !(b > 0) {
			return value.Null(value.TypeReal)
		}
		return value.Real(f(x, a, b))
	})
}

func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	z, _ := math.Lgamma(a + b)
	return x + y - z
}

func betaPDF(x, a, b float64) float64 {
	return math.Exp((a-1)*math.Log(x) + (b-1)*math.Log1p(-x) - logBeta(a, b))
}

// betaCDF is the regularized incomplete beta function.
func betaCDF(x, a, b float64) float64 {
	if x == 0 || x == 1 {
		return x
	}
	front := math.Exp(a*math.Log(x) + b*math.Log1p(-x) - logBeta(a, b))
	// The continued fraction converges fast below the mean.
	if x < (a+1)/(a+b+2) {
		return front * betaFraction(x, a, b) / a
	}
	return 1 - front*betaFraction(1-x, b, a)/b
}

// betaFraction evaluates the continued fraction by Lentz's method.
func betaFraction(x, a, b float64) float64 {
	const tiny, rounds = 1e-300, 500
	guard := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/guard(1-(a+b)*x/(a+1))
	h := d
	for m := 1.0; m <= rounds; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / guard(1+even*d)
		c = guard(1 + even/c)
		h *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / guard(1+odd*d)
		c = guard(1 + odd/c)
		h *= d * c
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	return h
}

// betaInv halves the interval: the distribution function only grows.
func betaInv(p, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 200 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if betaCDF(mid, a, b) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}
