package inventory

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// kinds are the kinds of objects that a watch tells of, and one that nobody
// knows.
var kinds = []struct{ group, version, resource, kind string }{
	{"", "v1", "pods", "Pod"}, {"", "v1", "nodes", "Node"}, {"", "v1", "namespaces", "Namespace"}, {"", "v1", "services", "Service"},
	{"", "v1", "serviceaccounts", "ServiceAccount"}, {"", "v1", "secrets", "Secret"}, {"", "v1", "configmaps", "ConfigMap"},
	{"", "v1", "endpoints", "Endpoints"}, {"", "v1", "persistentvolumes", "PersistentVolume"},
	{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"}, {"apps", "v1", "deployments", "Deployment"},
	{"apps", "v1", "replicasets", "ReplicaSet"}, {"apps", "v1", "statefulsets", "StatefulSet"}, {"apps", "v1", "daemonsets", "DaemonSet"},
	{"batch", "v1", "jobs", "Job"}, {"batch", "v1", "cronjobs", "CronJob"},
	{"rbac.authorization.k8s.io", "v1", "roles", "Role"}, {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding"},
	{"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"}, {"certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest"},
	{"example.com", "v1alpha1", "widgets", "Widget"},
}

// randomObject returns an object with any of its fields set.
func randomObject(r *rand.Rand) *Object {
	k := kinds[r.IntN(len(kinds))]
	text := func(s string) string {
		if r.IntN(3) == 0 {
			return ""
		}
		return fmt.Sprintf("%s-%d", s, r.IntN(5))
	}
	o := &Object{
		Cluster: text("prod"), ClusterUID: text("c"), Time: r.Int64N(1e18) + 1,
		Change: []Change{Added, Changed, Deleted, Present, Gone}[r.IntN(5)],
		Group:  k.group, Version: k.version, Resource: k.resource, Kind: k.kind,
		Namespace: text("shop"), Name: "name", UID: text("uid"), ResourceVersion: text("1"), Phase: text("Running"),
	}
	if r.IntN(2) == 0 {
		o.Created, o.Deleting = r.Int64N(1e18), r.Int64N(1e18)
	}
	if r.IntN(2) == 0 {
		o.Owner = Reference{text("apps"), text("ReplicaSet"), text("web"), text("uid")}
		o.Labels = map[string]string{"app": text("web"), "a.b/c": `quote " and \`, "": "x"}
	}
	if r.IntN(2) == 0 {
		o.Addresses = ips("10.244.0.5", "fd00::5", "::ffff:1.2.3.4")
		o.Networks = []netip.Prefix{netip.MustParsePrefix("10.244.0.0/24"), netip.MustParsePrefix("fd00::/64")}
		o.Images, o.Digests = []string{"a:1", "b"}, []string{"sha256:0"}
		o.Containers = []Container{{"main", "containerd://1=2"}, {"side", ""}}
		o.Document = []byte(`{"metadata":{}}`)
	}
	if k.kind != "Node" {
		o.Node = text("node")
	}
	if k.kind != "ServiceAccount" {
		o.ServiceAccount = text("account")
	}
	o.HostNetwork = r.IntN(2) == 0
	return o
}

func TestReadIsTheInverseOfFill(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var e event.Event
	for range 5000 {
		o := randomObject(r)
		Fill(&e, o, Group{Kind: "Deployment", Name: "web"})
		check := func(e *event.Event) {
			t.Helper()
			var got Object
			if err := Read(e, &got); err != nil {
				t.Fatalf("Read(Fill(%+v)): %v", o, err)
			}
			if !reflect.DeepEqual(&got, o) {
				t.Fatalf("Read(Fill(o)) = %+v, want %+v", &got, o)
			}
		}
		check(&e)
		var d event.Event
		if err := wire.DecodeEvent(wire.AppendEvent(nil, &e), &d); err != nil {
			t.Fatal(err)
		}
		check(&d)
	}
}

func TestFill(t *testing.T) {
	o := somePod("web-1", Changed, 102, 100, "10.244.0.5")
	o.Owner = Reference{Group: "apps", Kind: "ReplicaSet", Name: "web-5d", UID: "rs"}
	var e event.Event
	event.ActorUserName.Set(&e, "left over")
	Fill(&e, o, Group{Kind: "Deployment", Name: "web"})
	for f, want := range map[string]string{
		"k8s.cluster": "prod", "k8s.cluster_uid": "c1", "k8s.namespace": "shop", "k8s.pod": "web-1", "k8s.pod_uid": "uid-web-1",
		"k8s.workload_kind": "Deployment", "k8s.workload": "web", "k8s.node": "node1", "k8s.service_account": "shop/web",
		"resource.type": "pods", "resource.group": "", "inventory.kind": "Pod", "inventory.owner": "web-5d", "inventory.owner_uid": "rs",
		"metadata.uid": event.NewUIDHasher().Sum("inventory", "c1", "", "pods", "uid-web-1", "1", "changed").String(),
	} {
		field := event.ByName(f)
		if field == nil {
			t.Fatalf("no field %s", f)
		}
		if got, ok := e.Text(field.ID); !ok || got != want {
			t.Errorf("%s = %q, %v, want %q", f, got, ok, want)
		}
	}
	if event.ActorUserName.Has(&e) {
		t.Error("Fill left a field of the event before")
	}
	if got := event.InventoryIPs.Get(&e); len(got) != 1 || got[0] != "10.244.0.5" {
		t.Errorf("inventory.ips = %q", got)
	}
	o.Change = Deleted
	Fill(&e, o, Group{})
	if got := event.InventoryDeletedTime.Get(&e); got != o.Time {
		t.Errorf("inventory.deleted_time = %d, want %d", got, o.Time)
	}
	if e.Has(event.K8sWorkload.ID()) {
		t.Error("k8s.workload is set of an object without a group")
	}
}

func TestReadRefuses(t *testing.T) {
	tests := []struct {
		name string
		mend func(e *event.Event)
		want string
	}{
		{"another table", func(e *event.Event) { e.Class = event.ClassAudit }, `a row of table "audit"`},
		{"an unknown change", func(e *event.Event) { event.InventoryChange.Set(e, "gnoe") }, `"gnoe"`},
		{"no kind", func(e *event.Event) { event.InventoryKind.Set(e, "") }, "no kind"},
		{"no resource", func(e *event.Event) { event.ResourceType.Set(e, "") }, "no resource"},
		{"no name", func(e *event.Event) { event.ResourceName.Set(e, "") }, "no name"},
		{"no address", func(e *event.Event) { event.InventoryIPs.Set(e, []string{"10.0.0"}) }, "inventory.ips"},
		{"no range", func(e *event.Event) { event.InventoryNetworks.Set(e, []string{"10.0.0.0/40"}) }, "inventory.networks"},
		{"no labels", func(e *event.Event) { event.InventoryLabels.Set(e, "[1]") }, "inventory.labels"},
		{"no container", func(e *event.Event) { event.InventoryContainers.Set(e, []string{"main"}) }, "inventory.containers"},
		{"another's account", func(e *event.Event) { event.K8sServiceAccount.Set(e, "kube-system/web") }, "k8s.service_account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e event.Event
			var o Object
			Fill(&e, somePod("a", Changed, 2, 1), Group{})
			tt.mend(&e)
			if err := Read(&e, &o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Read: %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// FuzzRead reads rows as they may come from anybody, applies them, and reads
// back what Fill makes of those that are good.
func FuzzRead(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	var e event.Event
	for range 20 {
		Fill(&e, randomObject(r), Group{})
		f.Add(wire.AppendEvent(nil, &e))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var e, again event.Event
		var o, back Object
		if wire.DecodeEvent(b, &e) != nil || Read(&e, &o) != nil {
			return
		}
		Fill(&again, &o, Group{})
		if err := Read(&again, &back); err != nil {
			t.Fatalf("Read(Fill(%+v)): %v", o, err)
		}
		h := NewHistory(HistoryOptions{Bytes: 1 << 20})
		h.Apply(&o)
		h.Apply(&back)
		for _, ip := range o.Addresses {
			h.End("", ip, o.Time)
		}
		if h.Bytes() > 1<<20 {
			t.Fatalf("%d bytes", h.Bytes())
		}
	})
}
