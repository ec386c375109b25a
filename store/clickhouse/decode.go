package clickhouse

import (
	"errors"
	"fmt"
	"math"

	"github.com/lynceus-io/lynceus/kql/value"
)

// decoder reads one value of a column.
type decoder func(*binaryReader) (value.Value, error)

// maxItems bounds the elements of one array: four times what a set of the
// language has by default.
const maxItems = 4 << 20

// errNotJSON means that a statement's column of type dynamic is no JSON.
var errNotJSON = errors.New("a dynamic value is not JSON")

// errOverflow means that an unsigned number is too large for a long.
var errOverflow = errors.New("a number is too large for a long")

// decoderOf returns what reads values of a type as values of the language:
// datetimes and timespans are integers, ticks of 100 ns; dynamics are JSON as
// text, or arrays.
func decoderOf(t colType, as value.Type) (decoder, error) {
	nullable := t.nullable
	t.nullable = false
	d, err := presentDecoder(t, as)
	if err != nil || !nullable {
		return d, err
	}
	return func(r *binaryReader) (value.Value, error) {
		null, err := r.unsigned(1)
		if err != nil || null != 0 {
			return value.Null(as), err
		}
		return d(r)
	}, nil
}

// presentDecoder is decoderOf for values that are not null.
func presentDecoder(t colType, as value.Type) (decoder, error) {
	switch as {
	case value.TypeBool:
		if t.kind == kindBool || t.kind == kindInt || t.kind == kindUint {
			return func(r *binaryReader) (value.Value, error) {
				n, err := r.unsigned(t.size)
				return value.Bool(n != 0), err
			}, nil
		}
	case value.TypeInt, value.TypeLong, value.TypeDatetime, value.TypeTimespan:
		if d := integerDecoder(t); d != nil {
			return func(r *binaryReader) (value.Value, error) {
				n, err := d(r)
				return value.Value{Type: as, Int: n}, err
			}, nil
		}
	case value.TypeReal:
		if d := realDecoder(t); d != nil {
			return func(r *binaryReader) (value.Value, error) {
				f, err := d(r)
				return value.Real(f), err
			}, nil
		}
	case value.TypeString, value.TypeGuid, value.TypeDecimal:
		if d := textDecoder(t); d != nil {
			return func(r *binaryReader) (value.Value, error) {
				s, err := d(r)
				return value.Value{Type: as, Text: s}, err
			}, nil
		}
	case value.TypeDynamic:
		return dynamicDecoder(t)
	}
	if t.kind == kindNothing { // the type of NULL itself: it never has a value
		return func(*binaryReader) (value.Value, error) { return value.Null(as), nil }, nil
	}
	return nil, fmt.Errorf("ClickHouse answered with another type than %s", as)
}

// integerDecoder reads whole numbers, and times as ticks.
func integerDecoder(t colType) func(*binaryReader) (int64, error) {
	switch t.kind {
	case kindInt:
		return func(r *binaryReader) (int64, error) { return r.signed(t.size) }
	case kindUint, kindBool:
		return func(r *binaryReader) (int64, error) {
			n, err := r.unsigned(t.size)
			if n > math.MaxInt64 {
				return 0, errOverflow
			}
			return int64(n), err
		}
	case kindTime:
		return func(r *binaryReader) (int64, error) {
			n, err := r.signed(8)
			return ticks(n, t.size), err
		}
	}
	return nil
}

// ticks makes ticks of 100 ns of a number of which so many digits are parts
// of a second.
func ticks(n int64, digits int) int64 {
	for ; digits < 7; digits++ {
		n *= 10
	}
	for ; digits > 7; digits-- {
		n = floorDiv(n, 10)
	}
	return n
}

// realDecoder reads floats, and whole numbers as floats.
func realDecoder(t colType) func(*binaryReader) (float64, error) {
	switch {
	case t.kind == kindFloat && t.size == 8:
		return func(r *binaryReader) (float64, error) {
			n, err := r.unsigned(8)
			return math.Float64frombits(n), err
		}
	case t.kind == kindFloat:
		return func(r *binaryReader) (float64, error) {
			n, err := r.unsigned(4)
			return float64(math.Float32frombits(uint32(n))), err
		}
	case t.kind == kindInt || t.kind == kindUint:
		whole := integerDecoder(t)
		return func(r *binaryReader) (float64, error) {
			n, err := whole(r)
			return float64(n), err
		}
	}
	return nil
}

func textDecoder(t colType) func(*binaryReader) (string, error) {
	switch t.kind {
	case kindText:
		return (*binaryReader).text
	case kindFixed:
		return func(r *binaryReader) (string, error) { return r.fixed(uint64(t.size)) }
	}
	return nil
}

// dynamicDecoder reads JSON text, arrays, and plain values.
func dynamicDecoder(t colType) (decoder, error) {
	switch t.kind {
	case kindText:
		return func(r *binaryReader) (value.Value, error) {
			s, err := r.text()
			if err != nil {
				return value.Value{}, err
			}
			n, ok := value.ParseJSON(s)
			if !ok {
				return value.Value{}, errNotJSON
			}
			return value.Dynamic(n), nil
		}, nil
	case kindArray:
		item, err := itemDecoder(*t.of)
		if err != nil {
			return nil, err
		}
		return arrayDecoder(item, t.of), nil
	}
	return itemDecoder(t)
}

// itemDecoder reads a plain value, or an array of them, as a dynamic. Text is
// text here, not JSON.
func itemDecoder(t colType) (decoder, error) {
	as := value.TypeLong
	switch t.kind {
	case kindArray:
		item, err := itemDecoder(*t.of)
		if err != nil {
			return nil, err
		}
		return arrayDecoder(item, t.of), nil
	case kindText, kindFixed:
		as = value.TypeString
	case kindBool:
		as = value.TypeBool
	case kindFloat:
		as = value.TypeReal
	case kindTime:
		as = value.TypeDatetime
	}
	d, err := presentDecoder(t, as)
	if err != nil {
		return nil, err
	}
	return func(r *binaryReader) (value.Value, error) {
		if t.nullable {
			if null, err := r.unsigned(1); err != nil || null != 0 {
				return value.Null(value.TypeDynamic), err
			}
		}
		v, err := d(r)
		if err != nil || v.Null {
			return value.Null(value.TypeDynamic), err
		}
		return value.Dynamic(&value.Node{Scalar: v}), nil
	}, nil
}

// arrayDecoder reads an array of items of a type. There are no values of the
// type Nothing, so an array of them is empty.
func arrayDecoder(item decoder, of *colType) decoder {
	most := uint64(maxItems)
	if of.kind == kindNothing && !of.nullable {
		most = 0
	}
	return func(r *binaryReader) (value.Value, error) {
		n, err := r.uvarint()
		if err != nil {
			return value.Value{}, err
		}
		if n > most {
			return value.Value{}, fmt.Errorf("an array of %d elements is longer than %d", n, most)
		}
		node := &value.Node{Kind: value.NodeArray}
		for range n {
			v, err := item(r)
			if err != nil {
				return value.Value{}, err
			}
			node.Items = append(node.Items, v.Node)
		}
		return value.Dynamic(node), nil
	}
}
