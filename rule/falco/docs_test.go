package falco

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

var update = flag.Bool("update", false, "write the tables in docs/falco-rules.md anew")

const marker = "<!-- fields: written by go test ./rule/falco -update -->\n"

// The table of fields in the documentation is the one that rules are read
// with.
func TestDocumentedFields(t *testing.T) {
	path := filepath.Join(require.ModuleRoot(t), "docs", "falco-rules.md")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(b), marker)
	if len(parts) != 3 {
		t.Fatalf("%s has %d markers, want 2", path, len(parts)-1)
	}
	want := parts[0] + marker + fieldTables() + marker + parts[2]
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(b) != want {
		t.Errorf("%s is not what the tables say: run go test ./rule/falco -run Documented -update", path)
	}
}

func fieldTables() string {
	var b strings.Builder
	for _, source := range []string{sourceAudit, sourceSyscall} {
		rows := join(anySource, sourceRows[source])
		fmt.Fprintf(&b, "\nSource `%s`:\n\n| Falco | here |\n|---|---|\n", source)
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			r := rows[name]
			if source == sourceSyscall && name == "evt.arg" {
				name = "evt.arg.NAME, evt.arg"
			}
			fmt.Fprintf(&b, "| `%s` | %s |\n", name, r.describe())
		}
	}
	return b.String() + "\n"
}

// describe says where a field stands, for people.
func (r *row) describe() string {
	var notes []string
	places := slices.Clone(r.places)
	if r.argued != nil && places == nil {
		for _, arg := range []string{"command", "flags", "0", "/a/b"} {
			if p, ok := r.argued(arg); ok && p != nil {
				places = p
				notes = append(notes, "for `["+arg+"]`")
				break
			}
		}
	}
	for i, p := range places {
		places[i] = "`" + strings.ReplaceAll(p, "`", "") + "`"
	}
	text := strings.Join(places, ", ")
	switch {
	case r.kind == kindFixed:
		text = "always `" + r.fixed + "`"
	case r.kind == kindType:
		text += " and the table, see below"
	}
	if r.list {
		notes = append(notes, "a list")
	}
	if r.argued != nil && r.optional {
		notes = append(notes, "or one of them, by `[...]`")
	}
	switch r.end {
	case endLocal:
		notes = append(notes, "the first where the connection was opened here, else the second")
	case endRemote:
		notes = append(notes, "the second where the connection was opened here, else the first")
	}
	if r.absent != "" {
		notes = append(notes, "`"+r.absent+"` where it is absent")
	}
	if r.words != nil {
		notes = append(notes, "with other words")
	}
	if len(notes) > 0 {
		text += "; " + strings.Join(notes, "; ")
	}
	return text
}
