package falco

import (
	"fmt"
	"strings"
	"testing"
)

// show writes a condition with all brackets.
func show(n node) string {
	switch n := n.(type) {
	case *group:
		var x []string
		for _, part := range n.x {
			x = append(x, show(part))
		}
		return "(" + strings.Join(x, map[bool]string{true: " and ", false: " or "}[n.and]) + ")"
	case *negation:
		return "not " + show(n.x)
	case *macroRef:
		return "<" + n.name + ">"
	case *check:
		var values []string
		for _, v := range n.values {
			values = append(values, fmt.Sprintf("%q", v.text))
		}
		right := strings.Join(values, ",")
		if n.right != nil {
			right = showOperand(n.right)
		}
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", showOperand(n.left), n.op, right))
	}
	return "?"
}

func showOperand(o *operand) string {
	switch {
	case o.transform != "":
		var args []string
		for _, a := range o.args {
			args = append(args, showOperand(a))
		}
		return o.transform + "(" + strings.Join(args, ", ") + ")"
	case o.field == "":
		return fmt.Sprintf("%q", o.text)
	}
	return o.name()
}

func TestParseCondition(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"evt.type=open", `evt.type = "open"`},
		{"evt.type == open", `evt.type = "open"`},
		{"a or b and c", `(<a> or (<b> and <c>))`},
		{"(a or b) and c", `((<a> or <b>) and <c>)`},
		{"not a and b", `(not <a> and <b>)`},
		{"not not a", `<a>`},
		{"not(a or b)", `not (<a> or <b>)`},
		{"a and(b)or(c)", `((<a> and <b>) or <c>)`},
		{"a\n  and\tb", `(<a> and <b>)`},
		{"proc.name in (cat, 'a b', \"c,d\")", `proc.name in "cat","a b","c,d"`},
		{"proc.name in ()", `proc.name in`},
		{"proc.name in shells", `proc.name in "shells"`},
		{"proc.name in(cat)", `proc.name in "cat"`},
		{"fd.name pmatch (/etc, /var/run)", `fd.name pmatch "/etc","/var/run"`},
		{"proc.aname[2] = sh", `proc.aname[2] = "sh"`},
		{"jevt.value[/stage] exists", `jevt.value[/stage] exists`},
		{`jevt.value["/a b"] exists`, `jevt.value[/a b] exists`},
		{"evt.arg.flags contains O_CREAT", `evt.arg.flags contains "O_CREAT"`},
		{"user.loginuid=-1", `user.loginuid = "-1"`},
		{"fd.num>=0 and fd.num<10", `(fd.num >= "0" and fd.num < "10")`},
		{"proc.name != cat", `proc.name != "cat"`},
		{`proc.cmdline contains "a \"b\" \\ c"`, `proc.cmdline contains "a \"b\" \\ c"`},
		{`proc.cmdline regex 'a\d+'`, `proc.cmdline regex "a\\d+"`},
		{"tolower(proc.name) = cat", `tolower(proc.name) = "cat"`},
		{"proc.name = val(proc.pname)", `proc.name = val(proc.pname)`},
		{"len(tolower( proc.args )) > 3", `len(tolower(proc.args)) > "3"`},
		{`join(",", (proc.name, proc.pname)) = x`, `join(",", proc.name, proc.pname) = "x"`},
		{`concat(proc.name, "-", proc.pname) = "a-b"`, `concat(proc.name, "-", proc.pname) = "a-b"`},
		{"proc.name = tolower(proc.pname)", `proc.name = tolower(proc.pname)`},
	} {
		n, err := parseCondition(c.in)
		got := ""
		if err == nil {
			got = show(n)
		}
		if got != c.want {
			t.Errorf("parse(%q) = %s, want %s (%v)", c.in, got, c.want, err)
		}
	}
}

func TestParseConditionErrors(t *testing.T) {
	for _, c := range []struct {
		in     string
		at     int
		reason string
	}{
		{"", 0, "the condition is empty"},
		{"a b", 2, `"b" where the condition could end`},
		{"a and", 5, "the end where a field or a macro is expected"},
		{"(a or b", 7, "the end where ) is expected"},
		{"a)", 1, `")" where the condition could end`},
		{"proc.name", 9, "the end where an operator is expected"},
		{"proc.name contain x", 10, `"contain" where an operator is expected`},
		{"proc.name =", 11, "the end where a value is expected"},
		{"proc.name = 'x", 12, "the quoted text does not end"},
		{"proc.name in (a b)", 16, `"b)" where , or ) is expected`},
		{"proc.aname[", 11, "the argument of proc.aname is missing"},
		{"proc.aname[2 = x", 12, `"=" where ] is expected`},
		{"tolower(cat) = x", 8, `"cat)" where a field is expected`},
		{"concat() = x", 0, "concat is given 0 operands"},
		{strings.Repeat("(", 300) + "a" + strings.Repeat(")", 300), 200, "nested more than 200 levels deep"},
		{strings.Repeat("tolower(", 300) + "proc.name", 1600, "nested more than 200 levels deep"},
	} {
		_, err := parseCondition(c.in)
		if err == nil || err.reason != c.reason || c.at < 200 && err.at != c.at {
			t.Errorf("parse(%.20q): %+v, want %q at %d", c.in, err, c.reason, c.at)
		}
	}
}

func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{"evt.type=open", "a or not (b and proc.name in (x, 'y'))", "len(join(\",\", (proc.name))) > 1", `jevt.value["/a"] exists`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseCondition(text)
		if (n == nil) == (err == nil) {
			t.Fatal("neither a condition nor an error, or both")
		}
		if err != nil && (err.at < 0 || err.at > len(text)) {
			t.Fatalf("an error at %d of %d", err.at, len(text))
		}
	})
}
