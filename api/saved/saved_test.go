package saved

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/value"
)

// Every query that comes with Lynceus says what it is, and compiles.
func TestBuiltIn(t *testing.T) {
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, q := range list {
		names[q.Name] = true
		if q.Description == "" || len(q.Needs) == 0 || !strings.HasSuffix(q.Title, "?") {
			t.Errorf("%s says too little of itself: %+v", q.Name, q)
		}
		params := map[string]value.Value{}
		for _, p := range q.Params {
			if p.Doc == "" {
				t.Errorf("%s: the parameter %s is not described", q.Name, p.Name)
			}
			if p.Default == "" {
				params[p.Name] = value.String("x")
			}
		}
		if _, err := kql.Compile(q.KQL, kql.Options{Params: params}); err != nil {
			t.Errorf("%s: %v", q.Name, err)
		}
	}
	for _, name := range []string{"secrets", "processes", "account", "boundaries", "who", "indicator"} {
		if !names[name] {
			t.Errorf("the question %s is missing", name)
		}
	}
}

func TestParse(t *testing.T) {
	q, err := Parse("mine", "// Mine\n//\n// More\n// text.\n// needs: dns audit dns\n// param a: first\ndeclare query_parameters(a:string, b:timespan = 1h);\naudit | where actor.user.name == a\n")
	if err != nil {
		t.Fatal(err)
	}
	if q.Name != "mine" || q.Title != "Mine" || q.Description != "More\ntext." || strings.Join(q.Needs, " ") != "audit dns" {
		t.Errorf("%+v", q)
	}
	if len(q.Params) != 2 || q.Params[0] != (Param{"a", "string", "", "first"}) || q.Params[1] != (Param{"b", "timespan", "1h", ""}) {
		t.Errorf("%+v", q.Params)
	}
	for name, want := range map[string]string{"a": "", "b": "needs a value for a", "c": "no parameter"} {
		err := q.Check(map[string]string{name: "x"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("Check(%s): %v, want %q", name, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"A", "audit", "no name"},
		{"../x", "audit", "no name"},
		{"x", "audit | where (", ""},
		{"x", "// t\n// needs: nothing\naudit", "no table"},
		{"x", "// t\n// param a: x\naudit", "does not declare"},
		{"x", strings.Repeat("x", MaxText+1), "longer"},
	}
	for _, tt := range tests {
		if _, err := Parse(tt.name, tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Parse(%q, %.20q): %v, want %q", tt.name, tt.text, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("// T\n// needs: audit\n// param a: b\ndeclare query_parameters(a:string);\naudit")
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse("x", text)
		if err == nil && (q.Title == "" || q.KQL != text) {
			t.Errorf("%+v", q)
		}
	})
}

func TestLibraryKeepsBuiltIns(t *testing.T) {
	l, err := NewLibrary(nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Save(context.Background(), "secrets", "audit", "me"); !errors.Is(err, ErrBuiltIn) {
		t.Errorf("save: %v", err)
	}
	if err := l.Remove(context.Background(), "secrets"); !errors.Is(err, ErrBuiltIn) {
		t.Errorf("remove: %v", err)
	}
	if _, err := l.Get(context.Background(), "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("get: %v", err)
	}
}
