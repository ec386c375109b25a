package main

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/inventory"
)

// madeUp is a cluster of so many pods that was there when it began to be
// watched: ten pods to a workload, fifty to a node, ten workloads to a
// namespace.
func madeUp(pods int, now time.Time) (out []inventory.Object) {
	add := func(o inventory.Object) {
		o.Cluster, o.ClusterUID, o.Version, o.Change, o.Time, o.ResourceVersion = "large", "00000000-1a76-4000-8000-000000000001", "v1", inventory.Present, now.UnixNano(), "1"
		o.Created = now.Add(-time.Hour).UnixNano()
		o.UID = o.Resource + "-" + o.Namespace + "-" + o.Name
		out = append(out, o)
	}
	address := netip.MustParseAddr("10.64.0.0")
	for i := range pods {
		if i%50 == 0 {
			add(inventory.Object{Resource: "nodes", Kind: "Node", Name: node(i), Phase: "Ready"})
		}
		ns, workload := fmt.Sprintf("team-%d", i/100), fmt.Sprintf("service-%d", i/10)
		if i%100 == 0 {
			add(inventory.Object{Resource: "namespaces", Kind: "Namespace", Name: ns, Phase: "Active"})
		}
		image := "registry.example/" + workload + ":1"
		if i%10 == 0 {
			add(inventory.Object{Resource: "serviceaccounts", Kind: "ServiceAccount", Namespace: ns, Name: workload})
			add(inventory.Object{Group: "apps", Resource: "deployments", Kind: "Deployment", Namespace: ns, Name: workload, Images: []string{image}})
		}
		address = address.Next()
		pod := fmt.Sprintf("%s-%d", workload, i%10)
		add(inventory.Object{
			Resource: "pods", Kind: "Pod", Namespace: ns, Name: pod, Phase: "Running", Node: node(i), ServiceAccount: workload, Images: []string{image},
			Addresses: []netip.Addr{address}, Containers: []inventory.Container{{Name: "main", ID: fmt.Sprintf("%064x", i+1)}},
			Owner: inventory.Reference{Group: "apps", Kind: "Deployment", Name: workload, UID: "deployments-" + ns + "-" + workload},
		})
	}
	return out
}

func node(i int) string { return fmt.Sprintf("worker-%d", i/50) }
