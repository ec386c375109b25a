package e2e

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestTokenPod compares whose token a call carried, as the store has it, with what the calling pods say of themselves: for
// every call of three workloads' pods. Then a token is used by another pod and by a host outside: the store has the
// pod it belongs to, and the address it was used from.
func TestTokenPod(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, []string{"prod"})
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)})
	image := clustertest.GoImage(t, c, callerPackage)
	clustertest.Kubectl(t, c, "create", "namespace", "shop")
	clustertest.Kubectl(t, c, "create", "namespace", "lab")
	for _, d := range []struct{ namespace, name string }{{"shop", "web"}, {"shop", "cart"}, {"lab", "notebook"}} {
		clustertest.Apply(t, c, deployment(d.namespace, d.name, image, 2, "loop", "/api/v1/namespaces/"+d.namespace+"/configmaps"))
		available(t, c, d.namespace, d.name)
	}
	said := enough(t, c, "shop", "lab")
	rows := r.calls(t, said)
	right := 0
	for i, want := range said {
		row := rows[i]
		if row["audit.token_pod.uid"] == want.PodUID && row["audit.token_pod.name"] == want.Pod && row["audit.token_node.name"] == want.Node {
			right++
			continue
		}
		t.Errorf("a call of pod %s/%s (%s) is stored as by the token of %v", want.Namespace, want.Pod, want.PodUID, row)
	}
	t.Logf("token_pod right for %d of %d calls of %d workloads", right, len(said), 3)
	stolen(t, r, c)
}

// enough waits until the pods of namespaces have reported a hundred calls, and returns all.
func enough(t *testing.T, c *cluster.Cluster, namespaces ...string) []report {
	t.Helper()
	var said []report
	eventually(t, slow, "a hundred calls of pods", func() error {
		said = said[:0]
		for _, namespace := range namespaces {
			for pod := range strings.FieldsSeq(clustertest.Kubectl(t, c, "-n", namespace, "get", "pods", "-o", "name")) {
				text := clustertest.Kubectl(t, c, "-n", namespace, "logs", pod)
				if cut := strings.LastIndexByte(text, '}'); cut >= 0 {
					said = append(said, reports(t, text[:cut+1])...)
				}
			}
		}
		if len(said) < 100 {
			return fmt.Errorf("%d calls", len(said))
		}
		return nil
	})
	return said
}

// calls reads what is stored of calls that pods reported, in their order, and waits until all are there.
func (r *receiver) calls(t *testing.T, said []report) []map[string]string {
	t.Helper()
	out := make([]map[string]string, len(said))
	eventually(t, slow, "the calls of pods are stored", func() error {
		rows, err := r.rows(`audit | where isnotempty(audit.token_pod.uid) or actor.user.name startswith "system:serviceaccount:"` +
			` | project-away raw_data, audit.request_object, audit.response_object`)
		if err != nil {
			return err
		}
		byID := make(map[string]map[string]string, len(rows))
		for _, row := range rows {
			byID[row["api.request.uid"]] = row
		}
		for i, s := range said {
			if out[i] = byID[s.AuditID]; out[i] == nil {
				return fmt.Errorf("call %s of pod %s is not", s.AuditID, s.Pod)
			}
		}
		return nil
	})
	return out
}

// stolen uses the token of a pod of web in the pod of notebook and on a host outside.
func stolen(t *testing.T, r *receiver, c *cluster.Cluster) {
	t.Helper()
	victim, thief := podOf(t, c, "shop", "web"), podOf(t, c, "lab", "notebook")
	token := inPod(t, c, "shop", victim, "", "token")
	uid := clustertest.Kubectl(t, c, "-n", "shop", "get", "pod", victim, "-o", "jsonpath={.metadata.uid}")
	thiefAddr := clustertest.Kubectl(t, c, "-n", "lab", "get", "pod", thief, "-o", "jsonpath={.status.podIP}")

	said := reports(t, inPod(t, c, "lab", thief, token, "borrow", "/api/v1/namespaces/shop/secrets"))
	outside, err := c.Outside("attacker", []netip.Addr{netip.MustParseAddr("198.51.100.66")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = outside.Close() })
	config := clientTLS(t, c.Kubeconfig())
	config.Certificates = nil
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: outside.Dial, TLSClientConfig: config}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, cluster.FromCluster+"/api/v1/namespaces/shop/secrets", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	said = append(said, report{AuditID: resp.Header.Get("Audit-Id")})

	for i, row := range r.calls(t, said) {
		from := []string{thiefAddr, "198.51.100.66"}[i]
		if row["audit.token_pod.uid"] != uid || row["src_endpoint.ip"] != from {
			t.Errorf("a call with the token of pod %s from %s is stored with pod %s from %s", victim, from, row["audit.token_pod.name"], row["src_endpoint.ip"])
		}
	}
	eventually(t, slow, "the finding about the stolen token", func() error {
		all, err := r.findings("system:serviceaccount:shop:default")
		if err != nil {
			return err
		}
		return oneSays(all, "credential_in_two_places", []string{victim, "198.51.100.66"})
	})
}
