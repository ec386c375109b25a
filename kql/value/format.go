package value

import (
	"math"
	"strconv"
)

// String returns v as the function tostring gives it: null is empty, a
// dynamic string is the string itself, other dynamics are JSON.
func (v Value) String() string {
	if v.Null {
		return ""
	}
	switch v.Type {
	case TypeString, TypeGuid, TypeDecimal:
		return v.Text
	case TypeBool:
		if v.Int != 0 {
			return "true"
		}
		return "false"
	case TypeDynamic:
		if v.Node.Kind == NodeScalar {
			return v.Node.Scalar.String()
		}
	}
	var buf [40]byte
	return string(v.AppendText(buf[:0]))
}

// AppendText appends what String returns.
func (v Value) AppendText(dst []byte) []byte {
	if v.Null {
		return dst
	}
	switch v.Type {
	case TypeInt, TypeLong:
		return strconv.AppendInt(dst, v.Int, 10)
	case TypeReal:
		return AppendReal(dst, v.Float)
	case TypeDatetime:
		return appendDatetime(dst, v.Int)
	case TypeTimespan:
		return appendTimespan(dst, v.Int)
	case TypeDynamic:
		if v.Node.Kind != NodeScalar {
			return v.Node.AppendJSON(dst)
		}
	}
	return append(dst, v.String()...)
}

// AppendReal appends a real as Kusto prints it: the shortest digits that read
// back as the same number, with a decimal point or an exponent, so that it is
// never mistaken for a long.
func AppendReal(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	// The exponent at which .NET and Kusto change to scientific notation.
	if a := math.Abs(f); a != 0 && (a >= 1e15 || a < 1e-4) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	for _, c := range dst[start:] {
		if c == '.' {
			return dst
		}
	}
	return append(dst, '.', '0')
}
