package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// silentPolicy records nothing, which is what an API server without a policy does.
const silentPolicy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n"

// TestSilence lets an API server have a webhook and nothing to say: the status names that, and what to look at.
func TestSilence(t *testing.T) {
	t.Parallel()
	const patience = 5 * time.Second
	r := newReceiver(t, []string{"prod"}, "--silence", patience.String())
	watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(silentPolicy)})
	eventually(t, slow, "the status speaks of the silence", func() error {
		var status struct{ Problems []string }
		if err := r.get("/api/v1/status", &status); err != nil {
			return err
		}
		for _, p := range status.Problems {
			if strings.Contains(p, "no audit events arrived") && strings.Contains(p, "audit policy") {
				t.Log(p)
				return nil
			}
		}
		return fmt.Errorf("problems: %q", status.Problems)
	})
}
