package fn

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/value"
)

func TestWindows(t *testing.T) {
	tests := []struct {
		name string
		rows [][]any // arguments, row by row
		want string
	}{
		{"row_number", [][]any{{}, {}, {}}, "1 2 3"},
		{"row_number", [][]any{{5, false}, {5, false}, {5, true}}, "5 6 5"},
		{"row_cumsum", [][]any{{1}, {"long:null"}, {3}}, "1 1 4"},
		{"row_cumsum", [][]any{{1.5, false}, {1.0, true}, {1.0, false}}, "1.5 1.0 2.0"},
		{"row_rank_dense", [][]any{{"a"}, {"b"}, {"b"}, {"c"}}, "1 2 2 3"},
		{"row_rank_min", [][]any{{"a", false}, {"b", false}, {"b", false}, {"c", false}, {"c", true}}, "1 2 2 4 1"},
		{"prev", [][]any{{1}, {2}, {3}}, "null 1 2"},
		{"prev", [][]any{{1, 2, 0}, {2, 2, 0}, {3, 2, 0}, {4, 2, 0}}, "0 0 1 2"},
	}
	for _, tt := range tests {
		f, _ := Lookup(tt.name)
		var got []string
		var step func(*Context, []value.Value) value.Value
		for _, row := range tt.rows {
			args := make([]value.Value, len(row))
			types := make([]Arg, len(row))
			for i, a := range row {
				args[i] = arg(t, a)
				types[i].Type = args[i].Type
			}
			if step == nil {
				result, err := f.Result(types)
				if err != nil {
					t.Fatal(err)
				}
				step = f.Step(result)
			}
			got = append(got, show(step(&Context{}, args)))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
}
