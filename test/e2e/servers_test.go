package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// TestTwoAPIServers lets the API servers of two clusters post to one receiver at the same time: each request belongs to
// the cluster whose credential brought it, and is stored once.
func TestTwoAPIServers(t *testing.T) {
	r := newReceiver(t, []string{"north", "south"})
	clusters := map[string]*cluster.Cluster{}
	for _, name := range []string{"north", "south"} {
		clusters[name] = watched(t, r, name, cluster.Config{})
	}
	loads := map[string]*load{}
	for name, c := range clusters {
		clustertest.Kubectl(t, c, "create", "namespace", "only-"+name)
		loads[name] = newLoad(t, c)
	}
	results := make(chan loadResult)
	for _, l := range loads {
		go func() { results <- l.run(t.Context(), 50, 5*time.Second) }()
	}
	for range loads {
		(<-results).must(t, "load on one of two")
	}
	for name, c := range clusters {
		r.equalsLog(t, c, name, slow)
		nothingDropped(t, c)
		rows, err := r.rows(fmt.Sprintf(`audit | where resource.type == "namespaces" and api.operation == "create" and resource.name == "only-%s" | project k8s.cluster`, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 || rows[0]["k8s.cluster"] != name {
			t.Errorf("the namespace made in %s is stored as made in %v", name, rows)
		}
	}
	rows, err := r.rows(`audit | summarize n = count() by k8s.cluster`)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(clusters) {
		t.Errorf("events belong to the clusters %v, want two", rows)
	}
}
