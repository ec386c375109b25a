package sigma

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		in   string
		op   expr.Op
		text string
	}{
		{``, expr.OpEq, ``},
		{`a`, expr.OpEq, `a`},
		{`*`, expr.OpGlob, `*`},
		{`**`, expr.OpGlob, `*`},
		{`?`, expr.OpGlob, `?`},
		{`a*`, expr.OpPrefix, `a`},
		{`*a`, expr.OpSuffix, `a`},
		{`*a*`, expr.OpContains, `a`},
		{`**a**`, expr.OpContains, `a`},
		{`a*b`, expr.OpGlob, `a*b`},
		{`prog?.exe`, expr.OpGlob, `prog?.exe`},
		{`a??`, expr.OpGlob, `a??`},
		{`\*`, expr.OpEq, `*`},
		{`\?`, expr.OpEq, `?`},
		{`a\*b`, expr.OpEq, `a*b`},
		{`a\*b*`, expr.OpPrefix, `a*b`},
		{`a\*?`, expr.OpGlob, `a\*?`},
		{`\`, expr.OpEq, `\`},
		{`\\`, expr.OpEq, `\`},
		{`\\\`, expr.OpEq, `\\`},
		{`\\\\`, expr.OpEq, `\\`},
		{`\\*`, expr.OpPrefix, `\`},
		{`\\\*`, expr.OpEq, `\*`},
		{`\\\\*`, expr.OpPrefix, `\\`},
		{`C:\Windows\System32`, expr.OpEq, `C:\Windows\System32`},
		{`*\cmd.exe`, expr.OpSuffix, `\cmd.exe`},
		{`*\\cmd.exe`, expr.OpSuffix, `\cmd.exe`},
		{`a\*b\?c?d`, expr.OpGlob, `a\*b\?c?d`},
		{`\\a?`, expr.OpGlob, `\\a?`},
		{`%x%`, expr.OpEq, `%x%`},
		{`ä*`, expr.OpPrefix, `ä`},
	} {
		p := parsePattern(c.in).test(expr.Pos{}, event.Ref{Path: "f"}, "f", true)
		if p.Op != c.op || p.Text != c.text {
			t.Errorf("parsePattern(%q) = op %d %q, want op %d %q", c.in, p.Op, p.Text, c.op, c.text)
		}
	}
}
