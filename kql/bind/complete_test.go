package bind

import (
	"strings"
	"testing"
)

// TestComplete offers what fits at the end of the text, or at ‸; only the
// first few are compared.
func TestComplete(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "audit events file finding process datatable let"},
		{"au", "audit"},
		{"let x = 1; au", "audit"},
		{"let x = au", "audit"},
		{"audit | ", "as count distinct extend"},
		{"audit | pro", "project project-away project-keep project-rename project-reorder"},
		{"audit | project-a", "project-away"},
		{"audit | where k8s.", "k8s.namespace k8s.node k8s.pod"},
		{"audit | where k8s.n‸ | take 1", "k8s.namespace k8s.node"},
		{"audit | where tolower(k8s.p", "k8s.pod"},
		{"audit | project a1 = 1, b1 = time | where b", "b1 bag"},
		{"audit | where broken( | where k8s.p", "k8s.pod"},
		{"audit | join (process | where process.n", "process.name"},
		{"audit | join (pro", "process"},
		{"union au", "audit"},
		{"audit | union fi", "file finding"},
		{"let limit1 = 5; audit | take lim", "limit1"},
		{"let secrets = (n:long) { audit | take n }; sec", "secrets"},
		{"audit | summarize cou", "count count"},
		{"audit | summarize count() by k8s.p", "k8s.pod"},
		{"audit | where x == \"au", ""},
		{"audit | where a // au", ""},
		{"audit | where time > ag", "ago"},
	} {
		text, _, _ := strings.Cut(tt.text, "‸")
		var got []string
		for _, c := range Complete(strings.ReplaceAll(tt.text, "‸", ""), len(text), smallCatalog()) {
			got = append(got, c.Text)
		}
		want := strings.Fields(tt.want)
		if len(want) > 0 && len(got) > len(want) {
			got = got[:len(want)]
		}
		ok := len(got) == len(want)
		for i := range want {
			ok = ok && strings.HasPrefix(got[i], want[i])
		}
		if !ok {
			t.Errorf("%q: %q, want %q", tt.text, got, want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add("let a = 1; audit | join (process | where x", 20)
	f.Add("T | project-a", 13)
	cat := smallCatalog()
	f.Fuzz(func(t *testing.T, text string, offset int) {
		if len(text) > 1<<10 {
			return
		}
		for _, c := range Complete(text, offset, cat) {
			if c.Replace.Start < 0 || c.Replace.End > len(text) || c.Replace.Start > c.Replace.End {
				t.Fatalf("%+v", c)
			}
		}
	})
}
