package value

import (
	"encoding/binary"
	"math"
)

// AppendKey appends bytes that are the same for two values exactly when they
// are one value to summarize, distinct and join: nulls are equal to each
// other, and so are NaNs and whole numbers of different types. The keys of
// several values can be put one after another.
func (v Value) AppendKey(dst []byte) []byte {
	if v.Null {
		return append(dst, '0')
	}
	switch v.Type {
	case TypeInt, TypeLong:
		return appendKey8(dst, 'l', uint64(v.Int))
	case TypeBool, TypeDatetime, TypeTimespan:
		return appendKey8(dst, 'a'+byte(v.Type), uint64(v.Int))
	case TypeReal:
		f := v.Float
		if f != f {
			return append(dst, 'N')
		}
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return appendKey8(dst, 'l', uint64(int64(f)))
		}
		return appendKey8(dst, 'r', math.Float64bits(f))
	case TypeDynamic:
		if v.Node.Kind == NodeScalar {
			return v.Node.Scalar.AppendKey(append(dst, 'D'))
		}
		return appendKeyText(dst, 'J', v.Node.String())
	case TypeString:
		return appendKeyText(dst, 's', v.Text)
	}
	return appendKeyText(dst, 'a'+byte(v.Type), v.Text)
}

func appendKey8(dst []byte, tag byte, n uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, tag), n)
}

func appendKeyText(dst []byte, tag byte, s string) []byte {
	dst = binary.AppendUvarint(append(dst, tag), uint64(len(s)))
	return append(dst, s...)
}
