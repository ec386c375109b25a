package fn

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

func TestParse(t *testing.T) {
	text := func(s string) ParsePart { return ParsePart{Text: s} }
	col := func(t value.Type) ParsePart { return ParsePart{Column: t} }
	any := ParsePart{Any: true}
	str, long := col(value.TypeString), col(value.TypeLong)
	for _, tt := range []struct {
		p        ParsePattern
		in, want string // "" for no match
	}{
		{ParsePattern{Parts: []ParsePart{text("a="), str}}, "a=b c", `["b c"]`},
		{ParsePattern{Parts: []ParsePart{text("a="), str}}, "xa=b", ``},
		{ParsePattern{Parts: []ParsePart{any, text("a="), str, text(","), any}}, "xa=b,c,d", `["b"]`},
		{ParsePattern{Parts: []ParsePart{any, text("a="), str, text(";")}}, "a=b;c;", `["b;c"]`},
		{ParsePattern{Parts: []ParsePart{any, text("n="), long, any, text("m="), long, any}}, "n=12, m=-3.", `[12,-3]`},
		{ParsePattern{Parts: []ParsePart{any, text("n="), long}}, "n=x", ``},
		{ParsePattern{Parts: []ParsePart{any, text("n="), long}}, "n=99999999999999999999", ``},
		{ParsePattern{Kind: ParseRelaxed, Parts: []ParsePart{any, text("n="), long, text(","), str}}, "n=x,y", `[null,"y"]`},
		{ParsePattern{Kind: ParseRelaxed, Parts: []ParsePart{any, text("n="), long, text(","), str}}, "n=7,y", `[7,"y"]`},
		{ParsePattern{Parts: []ParsePart{text("a.c "), str}}, "abc d", ``},
		{ParsePattern{Parts: []ParsePart{str, text("\n"), str}}, "a\nb\nc", `["a","b\nc"]`},
		{ParsePattern{Kind: ParseRegex, Parts: []ParsePart{any, text("a="), str, text(","), any}}, "a=b,c,d", `["b,c"]`},
		{ParsePattern{Kind: ParseRegex, Flags: "Ui", Parts: []ParsePart{any, text("A="), str, text(","), any}}, "xa=b,c,d", `["b"]`},
		{ParsePattern{Kind: ParseRegex, Parts: []ParsePart{text("(x|y)+"), long, text("[a-z]"), str}}, "xyx12q!", `[12,"!"]`},
		{ParsePattern{Kind: ParseRegex, Parts: []ParsePart{any, text("a"), str}}, "\na", ``},
		{ParsePattern{Kind: ParseRegex, Flags: "s", Parts: []ParsePart{any, text("a"), str}}, "\na", `[""]`},
		{ParsePattern{Parts: []ParsePart{text("t="), col(value.TypeDatetime)}}, "t=02/17/2016 08:40:01", `["2016-02-17T08:40:01.0000000Z"]`},
		{ParsePattern{Parts: []ParsePart{text("t="), col(value.TypeDatetime)}}, "t=soon", ``},
	} {
		f, err := NewParse(tt.p)
		if err != nil {
			t.Errorf("%+v: %v", tt.p, err)
			continue
		}
		got := f.Eval(&Context{}, []value.Value{value.String(tt.in)})
		if s := got.String(); got.Null != (tt.want == "") || !got.Null && s != tt.want {
			t.Errorf("%+v of %q: %s, want %s", tt.p, tt.in, s, tt.want)
		}
	}
	for _, p := range []ParsePattern{
		{Kind: ParseRegex, Parts: []ParsePart{text("(")}},
		{Kind: ParseRegex, Flags: "x", Parts: []ParsePart{str}},
		{Flags: "i", Parts: []ParsePart{str}},
		{Parts: []ParsePart{text(string(make([]byte, maxParsePattern+1)))}},
	} {
		if _, err := NewParse(p); err == nil {
			t.Errorf("%.100v: no error", p)
		}
	}
}
