package bind

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/syntax"
)

// Functions that call themselves or each other in many ways end in an error
// of the query, soon and in little memory.
func TestRecursion(t *testing.T) {
	doubling := "let f0 = () { 1 };\n"
	for i := 1; i < 60; i++ {
		doubling += fmt.Sprintf("let f%d = () { let a = f%d(); let b = f%d(); a + b };\n", i, i-1, i-1)
	}
	for _, tt := range []struct{ query, want string }{
		{"let f = (x:long) { f(x) }; print f(1)", "deep"},
		{"let f = () { f() }; f()", "deep"},
		{"let f = () { let g = () { f() }; g() }; f()", "deep"},
		{"let f = () { f() }; let g = () { f() }; let f = () { g() }; print f()", "deep"},
		{"let f = (T:(a:long)) { T | invoke f() }; datatable(a:long)[1] | invoke f()", "large"},
		{doubling + "print f59()", "large"},
	} {
		q, err := syntax.Parse(tt.query)
		if err != nil {
			t.Fatalf("%s: %v", tt.query, err)
		}
		_, err = Bind(q, Options{Now: testNow})
		if err == nil || !strings.Contains(syntax.Describe(err), tt.want) {
			t.Errorf("%.80s: %.200v, want %q", tt.query, err, tt.want)
		}
	}
}
