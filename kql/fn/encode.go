package fn

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/kql/value"
)

func encodings() []*Func {
	word := func(name string, f func(string) string) *Func {
		return lax(name, 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.String(f(str(args[0])))
		})
	}
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return append(compressors(),
		word("base64_encode_tostring", encode), word("base64_encodestring", encode), word("base64_decode_tostring", decodeText), word("base64_decodestring", decodeText),
		word("url_decode", unescape), word("url_encode", func(s string) string { return escape(s, "+") }),
		word("url_encode_component", func(s string) string { return escape(s, "%20") }),
		word("punycode_from_string", punycodeEncode), word("punycode_to_string", punycodeDecode),
		word("punycode_domain_from_string", func(s string) string { return eachLabel(s, domainDecode) }),
		word("punycode_domain_to_string", func(s string) string { return eachLabel(s, domainEncode) }),
		lax("base64_decode_toarray", 1, 1, value.TypeDynamic, []param{text}, decodeArray),
		lax("base64_encode_fromarray", 1, 1, value.TypeString, []param{dyn}, encodeArray),
		lax("base64_decode_toguid", 1, 1, value.TypeGuid, []param{text}, decodeGuid),
		lax("base64_encode_fromguid", 1, 1, value.TypeString, []param{anyArg}, encodeGuid),
		lax("unicode_codepoints_from_string", 1, 1, value.TypeDynamic, []param{text}, codePoints),
		lax("to_utf8", 1, 1, value.TypeDynamic, []param{text}, codePoints),
		lax("unicode_codepoints_to_string", 1, -1, value.TypeString, []param{anyArg}, fromCodePoints),
		lax("make_string", 1, -1, value.TypeString, []param{anyArg}, fromCodePoints),
	)
}

// escape encodes what is not a letter, a digit or one of -_.!*() as bytes with
// percent signs and lower-case digits.
func escape(s, space string) string {
	var b []byte
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b = append(b, space...)
		case c < utf8.RuneSelf && termRune(rune(c)) || strings.IndexByte("-_.!*()", c) >= 0:
			b = append(b, c)
		default:
			b = append(b, '%')
			b = hex.AppendEncode(b, []byte{c})
		}
	}
	return string(b)
}

// unescape decodes percent signs and plus signs; a text that is not well
// encoded stays.
func unescape(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// decodeText gives the empty string for what is not base64 of UTF-8.
func decodeText(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || !utf8.Valid(b) {
		return ""
	}
	return string(b)
}

func decodeArray(_ *Context, args []value.Value) value.Value {
	b, err := base64.StdEncoding.DecodeString(str(args[0]))
	if err != nil {
		return value.Null(value.TypeDynamic)
	}
	items := make([]*value.Node, len(b))
	for i, c := range b {
		items[i] = value.FromValue(value.Long(int64(c)))
	}
	return value.Dynamic(value.Array(items))
}

func encodeArray(_ *Context, args []value.Value) value.Value {
	if !args[0].Node.IsArray() {
		return value.String("")
	}
	var b []byte
	for _, item := range args[0].Node.Items {
		v := value.Convert(item.Value(), value.TypeLong)
		if v.Null || v.Int < 0 || v.Int > 255 {
			return value.String("")
		}
		b = append(b, byte(v.Int))
	}
	return value.String(base64.StdEncoding.EncodeToString(b))
}

// swapGuid turns a guid's bytes between the order of its text and the one that
// Kusto encodes: the first two groups have the least significant byte first.
func swapGuid(b []byte) {
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
}

func decodeGuid(_ *Context, args []value.Value) value.Value {
	b, err := base64.StdEncoding.DecodeString(str(args[0]))
	if err != nil || len(b) != 16 {
		return value.Null(value.TypeGuid)
	}
	swapGuid(b)
	v, _ := value.ParseGuid(hex.EncodeToString(b))
	return v
}

func encodeGuid(_ *Context, args []value.Value) value.Value {
	v := value.Convert(args[0], value.TypeGuid)
	b, err := hex.DecodeString(strings.ReplaceAll(v.Text, "-", ""))
	if err != nil || len(b) != 16 {
		return value.String("")
	}
	swapGuid(b)
	return value.String(base64.StdEncoding.EncodeToString(b))
}

func codePoints(_ *Context, args []value.Value) value.Value {
	items := []*value.Node{}
	for _, r := range str(args[0]) {
		items = append(items, value.FromValue(value.Long(int64(r))))
	}
	return value.Dynamic(value.Array(items))
}

// fromCodePoints takes numbers and arrays of them.
func fromCodePoints(_ *Context, args []value.Value) value.Value {
	var b []byte
	add := func(v value.Value) bool {
		v = value.Convert(v, value.TypeLong)
		ok := !v.Null && v.Int >= 0 && v.Int <= utf8.MaxRune
		if ok {
			b = utf8.AppendRune(b, rune(v.Int))
		}
		return ok
	}
	for _, v := range args {
		n := value.FromValue(v)
		if !n.IsArray() {
			if !add(v) {
				return value.String("")
			}
			continue
		}
		for _, item := range n.Items {
			if !add(item.Value()) {
				return value.String("")
			}
		}
	}
	return value.String(string(b))
}
