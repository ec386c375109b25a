package bind

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// TestPlans compares printed plans, and errors, with testdata/plans.txt: after
// each "> query" stands what comes of it. Set UPDATE_PLANS to write the file
// anew, and read the difference.
func TestPlans(t *testing.T) {
	file := filepath.Join("testdata", "plans.txt")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range strings.Split("\n"+string(data), "\n> ")[1:] {
		query, want, _ := strings.Cut(part, "\n")
		got := ""
		if n, err := bindOver(smallCatalog(), query); err != nil {
			got = syntax.Describe(err) + "\n"
		} else {
			checkPlan(t, n)
			got = plan.String(n)
		}
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", query, got, want)
		}
		out.WriteString("> " + query + "\n" + got + "\n")
	}
	if os.Getenv("UPDATE_PLANS") != "" {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// smallCatalog has a few of the store's tables and columns, so that plans
// stay the same when fields are added.
func smallCatalog() Catalog {
	kept := map[string]bool{}
	for _, name := range strings.Fields(`time received_time metadata.uid k8s.namespace k8s.pod k8s.node actor.user.name src_endpoint.ip raw_data api.operation
		api.response.code resource.type http_request.url.path audit.user.groups audit.request_object process.name process.cmd_line file.path severity`) {
		kept[name] = true
	}
	tables := []event.Class{event.ClassProcess, event.ClassFile, event.ClassAudit, event.ClassFinding}
	return newRegistry(tables, func(c event.Class) []*event.Field {
		return slices.DeleteFunc(tableFields(c), func(f *event.Field) bool { return !kept[f.Name] })
	})
}
