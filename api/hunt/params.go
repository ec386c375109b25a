package hunt

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/syntax"
	"github.com/lynceus-io/lynceus/kql/value"
)

// params reads values for the parameters that a query declares.
func params(text string, given map[string]string) (map[string]value.Value, error) {
	if len(given) == 0 {
		return nil, nil
	}
	tree, err := syntax.Parse(text)
	if err != nil {
		return nil, err
	}
	out := map[string]value.Value{}
	var names []string
	for _, st := range tree.Statements {
		d, ok := st.(*syntax.Declare)
		if !ok {
			continue
		}
		for _, p := range d.Params {
			names = append(names, p.Name.Text)
			t, ok := value.ParseType(p.Type)
			text, has := given[p.Name.Text]
			if !ok || !has {
				continue // the binder says what is wrong with the declaration
			}
			v, ok := ofParam(text, t)
			if !ok {
				return nil, problem.New(problem.BadRequest, "parameter %s: %.100q is no %s", p.Name.Text, text, t).Advise("%s", example(t))
			}
			out[p.Name.Text] = v
		}
	}
	for name := range given {
		if _, ok := out[name]; !ok {
			return nil, undeclared(name, names)
		}
	}
	return out, nil
}

func undeclared(name string, names []string) error {
	p := problem.New(problem.BadRequest, "the query declares no parameter %q", name)
	if len(names) == 0 {
		return p.Advise("declare it: declare query_parameters(%s:string);", name)
	}
	return p.Advise("it declares %s", strings.Join(names, ", "))
}

// ofParam reads a value as people write it.
func ofParam(text string, t value.Type) (value.Value, bool) {
	if t == value.TypeDynamic {
		n, ok := value.ParseJSON(text)
		return value.Dynamic(n), ok
	}
	if t == value.TypeGuid || t == value.TypeDecimal {
		v := value.Convert(value.String(text), t)
		return v, !v.Null
	}
	return ofText(strings.TrimSpace(text), t)
}

func example(t value.Type) string {
	switch t {
	case value.TypeTimespan:
		return "write one like 90m, 24h or 7d"
	case value.TypeDatetime:
		return "write one like 2026-03-04T10:00:00Z"
	case value.TypeBool:
		return "write true or false"
	case value.TypeDynamic:
		return `write JSON, such as ["a","b"]`
	}
	return fmt.Sprintf("write a %s as KQL has it", t)
}
