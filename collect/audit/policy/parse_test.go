package policy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// verdicts are policies with what a real API server said to them.
func verdicts(t testing.TB) []txtar.File {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", "verdicts.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return a.Files
}

func TestVerdictsAreTheServers(t *testing.T) {
	for _, f := range verdicts(t) {
		name, want, _ := strings.Cut(f.Name, ".")
		t.Run(name, func(t *testing.T) {
			p, problems := Parse(f.Data)
			if got := Illegal(problems); got != (want == "refused") {
				t.Errorf("the API server says %s; problems %v", want, problems)
			}
			if want == "accepted" && p == nil {
				t.Error("nothing was read")
			}
		})
	}
}

func TestParseSaysWhere(t *testing.T) {
	const head = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
	tests := []struct{ text, want string }{
		{head + "rules:\n- level: Metadata\n  verb: [get]\n", "5:3: error: rules[0].verb: there is no such key"},
		{head + "rules:\n- level: metadata\n", `4:3: refused: rules[0].level: "metadata" is no level`},
		{head + "omitStages: [Nope]\nrules: [{level: None}]\n", `3:14: refused: omitStages[0]: "Nope" is no stage`},
		{head + "rules:\n- level: None\n  resources:\n  - group: apps/v1\n", `4:3: refused: rules[0].resources[0].group: "apps/v1" is no name`},
		{head + "rules: [\n", "3:1: refused: "},
		{head + "rules:\n- level: None\n  level: Metadata\n", "5:3: error: rules[0].level: the key stands here twice"},
	}
	for _, tt := range tests {
		_, problems := Parse([]byte(tt.text))
		if len(problems) == 0 || !strings.HasPrefix(problems[0].String(), tt.want) {
			t.Errorf("Parse(%q) = %v, want %s", tt.text, problems, tt.want)
		}
	}
}

func TestParseBoundsItsWork(t *testing.T) {
	bomb := "apiVersion: audit.k8s.io/v1\nkind: Policy\na: &a [x,x,x,x,x,x,x,x,x,x]\nrules: &b\n"
	for range 200 {
		bomb += "- {level: None, users: *a}\n"
	}
	if _, problems := Parse([]byte(bomb)); Illegal(problems) {
		t.Error("ordinary aliases are refused", problems)
	}
	if p, problems := Parse(bytes.Repeat([]byte{' '}, MaxSize+1)); p != nil || !Illegal(problems) {
		t.Error("a file that is too long is read")
	}
}

func TestPrintIsRead(t *testing.T) {
	no := false
	p := &Policy{OmitStages: []Stage{RequestReceived}, OmitManagedFields: true, Rules: []Rule{
		{Level: None, Users: []string{"a\"b", "*"}, UserGroups: []string{"g"}, Verbs: []string{"get"}, NonResourceURLs: []string{"/x*"}, OmitStages: []Stage{Panic}},
		{Level: Request, Namespaces: []string{"", "n"}, OmitManagedFields: &no, Resources: []GroupResources{{Group: ""}, {Group: "apps", Resources: []string{"*/scale"}, ResourceNames: []string{"x"}}}},
	}}
	text := Print(p, Comment{"head"}, []Comment{{"first: [", ""}})
	got, problems := Parse([]byte(text))
	if len(problems) > 0 {
		t.Fatalf("%v in\n%s", problems, text)
	}
	for i := range got.Rules {
		got.Rules[i].At = Pos{}
	}
	if again := Print(got, Comment{"head"}, []Comment{{"first: [", ""}}); again != text {
		t.Errorf("read back and written:\n%s\nwant\n%s", again, text)
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range verdicts(f) {
		f.Add(v.Data)
	}
	if demo, err := os.ReadFile(filepath.Join("testdata", "verdicts.txtar")); err == nil {
		f.Add(demo)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, problems := Parse(text)
		if p == nil && !Illegal(problems) {
			t.Fatal("nothing is read, and nothing wrong")
		}
		if p == nil || Illegal(problems) {
			return
		}
		for _, problem := range problems {
			_ = problem.String()
		}
		again, problems := Parse([]byte(Print(p, nil, nil)))
		if again == nil || Illegal(problems) {
			t.Fatalf("what is printed is not read: %v", problems)
		}
		if len(again.Rules) != len(p.Rules) {
			t.Fatalf("%d rules become %d", len(p.Rules), len(again.Rules))
		}
	})
}

func TestParseTellsABoundedNumberOfProblems(t *testing.T) {
	text := "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + strings.Repeat("- {level: None, nope: 1}\n", 3000) + "- {level: bad}\n- {level: worse}\n"
	_, problems := Parse([]byte(text))
	if len(problems) != maxProblems+1 || !Illegal(problems) {
		t.Errorf("%d problems, illegal %v", len(problems), Illegal(problems))
	}
}
