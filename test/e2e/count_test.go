package e2e

import (
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// watched starts a cluster whose API server posts to the receiver as a client, from its first request on.
func watched(t *testing.T, r *receiver, client string, config cluster.Config) *cluster.Cluster {
	t.Helper()
	config.AuditWebhook = r.kubeconfig(t, client)
	config.Forward = append(config.Forward, r.port())
	return clustertest.Start(t, config)
}

// TestEveryRequestIsStored starts a cluster under the policy that lynceus generates, and compares the store with the API
// server's own log: everything since the first request, each once.
func TestEveryRequestIsStored(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, []string{"prod"})
	policy, err := r.run("audit-policy", "generate")
	if err != nil {
		t.Fatal(err)
	}
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(policy)})
	clustertest.Kubectl(t, c, "create", "namespace", "shop")
	if n := r.equalsLog(t, c, "prod", slow); n < 200 {
		t.Errorf("%d requests at the start of a cluster: what is compared is not all", n)
	}
	nothingDropped(t, c)
}
