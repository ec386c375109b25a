package protobuf

import (
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// every is a message with a field of each kind, which holds itself.
func every() *Message {
	return New(
		Sub(1, "nested", every), Subs(2, "list", every), F(3, "text", Text), F(4, "texts", Text).Many(), F(5, "bytes", Bytes), F(6, "hex", Hex),
		F(7, "at", Timestamp), NumberOf(8, "number"), FlagOf(9, "flag"), Field{Number: 10, Name: "map", Kind: Entries}, F(11, "ns", Time), F(12, "double", Double),
		F(13, "int", Int), F(14, "uint", Uint), F(15, "small", Small), EnumOf(16, "enum", map[int32]string{1: "ONE"}), F(17, "bool", Bool),
		EnumOf(18, "enums", map[int32]string{1: "ONE"}).Many(),
	)
}

func bytesOf(n protowire.Number, parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), b)
}

func number(n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v)
}

func text(n protowire.Number, s string) []byte { return bytesOf(n, []byte(s)) }

func join(parts ...[]byte) (b []byte) {
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

func TestAppendJSON(t *testing.T) {
	fixed := protowire.AppendFixed64(protowire.AppendTag(nil, 12, protowire.Fixed64Type), math.Float64bits(0.5))
	for _, test := range []struct {
		name string
		in   []byte
		want string // "" for an error
	}{
		{"nothing", nil, `{}`},
		{"unknown fields", join(number(99, 1), text(98, "x")), `{}`},
		{"texts", join(text(3, "a\"b"), text(4, "x"), text(4, "y"), text(5, "\x00"), text(6, "\xab")), `{"text":"a\"b","texts":["x","y"],"bytes":"AA==","hex":"ab"}`},
		{"no UTF-8", text(3, "a\xff"), "{\"text\":\"a\uFFFD\"}"},
		{"nested", join(bytesOf(1, bytesOf(1)), bytesOf(2, text(3, "a")), bytesOf(2)), `{"nested":{"nested":{}},"list":[{"text":"a"},{}]}`},
		{"the last counts", join(text(3, "a"), text(3, "b")), `{"text":"b"}`},
		{"a time", bytesOf(7, number(1, 1767261605), number(2, 123456789)), `{"at":"2026-01-01T10:00:05.123456789Z"}`},
		{"the first time", bytesOf(7), `{"at":"1970-01-01T00:00:00Z"}`},
		{"no time", bytesOf(7, number(1, math.MaxInt64)), ""},
		{"wrapped", join(bytesOf(8, number(1, 7)), bytesOf(9, number(1, 1))), `{"number":7,"flag":true}`},
		{"wrapped zero", join(bytesOf(8), bytesOf(9)), `{"number":0,"flag":false}`},
		{"a map", join(bytesOf(10, text(1, "k"), text(2, "v")), bytesOf(10, text(1, "empty"))), `{"map":{"k":"v","empty":""}}`},
		{"numbers", join(fixed, number(13, math.MaxUint64), number(14, math.MaxUint64), number(15, math.MaxUint64), number(17, 1)), `{"double":0.5,"int":"-1","uint":"18446744073709551615","small":-1,"bool":true}`},
		{"enums", join(number(16, 1), number(18, 1), bytesOf(18, []byte{1, 2})), `{"enum":"ONE","enums":["ONE","ONE",2]}`},
		{"cut off", text(3, "abc")[:3], ""},
		{"another type", number(3, 1), ""},
		{"packed, cut off", bytesOf(18, []byte{0x80}), ""},
	} {
		got, err := every().AppendJSON(nil, test.in)
		if string(got) != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: %s, %v, want %s", test.name, got, err, test.want)
		}
	}
}

func TestDepth(t *testing.T) {
	deep := text(3, "x")
	for range MaxDepth + 1 {
		deep = bytesOf(1, deep)
	}
	if out, err := every().AppendJSON(nil, deep); err == nil {
		t.Errorf("%s", out)
	}
}

func FuzzAppendJSON(f *testing.F) {
	f.Add(join(text(3, "a"), bytesOf(2, text(4, "x")), bytesOf(7, number(1, 1767261605)), bytesOf(8), bytesOf(10, text(1, "k")), number(16, 3), bytesOf(18, []byte{1, 2})))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := every().AppendJSON(nil, in)
		if err != nil {
			return
		}
		if fault := rawjson.Valid(out, 4*MaxDepth); fault != nil {
			t.Errorf("%s: %v", out, fault)
		}
	})
}
