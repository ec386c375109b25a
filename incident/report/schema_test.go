package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/internal/docschema"
	"github.com/lynceus-io/lynceus/internal/require"
)

var update = flag.Bool("update", false, "write the tables in docs/output.md anew")

func schemas(t *testing.T) docschema.Set {
	return docschema.Dir(filepath.Join(require.ModuleRoot(t), "docs", "schema"))
}

// What is written is what the published schemas describe, member by member.
func TestDocumentsMatchSchemas(t *testing.T) {
	for name, r := range samples() {
		var b bytes.Buffer
		if err := report.WriteJSON(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, e := range schemas(t).Validate("scan.schema.json", b.Bytes()) {
			t.Errorf("%s: %v", name, e)
		}
		b.Reset()
		if err := report.WriteJSONL(&b, r); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(b.Bytes()) {
			for _, e := range schemas(t).Validate("finding.schema.json", line) {
				t.Errorf("%s: %v", name, e)
			}
		}
		if n := bytes.Count(b.Bytes(), []byte("\n")); n != len(r.Findings) {
			t.Errorf("%s: %d lines of %d findings", name, n, len(r.Findings))
		}
	}
}

// A schema must refuse what it should, or the test above says nothing.
func TestSchemasRefuse(t *testing.T) {
	good, err := json.Marshal(report.NewFindings(samples()["full"])[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to string }{
		{`"severity":"critical"`, `"severity":"dire"`},
		{`"lynceus.finding/v1"`, `"lynceus.finding/v2"`},
		{`"audit_ids":[`, `"audit_id":[`},
		{`"count":1`, `"count":"1"`},
		{`"tags":[`, `"more":1,"tags":[`},
		{`"time":"2026`, `"time":"26`},
	} {
		bad := bytes.Replace(good, []byte(c.from), []byte(c.to), 1)
		if bytes.Equal(bad, good) || len(schemas(t).Validate("finding.schema.json", bad)) == 0 {
			t.Errorf("%s instead of %s is accepted", c.to, c.from)
		}
	}
}

// docs/output.md shows the schemas as they are.
func TestOutputPageIsFresh(t *testing.T) {
	page := filepath.Join(require.ModuleRoot(t), "docs", "output.md")
	old, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	now := regexp.MustCompile(`(?s)(<!-- members of schema/(\S+) -->\n).*?(<!-- end -->)`).ReplaceAllFunc(old, func(m []byte) []byte {
		parts := regexp.MustCompile(`<!-- members of schema/(\S+) -->\n`).FindSubmatch(m)
		table, err := schemas(t).Table(string(parts[1]))
		if err != nil {
			t.Fatal(err)
		}
		tables++
		return []byte(string(parts[0]) + table + "<!-- end -->")
	})
	if tables != 5 {
		t.Errorf("%d tables, want 5", tables)
	}
	if bytes.Equal(old, now) {
		return
	}
	if !*update {
		t.Fatal("docs/output.md is not what docs/schema says; go test ./incident/report -update writes it anew")
	}
	if err := os.WriteFile(page, now, 0o644); err != nil {
		t.Fatal(err)
	}
}
