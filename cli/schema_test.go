package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/cli"
	"github.com/lynceus-io/lynceus/internal/docschema"
	"github.com/lynceus-io/lynceus/internal/require"
)

const (
	soundRule = `title: Secrets listed
id: 11111111-1111-4111-8111-111111111111
logsource: {product: kubernetes, service: audit}
detection:
  selection: {verb: list, objectRef.resource: secrets}
  condition: selection
level: high
tags: [attack.credential_access, attack.t1552.007]
`
	brokenRule = `title: Broken
logsource: {product: kubernetes, service: audit}
detection:
  selection: {verb|contians: x}
  condition: selection
`
	foreignRule = `title: Foreign
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image: x}
  condition: selection
`
	listedEvent = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a1","stage":"ResponseComplete","requestURI":"/api/v1/secrets",` +
		`"verb":"list","user":{"username":"jane"},"objectRef":{"resource":"secrets"},"responseStatus":{"code":200},` +
		`"requestReceivedTimestamp":"2026-03-04T10:00:00.000000Z","stageTimestamp":"2026-03-04T10:00:00.100000Z"}`
)

// What the commands print as JSON is what the published schemas describe.
func TestJSONMatchesSchemas(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"sound.yml": soundRule, "broken.yml": brokenRule, "foreign.yml": foreignRule, "audit.log": listedEvent} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sound := filepath.Join(dir, "sound.yml")
	schemas := docschema.Dir(filepath.Join(require.ModuleRoot(t), "docs", "schema"))
	for _, c := range []struct {
		schema string
		args   []string
		code   int
	}{
		{"rules.schema.json", []string{"rules", "list", "--output", "json", sound}, 0},
		{"rules-check.schema.json", []string{"rules", "check", "--output", "json", dir}, 1},
		{"scan.schema.json", []string{"scan", "--no-builtin", "--rules", sound, "--output", "json", filepath.Join(dir, "audit.log")}, 0},
		{"finding.schema.json", []string{"scan", "--no-builtin", "--rules", sound, "--output", "jsonl", filepath.Join(dir, "audit.log")}, 0},
	} {
		var out, errs bytes.Buffer
		if code := cli.Run(context.Background(), c.args, strings.NewReader(""), &out, &errs); code != c.code {
			t.Errorf("%v: exit code %d, want %d: %s", c.args, code, c.code, &errs)
		}
		for _, e := range schemas.Validate(c.schema, out.Bytes()) {
			t.Errorf("%v: %v", c.args, e)
		}
	}
}

// A run that is interrupted says so.
func TestInterrupted(t *testing.T) {
	log := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(log, []byte(listedEvent), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rules := filepath.Join(filepath.Dir(log), "sound.yml")
	if err := os.WriteFile(rules, []byte(soundRule), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if code := cli.Run(ctx, []string{"scan", "--no-builtin", "--rules", rules, log}, strings.NewReader(""), &out, &errs); code != 3 || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}
