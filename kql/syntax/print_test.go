package syntax

import (
	"reflect"
	"testing"
)

// checkRoundTrip fails when the printed tree does not parse to the same tree.
func checkRoundTrip(tb testing.TB, q *Query) {
	tb.Helper()
	text := q.String()
	again, err := Parse(text)
	if err != nil {
		tb.Errorf("printed text does not parse: %s\nfrom: %s\nprinted: %s", Describe(err), q.Text, text)
		return
	}
	if a, b := again.String(), text; a != b {
		tb.Errorf("printed twice:\n%s\n%s", b, a)
		return
	}
	clearSpans(reflect.ValueOf(q))
	clearSpans(reflect.ValueOf(again))
	again.Text = q.Text
	if !reflect.DeepEqual(q, again) {
		tb.Errorf("printed text parses to another tree\nfrom: %s\nprinted: %s", q.Text, text)
	}
}

var spanType = reflect.TypeFor[Span]()

// clearSpans sets every Span below v to zero, and makes nil of empty slices.
func clearSpans(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clearSpans(v.Elem())
		}
	case reflect.Slice:
		if v.Len() == 0 && v.CanSet() {
			v.SetZero()
		}
		for i := range v.Len() {
			clearSpans(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == spanType {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			clearSpans(v.Field(i))
		}
	}
}
