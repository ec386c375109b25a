package value

import (
	"math"
	"strconv"
	"strings"
)

// Convert returns v as a value of type t, as the functions tostring, toint,
// tolong, toreal, todecimal, tobool, todatetime, totimespan, toguid and
// todynamic do; the null of t where that cannot be.
func Convert(v Value, t Type) Value {
	if v.Type == t {
		return v
	}
	if t == TypeString {
		return String(v.String())
	}
	if v.Null {
		return Null(t)
	}
	if t == TypeDynamic {
		return toDynamic(v)
	}
	if v.Type == TypeDynamic {
		if v.Node.Kind != NodeScalar {
			return Null(t)
		}
		return Convert(v.Node.Scalar, t)
	}
	var ok bool
	switch t {
	case TypeBool:
		v, ok = toBool(v)
	case TypeInt:
		if v, ok = toLong(v); ok {
			ok = v.Int >= math.MinInt32 && v.Int <= math.MaxInt32
			v.Type = TypeInt
		}
	case TypeLong:
		v, ok = toLong(v)
	case TypeReal:
		v, ok = toReal(v)
	case TypeDecimal:
		v, ok = toDecimal(v)
	case TypeDatetime:
		v, ok = toDatetime(v)
	case TypeTimespan:
		v, ok = toTimespan(v)
	case TypeGuid:
		if v.Type == TypeString {
			v, ok = ParseGuid(v.Text)
		}
	}
	if !ok {
		return Null(t)
	}
	return v
}

// toDynamic reads a string as JSON; one that is not JSON is itself a dynamic
// string, and the empty string is null.
func toDynamic(v Value) Value {
	if v.Type != TypeString {
		return Dynamic(FromValue(v))
	}
	if v.Text == "" {
		return Null(TypeDynamic)
	}
	if n, ok := ParseJSON(v.Text); ok {
		return Dynamic(n)
	}
	return Dynamic(FromValue(v))
}

func toBool(v Value) (Value, bool) {
	switch v.Type {
	case TypeInt, TypeLong:
		return Bool(v.Int != 0), true
	case TypeReal:
		return Bool(v.Float != 0), true
	case TypeDecimal:
		return Bool(v.Text != "0"), true
	case TypeString:
		s := strings.TrimSpace(v.Text)
		switch strings.ToLower(s) {
		case "true":
			return Bool(true), true
		case "false":
			return Bool(false), true
		}
		n, err := strconv.ParseInt(s, 10, 64)
		return Bool(n != 0), err == nil
	}
	return v, false
}

func toLong(v Value) (Value, bool) {
	switch v.Type {
	case TypeBool, TypeInt, TypeTimespan:
		return Long(v.Int), true
	case TypeLong:
		return v, true
	case TypeDatetime: // ticks since the year 1
		return Long(v.Int - MinDatetime), true
	case TypeReal:
		f := math.Trunc(v.Float)
		return Long(int64(f)), f >= -1<<63 && f < 1<<63
	case TypeDecimal:
		whole, _, _ := strings.Cut(v.Text, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		return Long(n), err == nil
	case TypeString:
		return parseLong(strings.TrimSpace(v.Text))
	}
	return v, false
}

// parseLong reads a decimal or hexadecimal whole number, or a real one whose
// fraction is cut off.
func parseLong(s string) (Value, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return Long(n), true
	}
	if hex, found := strings.CutPrefix(strings.ToLower(s), "0x"); found {
		n, err := strconv.ParseUint(hex, 16, 64)
		return Long(int64(n)), err == nil
	}
	if v, ok := ParseReal(s); ok && !math.IsInf(v.Float, 0) {
		return toLong(v)
	}
	return Value{}, false
}

// ParseReal reads a real as toreal does: decimal digits, an exponent, or NaN
// and infinities by name.
func ParseReal(s string) (Value, bool) {
	s = strings.TrimSpace(s)
	switch strings.ToLower(s) {
	case "nan":
		return Real(math.NaN()), true
	case "inf", "+inf", "infinity", "+infinity":
		return Real(math.Inf(1)), true
	case "-inf", "-infinity":
		return Real(math.Inf(-1)), true
	}
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return Null(TypeReal), false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return Null(TypeReal), false
	}
	return Real(f), true
}

func toReal(v Value) (Value, bool) {
	switch v.Type {
	case TypeBool, TypeInt, TypeLong, TypeTimespan:
		return Real(float64(v.Int)), true
	case TypeDatetime:
		return Real(float64(v.Int - MinDatetime)), true
	case TypeDecimal, TypeString:
		return ParseReal(v.Text)
	}
	return v, false
}

func toDecimal(v Value) (Value, bool) {
	switch v.Type {
	case TypeBool, TypeInt, TypeLong, TypeTimespan:
		return Value{Type: TypeDecimal, Text: strconv.FormatInt(v.Int, 10)}, true
	case TypeReal:
		return ParseDecimal(strconv.FormatFloat(v.Float, 'g', -1, 64))
	case TypeString:
		return ParseDecimal(v.Text)
	}
	return v, false
}

func toDatetime(v Value) (Value, bool) {
	switch v.Type {
	case TypeInt, TypeLong: // ticks since the year 1
		ticks := v.Int + MinDatetime
		return Datetime(ticks), v.Int >= 0 && ticks <= MaxDatetime
	case TypeString:
		ticks, ok := ParseDatetime(v.Text)
		return Datetime(ticks), ok
	}
	return v, false
}

func toTimespan(v Value) (Value, bool) {
	switch v.Type {
	case TypeInt, TypeLong:
		return Timespan(v.Int), true
	case TypeReal:
		return Timespan(int64(v.Float)), v.Float >= -1<<63 && v.Float < 1<<63
	case TypeString:
		ticks, ok := ParseTimespan(v.Text)
		return Timespan(ticks), ok
	}
	return v, false
}

// ParseGuid reads a guid: 32 hexadecimal digits with hyphens at their places
// or none at all, with or without braces or parentheses around them.
func ParseGuid(s string) (Value, bool) {
	s = strings.TrimSpace(s)
	if n := len(s); n > 2 && (s[0] == '{' && s[n-1] == '}' || s[0] == '(' && s[n-1] == ')') {
		s = s[1 : n-1]
	}
	hyphens := len(s) == 36
	if !hyphens && len(s) != 32 {
		return Null(TypeGuid), false
	}
	out := make([]byte, 0, 36)
	for i := range len(s) {
		c := s[i]
		if hyphens && (i == 8 || i == 13 || i == 18 || i == 23) {
			if c != '-' {
				return Null(TypeGuid), false
			}
			continue
		}
		if c >= 'A' && c <= 'F' {
			c |= 0x20
		}
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return Null(TypeGuid), false
		}
		switch len(out) {
		case 8, 13, 18, 23:
			out = append(out, '-')
		}
		out = append(out, c)
	}
	return Value{Type: TypeGuid, Text: string(out)}, true
}
