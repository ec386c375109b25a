package value

import (
	"math/big"
	"strconv"
	"strings"
)

// The decimal type is IEEE 754's decimal128: 34 digits and exponents to 6144.
const (
	decimalDigits   = 34
	decimalExponent = 6144
)

// decimal is coef / 10^scale, scale >= 0.
type decimal struct {
	coef  *big.Int
	scale int
}

// ParseDecimal reads a decimal number, with or without an exponent.
func ParseDecimal(s string) (Value, bool) {
	d, ok := readDecimal(strings.TrimSpace(s))
	if !ok {
		return Null(TypeDecimal), false
	}
	return d.value()
}

func readDecimal(s string) (decimal, bool) {
	mantissa, exp := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n > decimalExponent || n < -decimalExponent {
			return decimal{}, false
		}
		mantissa, exp = s[:i], n
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	text := whole + frac
	unsigned := strings.TrimLeft(text, "+-")
	if len(text)-len(unsigned) > 1 || unsigned == "" || len(text) > 2*decimalExponent || strings.Trim(unsigned, "0123456789") != "" {
		return decimal{}, false
	}
	coef, ok := new(big.Int).SetString(text, 10)
	if !ok {
		return decimal{}, false
	}
	scale := len(frac) - exp
	if scale < 0 {
		coef.Mul(coef, pow10(-scale))
		scale = 0
	}
	return decimal{coef, scale}, true
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// value rounds d to the digits that a decimal has and writes it out.
func (d decimal) value() (Value, bool) {
	coef, scale := d.coef, d.scale
	if drop := min(len(new(big.Int).Abs(coef).String())-decimalDigits, scale); drop > 0 {
		coef, scale = roundDiv(coef, pow10(drop)), scale-drop
	}
	text := new(big.Int).Abs(coef).String()
	if len(text)-scale > decimalExponent {
		return Null(TypeDecimal), false
	}
	if scale > 0 {
		if len(text) <= scale {
			text = strings.Repeat("0", scale-len(text)+1) + text
		}
		text = text[:len(text)-scale] + "." + text[len(text)-scale:]
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if coef.Sign() < 0 {
		text = "-" + text
	}
	return Value{Type: TypeDecimal, Text: text}, true
}

// roundDiv returns a/b, halves rounded to the even neighbour; b > 0.
func roundDiv(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	twice := new(big.Int).Lsh(new(big.Int).Abs(r), 1)
	if c := twice.Cmp(b); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(int64(a.Sign())))
	}
	return q
}

// align gives a and b the same scale.
func align(a, b decimal) (decimal, decimal) {
	switch {
	case a.scale < b.scale:
		a = decimal{new(big.Int).Mul(a.coef, pow10(b.scale-a.scale)), b.scale}
	case b.scale < a.scale:
		b = decimal{new(big.Int).Mul(b.coef, pow10(a.scale-b.scale)), a.scale}
	}
	return a, b
}

// DecimalOp computes a op b for op one of + - * / %; null for an operand that
// is no number, a division by zero or a result out of range.
func DecimalOp(op byte, a, b Value) Value {
	x, ok1 := readDecimal(Convert(a, TypeDecimal).Text)
	y, ok2 := readDecimal(Convert(b, TypeDecimal).Text)
	if !ok1 || !ok2 || (op == '/' || op == '%') && y.coef.Sign() == 0 {
		return Null(TypeDecimal)
	}
	var r decimal
	switch op {
	case '*':
		r = decimal{new(big.Int).Mul(x.coef, y.coef), x.scale + y.scale}
	case '/':
		x, y = align(x, y)
		more := max(0, decimalDigits+len(y.coef.String())-len(x.coef.String())) + 1
		n, den := new(big.Int).Mul(x.coef, pow10(more)), y.coef
		if den.Sign() < 0 {
			n, den = n.Neg(n), new(big.Int).Neg(den)
		}
		r = decimal{roundDiv(n, den), more}
	default:
		x, y = align(x, y)
		r = decimal{new(big.Int), x.scale}
		switch op {
		case '+':
			r.coef.Add(x.coef, y.coef)
		case '-':
			r.coef.Sub(x.coef, y.coef)
		default:
			r.coef.Rem(x.coef, y.coef)
		}
	}
	v, _ := r.value()
	return v
}

// compareDecimal compares two values that convert to decimal.
func compareDecimal(a, b Value) int {
	x, ok1 := readDecimal(Convert(a, TypeDecimal).Text)
	y, ok2 := readDecimal(Convert(b, TypeDecimal).Text)
	if !ok1 || !ok2 {
		return 0
	}
	x, y = align(x, y)
	return x.coef.Cmp(y.coef)
}
