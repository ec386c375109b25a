package hub

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule"
)

// The ordinary work of a real cluster is quiet but for the administrator's
// tried kubectl exec.
func TestScanRealLog(t *testing.T) {
	log := filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz")
	r, err := Scan(context.Background(), ScanOptions{Files: []string{log}, Rules: builtinRules(t)})
	if err != nil {
		t.Fatal(err)
	}
	exec := 0
	for _, f := range r.Findings {
		switch {
		case f.Target.Subresource == "exec" && f.Actor.User == "kubernetes-admin":
			exec++
		case f.Severity > rule.Low:
			t.Errorf("%s %q of %s: %+v", f.Severity, f.Rule.Title, f.Actor.User, f.Target)
		}
	}
	if exec == 0 {
		t.Error("the tried kubectl exec is not found")
	}
	if c := r.Coverage.Total(); c.Events == 0 || c.Broken > 0 || c.Ignored > 0 {
		t.Errorf("read %d events, %d broken, %d ignored", c.Events, c.Broken, c.Ignored)
	}
}
