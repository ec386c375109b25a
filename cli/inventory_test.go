//go:build cgo

package cli

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/store/lake"
)

// clusterDay is what a watch told of a small cluster on the recorded day: it
// began at noon.
func clusterDay() []*inventory.Object {
	day := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	at := func(clock string) int64 {
		t, err := time.Parse("15:04:05", clock)
		if err != nil {
			panic(err)
		}
		return day.Add(t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC))).UnixNano()
	}
	version := 100
	add := func(out *[]*inventory.Object, clock string, change inventory.Change, o inventory.Object) {
		version++
		o.Cluster, o.ClusterUID, o.Version, o.Time, o.Change = "prod", "5b0d9c1e", "v1", at(clock), change
		o.UID = strings.ToLower(o.Kind) + "-" + o.Name
		o.ResourceVersion = fmt.Sprint(version)
		*out = append(*out, &o)
	}
	ip := func(s string) []netip.Addr { return []netip.Addr{netip.MustParseAddr(s)} }
	node := inventory.Object{
		Resource: "nodes", Kind: "Node", Name: "worker-1", Created: at("08:00:00"), Phase: "Ready", Addresses: ip("10.0.0.11"),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.244.1.0/24")},
	}
	service := inventory.Object{
		Resource: "services", Kind: "Service", Namespace: "shop", Name: "web", Created: at("09:00:00"), Addresses: ip("10.96.0.80"),
		Document: []byte(`{"spec":{"type":"ClusterIP","ports":[{"port":80}]}}`),
	}
	account := inventory.Object{Resource: "serviceaccounts", Kind: "ServiceAccount", Namespace: "shop", Name: "web", Created: at("09:00:00")}
	binding := inventory.Object{
		Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings", Kind: "ClusterRoleBinding", Name: "web-admin", Created: at("14:30:00"),
		Document: []byte(`{"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"ServiceAccount","namespace":"shop","name":"web"},{"kind":"User","name":"mira"}]}`),
	}
	deployment := inventory.Object{Group: "apps", Resource: "deployments", Kind: "Deployment", Namespace: "shop", Name: "web", Created: at("09:00:00"), Images: []string{"registry.example/web:1"}}
	set := inventory.Object{
		Group: "apps", Resource: "replicasets", Kind: "ReplicaSet", Namespace: "shop", Name: "web-5d9c", Created: at("09:00:00"),
		Owner: inventory.Reference{Group: "apps", Kind: "Deployment", Name: "web", UID: "deployment-web"},
	}
	pod := func(name, created, address string) inventory.Object {
		return inventory.Object{
			Resource: "pods", Kind: "Pod", Namespace: "shop", Name: name, Created: at(created), Phase: "Running", Node: "worker-1", ServiceAccount: "web",
			Addresses: ip(address), Images: []string{"registry.example/web:1"}, Owner: inventory.Reference{Group: "apps", Kind: "ReplicaSet", Name: "web-5d9c", UID: "replicaset-web-5d9c"},
		}
	}
	tool := pod("tool", "15:00:00", "10.244.1.9")
	tool.Owner, tool.Images, tool.ServiceAccount = inventory.Reference{}, []string{"registry.example/tool:7"}, "default"
	var out []*inventory.Object
	for _, o := range []inventory.Object{node, service, account, deployment, set, pod("web-5d9c-aaaaa", "09:00:05", "10.244.1.7"), pod("web-5d9c-bbbbb", "09:00:05", "10.244.1.8")} {
		add(&out, "12:00:00", inventory.Present, o)
	}
	young := pod("web-5d9c-ccccc", "13:00:00", "10.244.1.7")
	add(&out, "12:59:58", inventory.Deleted, pod("web-5d9c-aaaaa", "09:00:05", "10.244.1.7"))
	pending := young
	pending.Addresses, pending.Phase, pending.Node = nil, "Pending", ""
	add(&out, "13:00:00", inventory.Added, pending)
	add(&out, "13:00:03", inventory.Changed, young)
	add(&out, "14:30:00", inventory.Added, binding)
	add(&out, "15:00:02", inventory.Changed, tool)
	tool.Deleting = at("15:20:30")
	add(&out, "15:20:00", inventory.Changed, tool)
	add(&out, "15:20:31", inventory.Deleted, tool)
	return out
}

// newInventoryStore returns a store with that day.
func newInventoryStore(t *testing.T) *demoStore {
	return newStore(t, func(a *lake.Append) {
		h := inventory.NewHistory(inventory.HistoryOptions{})
		for _, o := range clusterDay() {
			h.Apply(o)
		}
		var e event.Event
		for _, o := range clusterDay() {
			inventory.Fill(&e, o, h.TopOwner(o.Cluster, o.Group, o.Kind, o.Namespace, o.Name, o.UID))
			event.ReceivedTime.Set(&e, o.Time)
			if err := a.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestInventory(t *testing.T) {
	s, dir := newInventoryStore(t), t.TempDir()
	tests := []struct {
		args string
		want string // the first columns of each row
	}{
		{"pods", "namespace,pod,phase,node,addresses,workload,account\nshop,web-5d9c-bbbbb,Running,worker-1,10.244.1.8,Deployment/web,shop/web\nshop,web-5d9c-ccccc,Running,worker-1,10.244.1.7,Deployment/web,shop/web"},
		{"--at 2026-11-18T12:30:00Z", "namespace,pod\nshop,web-5d9c-aaaaa\nshop,web-5d9c-bbbbb"},
		{"pods --at 2026-11-18T11:00:00Z", "namespace,pod\nshop,web-5d9c-aaaaa\nshop,web-5d9c-bbbbb"},
		{"pods --at 2026-11-18T08:30:00Z", "namespace,pod"},
		{"pods --at 2026-11-18T13:00:01Z", "namespace,pod,phase,node\nshop,web-5d9c-bbbbb,Running,worker-1\nshop,web-5d9c-ccccc,Pending,"},
		{"pods --at 2026-11-18T15:20:10Z", "namespace,pod,phase\nshop,tool,Terminating\nshop,web-5d9c-bbbbb,Running\nshop,web-5d9c-ccccc,Running"},
		{"pods --at 2026-11-18T12:30:00Z --namespace other", "namespace,pod"},
		{"pods --node worker-2", "namespace,pod"},
		{"pods --at 165m", "namespace,pod\nshop,tool\nshop,web-5d9c-bbbbb\nshop,web-5d9c-ccccc"},
		{"nodes", "node,phase,addresses,networks,pods\nworker-1,Ready,10.0.0.11,10.244.1.0/24,2"},
		{"nodes --at 2026-11-18T15:10:00Z", "node,phase,addresses,networks,pods\nworker-1,Ready,10.0.0.11,10.244.1.0/24,3"},
		{"workloads", "namespace,kind,workload,pods,nodes,accounts,images\nshop,Deployment,web,2,1,shop/web,registry.example/web:1"},
		{"workloads --at 2026-11-18T15:10:00Z", "namespace,kind,workload,pods\nshop,Deployment,web,2\nshop,Pod,tool,1"},
		{"services", "namespace,service,type,addresses\nshop,web,ClusterIP,10.96.0.80"},
		{"accounts", "account,pods,workloads,roles\nshop/web,2,Deployment/web,ClusterRole/cluster-admin"},
		{"accounts --at 2026-11-18T14:00:00Z", "account,pods,workloads,roles\nshop/web,2,Deployment/web,"},
		{"roles", "namespace,role,subject,binding\n,ClusterRole/cluster-admin,ServiceAccount shop/web,web-admin\n,ClusterRole/cluster-admin,User mira,web-admin"},
		{"images --at 2026-11-18T15:10:00Z", "image,cluster,pods,namespaces,workloads\nregistry.example/web:1,prod,2,shop,Deployment/web\nregistry.example/tool:7,prod,1,shop,Pod/tool"},
		{"who 10.244.1.7", "kind,namespace,name,workload,node,account\nPod,shop,web-5d9c-ccccc,Deployment/web,worker-1,shop/web"},
		{"who ::ffff:10.244.1.7 --at 2026-11-18T12:59:00Z", "kind,namespace,name\nPod,shop,web-5d9c-aaaaa"},
		{"who 10.244.1.7 --at 2026-11-18T10:00:00Z", "kind,namespace,name\nPod,shop,web-5d9c-aaaaa"},
		{"who 10.244.1.7 --at 2026-11-18T12:59:59Z", "kind,namespace,name"},
		{"who 10.0.0.11", "kind,namespace,name\nNode,,worker-1"},
		{"who 10.96.0.80", "kind,namespace,name\nService,shop,web"},
		{"history pod/tool", "time,change,namespace,name,phase\n2026-11-18T15:20:31.0000000Z,deleted,shop,tool,Running\n2026-11-18T15:20:00.0000000Z,changed,shop,tool,Running\n2026-11-18T15:00:02.0000000Z,changed,shop,tool,Running"},
		{"history Deployment/web -n shop", "time,change,namespace,name\n2026-11-18T12:00:00.0000000Z,present,shop,web"},
		{"history pods/tool -n other", "time,change,namespace,name"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			out, errs, code := asked(t, s, "", append(strings.Fields("inventory "+tt.args), "-o", "csv", "-q", "--data", dir)...)
			if code != exitDone || errs != "" {
				t.Fatalf("exit %d: %s", code, errs)
			}
			want := strings.Split(tt.want, "\n")
			got := strings.Split(strings.TrimRight(strings.ReplaceAll(out, "\r", ""), "\n"), "\n")
			for i := range min(len(got), len(want)) {
				if !strings.HasPrefix(got[i]+",", want[i]+",") {
					t.Errorf("row %d: %s\nwant %s", i, got[i], want[i])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d rows, want %d:\n%s", len(got), len(want), out)
			}
		})
	}
}

func TestInventoryUsage(t *testing.T) {
	s, dir := newInventoryStore(t), t.TempDir()
	for args, want := range map[string]string{
		"pots":                  `"pots" is none of pods, nodes, workloads`,
		"pods nodes":            "name one of",
		"nodes --namespace x":   "nodes are in no namespace",
		"services --node x":     "services are on no node",
		"pods --at never":       `"never" is no time`,
		"who":                   "give one address",
		"who worker-1":          `"worker-1" is no address`,
		"history tool":          "write KIND/NAME",
		"history pod/":          "write KIND/NAME",
		"history":               "give one object",
		"pods --output parqet":  "none of table",
		"who 10.0.0.1 --node x": "unknown flag",
	} {
		_, errs, code := asked(t, s, "", append(strings.Fields("inventory "+args), "--data", dir)...)
		if code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("inventory %s: exit %d, %s, want %q", args, code, errs, want)
		}
	}
}
