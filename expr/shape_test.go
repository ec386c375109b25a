package expr

import (
	"reflect"
	"strings"
	"testing"
)

func TestShape(t *testing.T) {
	tests := []struct {
		p    Pred
		want Shape
	}{
		{Pred{Op: OpEq, Text: "A"}, Shape{Kind: ShapeEqual, Text: "A"}},
		{Pred{Op: OpEq, Text: "A", Fold: true}, Shape{Kind: ShapeEqual, Text: "a", Fold: true}},
		{Pred{Op: OpContains, Text: "A"}, Shape{Kind: ShapeContains, Text: "A"}},
		{Pred{Op: OpGlob, Text: `a\*b`}, Shape{Kind: ShapeEqual, Text: "a*b"}},
		{Pred{Op: OpGlob, Text: `A*`, Fold: true}, Shape{Kind: ShapePrefix, Text: "a", Fold: true}},
		{Pred{Op: OpGlob, Text: `*A`}, Shape{Kind: ShapeSuffix, Text: "A"}},
		{Pred{Op: OpGlob, Text: `*A*`}, Shape{Kind: ShapeContains, Text: "A"}},
		{Pred{Op: OpGlob, Text: `*`}, Shape{Kind: ShapePrefix}},
		{Pred{Op: OpGlob, Text: `**`}, Shape{Kind: ShapeContains}},
		{Pred{Op: OpGlob, Text: `A?B*C`}, Shape{Required: [][]string{{"a"}, {"b"}, {"c"}}}},
		{Pred{Op: OpGlob, Text: `???`}, Shape{}},
		{Pred{Op: OpRegex, Text: `Foo|bar`}, Shape{Required: [][]string{{"foo", "bar"}}}},
		{Pred{Op: OpRegex, Text: `(`}, Shape{}},
		{Pred{Op: OpCIDR, Text: `::/0`}, Shape{}},
		{Pred{Op: OpEq, Text: `1`, Part: PartHour}, Shape{}},
	}
	for _, tt := range tests {
		if got := tt.p.Shape(); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%+v: %+v, want %+v", tt.p, got, tt.want)
		}
	}
}

// FuzzShape holds what a shape says of a text against the predicate's test.
func FuzzShape(f *testing.F) {
	f.Add(uint8(OpGlob), "A*b?c", true, "axbyc")
	f.Add(uint8(OpRegex), "(foo|b.r)+x", true, "FOOx")
	f.Add(uint8(OpSuffix), "\u212a", true, "xk")
	f.Add(uint8(OpGlob), "?\xc3*", false, "aé")
	f.Fuzz(func(t *testing.T, op uint8, literal string, fold bool, text string) {
		p := &Pred{Op: Op(op%uint8(OpRegex) + 1), Text: literal, Fold: fold}
		test, err := NewTest(p, nil)
		if err != nil || len(literal) > 200 {
			return
		}
		var v Value
		v.SetText(text)
		got := test.Holds(&v)
		s := p.Shape()
		seen := text
		if s.Fold {
			seen = v.Folded()
		}
		want := got
		switch s.Kind {
		case ShapeEqual:
			want = seen == s.Text
		case ShapePrefix:
			want = strings.HasPrefix(seen, s.Text)
		case ShapeSuffix:
			want = strings.HasSuffix(seen, s.Text)
		case ShapeContains:
			want = strings.Contains(seen, s.Text)
		case ShapeOther:
			want = got && containsAll(v.Folded(), s.Required)
		}
		if got != want {
			t.Fatalf("%+v on %q: %v, shape %+v", p, text, got, s)
		}
	})
}

func TestValue(t *testing.T) {
	test, err := NewTest(&Pred{Op: OpEq, Text: "7.0"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var v Value
	v.SetInt(7)
	if !test.Holds(&v) || v.Text() != "7" {
		t.Errorf("7 is %q", v.Text())
	}
	v.SetText("É7")
	if test.Holds(&v) || v.Text() != "É7" || v.Folded() != fold("é7") {
		t.Errorf("%q %q", v.Text(), v.Folded())
	}
	if _, err := NewTest(&Pred{Op: OpExists}, nil); err == nil {
		t.Error("existence is no test of a value")
	}
}
