package e2e

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// watches lets the receiver also watch what a cluster contains, by its administrator's configuration, and waits until
// the inventory has the cluster's node.
func (r *receiver) watches(t *testing.T, c *cluster.Cluster, name string) {
	t.Helper()
	r.end(t, syscall.SIGTERM)
	r.args = append(r.args, "--kubeconfig", c.Kubeconfig(), "--cluster", name)
	r.start(t)
	eventually(t, slow, "the inventory has the node", func() error {
		rows, err := r.rows(`inventory | where resource.type == "nodes" | project resource.name`)
		if err == nil && len(rows) == 0 {
			err = fmt.Errorf("no node")
		}
		return err
	})
}

// TestIdentity compares what Lynceus knows of callers and writers with what is so: a person deploys two workloads, whose
// pods call the API; then a pod's token is used by a pod of the other workload and on a host outside.
func TestIdentity(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, []string{"prod"})
	c := watched(t, r, "prod", cluster.Config{AuditPolicy: []byte(fullPolicy)})
	r.watches(t, c, "prod")
	image := clustertest.GoImage(t, c, callerPackage)
	clustertest.Kubectl(t, c, "create", "namespace", "shop")
	clustertest.Kubectl(t, c, "create", "namespace", "lab")
	clustertest.Apply(t, c, platformTeam)
	kubectl := personWithKubectl(t, c)
	for _, d := range []struct{ namespace, name string }{{"shop", "web"}, {"lab", "notebook"}} {
		kubectl(deployment(d.namespace, d.name, image, 1, "loop", "/api/v1/namespaces/"+d.namespace+"/configmaps"), "apply", "-f", "-")
		available(t, c, d.namespace, d.name)
	}
	said := enough(t, c, "shop", "lab")
	wrong, example := 0, ""
	eventually(t, slow, "what is known of the calls is complete", func() error {
		wrong = 0
		for i, row := range r.calls(t, said) {
			s := said[i]
			workload := "Deployment/" + s.Pod[:strings.Index(s.Pod, "-")]
			want := map[string]string{
				"audit.token_pod.uid": s.PodUID, "audit.token_pod.namespace": s.Namespace, "audit.token_pod.workload": workload, "audit.token_pod.writer": person,
				"audit.caller_pod.uid": s.PodUID, "audit.caller_pod.name": s.Pod, "audit.caller_pod.namespace": s.Namespace,
				"audit.caller_pod.workload": workload, "audit.caller_pod.method": "address", "audit.token_at_home": "yes",
			}
			for name, value := range want {
				if row[name] != value {
					wrong, example = wrong+1, fmt.Sprintf("%s of a call of pod %s is %q, not %q", name, s.Pod, row[name], value)
					break
				}
			}
		}
		if wrong > 0 {
			return fmt.Errorf("wrong for %d of %d calls: %s", wrong, len(said), example)
		}
		return nil
	})
	t.Logf("token_pod and caller_pod right for %d of %d calls", len(said)-wrong, len(said))

	victim, thief := podOf(t, c, "shop", "web"), podOf(t, c, "lab", "notebook")
	stolen(t, r, c)
	eventually(t, slow, "the findings about the token in another pod and outside", func() error {
		all, err := r.findings("system:serviceaccount:shop:default")
		if err != nil {
			return err
		}
		return errors.Join(
			oneSays(all, "token_used_by_other_pod", []string{victim, thief, `"token_workload":"Deployment/web"`, `"caller_workload":"Deployment/notebook"`, `"token_writer":"` + person + `"`}),
			oneSays(all, "credential_in_two_places", []string{victim, "198.51.100.66"}),
			oneSays(all, "cluster_account_outside", []string{victim, "198.51.100.66"}))
	})
	r.tells(t, "shop/default (service account)", victim, thief, "Deployment/web", "Deployment/notebook", "198.51.100.66", person)

	kubectl("", "-n", "shop", "exec", victim, "--", "/bin/caller", "token")
	eventually(t, slow, "the finding about the command names pod, workload and who deployed it", func() error {
		rows, err := r.rows(fmt.Sprintf(`audit | where resource.subresource == "exec" and actor.user.name == %q | project k8s.pod, k8s.workload_kind, k8s.workload, k8s.writer.name, src_endpoint.ip`, person))
		if err != nil {
			return err
		}
		want := map[string]string{"k8s.pod": victim, "k8s.workload_kind": "Deployment", "k8s.workload": "web", "k8s.writer.name": person, "src_endpoint.ip": personAddr}
		for _, row := range rows {
			if fmt.Sprint(row) == fmt.Sprint(want) {
				return nil
			}
		}
		return fmt.Errorf("the exec is stored as %v, want %v", rows, want)
	})
}
