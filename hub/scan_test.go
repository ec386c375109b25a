package hub

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

func TestScanRealLog(t *testing.T) {
	log := filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")
	rules := sigma.Load(sigma.Options{}, sigma.Path("../rules"))
	for _, p := range rules.Errors {
		t.Error(p)
	}
	for _, p := range rules.Unsupported {
		t.Error(p)
	}
	r, err := Scan(context.Background(), ScanOptions{Files: []string{log}, Rules: rules.Rules})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Log(f.Severity, f.Rule.Title, f.Actor.User, f.Target, f.Count)
	}
	t.Logf("%+v", r.Coverage)
}
