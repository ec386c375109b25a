package fn

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

// FuzzCall calls functions and aggregates with whatever arguments they accept:
// none may panic, and each must give the type that it announced.
func FuzzCall(f *testing.F) {
	names := append(Names(), AggNames()...)
	for i := range names {
		f.Add(uint16(i), []byte("2\x05aaaaaaaa0a,b c\x001\x001\x00"), uint8(3))
		f.Add(uint16(i), []byte("9[1,null,{\"a\":2}]\x007\xff\xff\xff\xff\xff\xff\xff\x7f8\x80\x00\x00\x00\x00\x00\x00\x00"), uint8(2))
		f.Add(uint16(i), []byte("\x07\x00\x00\x00\x00\x00\x00\x00\x00\x07\x01\x00\x00\x00\x00\x00\x00\x80"), uint8(2))
	}
	f.Fuzz(func(t *testing.T, which uint16, data []byte, count uint8) {
		name := names[int(which)%len(names)]
		args := make([]value.Value, count%6)
		for i := range args {
			args[i], data = argument(data)
		}
		types := make([]Arg, len(args))
		for i, a := range args {
			types[i] = Arg{Type: a.Type, Const: &args[i]}
		}
		if fn, ok := Lookup(name); ok && fits(len(args), fn.Min, fn.Max) {
			if result, err := fn.Result(types); err == nil {
				c := &Context{Now: 1 << 50}
				checkType(t, name, args, fn.Call(c, args, result), result)
			}
		}
		if agg, ok := LookupAgg(name); ok && fits(len(args), agg.Min, agg.Max) {
			if result, err := agg.Result(types); err == nil {
				acc := agg.New(types)
				acc.Add(args)
				acc.Add(slices.Clone(args))
				if acc.Size() <= 0 {
					t.Errorf("%s(%v) takes %d bytes", name, args, acc.Size())
				}
				checkType(t, name, args, Coerce(acc.Result(), result), result)
			}
		}
	})
}

func fits(n, least, most int) bool { return n >= least && (most < 0 || n <= most) }

func checkType(t *testing.T, name string, args []value.Value, v value.Value, result value.Type) {
	t.Helper()
	if result != value.TypeNone && v.Type != result {
		t.Errorf("%s(%v) is %s, not %s", name, args, v.Type, result)
	}
	if v.Type == value.TypeString && v.Null || v.Type == value.TypeDynamic && v.Null != (v.Node == nil) {
		t.Errorf("%s(%v) is no proper value: %#v", name, args, v)
	}
	_ = v.String()
}

// argument makes a value of the first bytes: its type, then its content.
func argument(data []byte) (value.Value, []byte) {
	if len(data) == 0 {
		return value.String(""), nil
	}
	typ := value.TypeBool + value.Type(data[0]>>1)%value.TypeDynamic
	null := data[0]&1 != 0 && data[0] > 128
	data = data[1:]
	switch typ {
	case value.TypeString, value.TypeDynamic, value.TypeDecimal, value.TypeGuid:
		end := slices.Index(data, 0)
		rest := []byte(nil)
		if end < 0 {
			end = len(data)
		} else {
			rest = data[end+1:]
		}
		return value.Convert(value.String(string(data[:end])), typ), rest
	}
	var b [8]byte
	n := copy(b[:], data)
	v := value.Value{Type: typ, Null: null}
	bits := int64(binary.LittleEndian.Uint64(b[:]))
	switch typ {
	case value.TypeBool:
		v.Int = bits & 1
	case value.TypeInt:
		v.Int = int64(int32(bits))
	case value.TypeReal:
		v.Float = float64(bits) / 7
	case value.TypeDatetime:
		v = datetime(bits % value.MaxDatetime)
	default:
		v.Int = bits
	}
	return v, data[n:]
}
