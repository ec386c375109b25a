package e2e

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// allSecrets is the request for which an agent would be the first to be found.
const allSecrets = "/api/v1/secrets"

// TestOwnAgent lets the server watch its cluster as an administrator: nothing is found about what it asks. Somebody who
// asks the same outside, under the agent's account, its user agent and an audit ID of its own, is found.
func TestOwnAgent(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, []string{"prod"})
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)})
	r.watches(t, c, "prod")
	var seen map[string]string
	eventually(t, slow, "the agent's listing of secrets is stored, and known as its own", func() error {
		rows, err := r.rows(`audit | where audit.own_agent == true and api.operation == "list" and resource.type == "secrets" | project api.request.uid, http_request.user_agent`)
		if err != nil || len(rows) == 0 {
			return errors.Join(err, errors.New("no such request"))
		}
		seen = rows[0]
		return nil
	})
	agent := seen["http_request.user_agent"]
	if !strings.HasPrefix(agent, "lynceus-agent/") {
		t.Errorf("the agent calls itself %q", agent)
	}

	eventually(t, slow, "what the agent asks to see whether it comes by the audit log is timed", func() error {
		rows, err := r.rows(`health | where coverage.kind == "canary" and coverage.source == "audit" and status == "Success" and k8s.cluster == "prod" | project coverage.delay_ms`)
		if err != nil || len(rows) == 0 {
			return errors.Join(err, errors.New("no canary of the audit log"))
		}
		t.Log("audit canary, ms: ", rows[0]["coverage.delay_ms"])
		return nil
	})

	token := readToken(t, agentAccess(t, c))
	outside, err := c.Outside("attacker", []netip.Addr{netip.MustParseAddr("198.51.100.66")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = outside.Close() })
	config := clientTLS(t, c.Kubeconfig())
	config.Certificates = nil
	client := &http.Client{Timeout: slow, Transport: &http.Transport{DialContext: outside.Dial, TLSClientConfig: config}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cluster.FromCluster+allSecrets+"?limit=500", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Audit-ID", seen["api.request.uid"])
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the agent's account may not list secrets: %s", resp.Status)
	}
	eventually(t, slow, "the finding about the copy of the agent", func() error {
		all, err := r.findings("system:serviceaccount:lynceus:lynceus-agent")
		if err != nil {
			return err
		}
		return oneSays(all, "secrets_listed_everywhere", []string{`"critical"`, "198.51.100.66"})
	})

	// What came before that is judged by now.
	all, err := r.findings("kubernetes-admin")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		// What the agent asks before the server knows it, which cluster this is, is no more than informational.
		if f.Severity != "informational" && strings.Contains(string(f.Document), "lynceus-agent/") {
			t.Errorf("%s (%s) about the agent's own requests: %s", f.rule(), f.Severity, f.Document)
		}
	}
}

// readToken is the token in a client configuration.
func readToken(t *testing.T, kubeconfig string) string {
	t.Helper()
	text, err := os.ReadFile(kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	var k struct {
		Users []struct{ User struct{ Token string } }
	}
	if err := json.Unmarshal(text, &k); err != nil || len(k.Users) != 1 {
		t.Fatalf("%s: %v", kubeconfig, err)
	}
	return k.Users[0].User.Token
}
