package inventory

import "testing"

// workload returns an object that owns pods, as it was seen at second 100.
func workload(group, kind, name string, owner Reference) *Object {
	return &Object{
		Cluster: "prod", ClusterUID: "c1", Time: 100 * second, Change: Added, Group: group, Version: "v1", Resource: "x", Kind: kind,
		Namespace: "shop", Name: name, UID: "uid-" + name, ResourceVersion: "1", Created: 100 * second, Owner: owner,
	}
}

func ref(group, kind, name string) Reference { return Reference{group, kind, name, "uid-" + name} }

func TestGroupOf(t *testing.T) {
	none := Reference{}
	pod := func(owner Reference) *Object {
		o := somePod("p-node1", Changed, 102, 100)
		o.Owner = owner
		return o
	}
	hashed := func(owner Reference, hash string) *Object {
		o := pod(owner)
		o.Labels = map[string]string{"pod-template-hash": hash}
		return o
	}
	var chain []*Object
	for i := range 1000 {
		chain = append(chain, workload("x.io", "Link", "l"+string(rune('a'+i%26))+string(rune('a'+i/26)), ref("x.io", "Link", "l"+string(rune('a'+(i+1)%26))+string(rune('a'+(i+1)/26)))))
	}
	tests := []struct {
		name    string
		objects []*Object
		want    Group
	}{
		{"bare", []*Object{pod(none)}, Group{"Pod", "shop", "p-node1", "uid-p-node1", ""}},
		{"StatefulSet", []*Object{pod(ref("apps", "StatefulSet", "db")), workload("apps", "StatefulSet", "db", none)}, Group{"StatefulSet", "shop", "db", "uid-db", "apps"}},
		{"DaemonSet that is not known", []*Object{pod(ref("apps", "DaemonSet", "log"))}, Group{"DaemonSet", "shop", "log", "uid-log", "apps"}},
		{"Deployment", []*Object{
			hashed(ref("apps", "ReplicaSet", "web-5d9"), "5d9"), workload("apps", "ReplicaSet", "web-5d9", ref("apps", "Deployment", "web")),
			workload("apps", "Deployment", "web", none),
		}, Group{"Deployment", "shop", "web", "uid-web", "apps"}},
		{"Deployment that is not known", []*Object{
			hashed(ref("apps", "ReplicaSet", "web-5d9"), "5d9"), workload("apps", "ReplicaSet", "web-5d9", ref("apps", "Deployment", "web")),
		}, Group{"Deployment", "shop", "web", "uid-web", "apps"}},
		{"Deployment by its name only", []*Object{hashed(ref("apps", "ReplicaSet", "web-5d9"), "5d9")}, Group{"Deployment", "shop", "web", "", "apps"}},
		{"Deployment by its name, ReplicaSet not known", []*Object{
			hashed(ref("apps", "ReplicaSet", "web-5d9"), "5d9"), workload("apps", "Deployment", "web", none),
		}, Group{"Deployment", "shop", "web", "uid-web", "apps"}},
		{"ReplicaSet with a hash that is not its own", []*Object{hashed(ref("apps", "ReplicaSet", "web-5d9"), "777")}, Group{"ReplicaSet", "shop", "web-5d9", "uid-web-5d9", "apps"}},
		{"ReplicaSet that stands alone", []*Object{
			hashed(ref("apps", "ReplicaSet", "web-5d9"), "5d9"), workload("apps", "ReplicaSet", "web-5d9", none),
		}, Group{"ReplicaSet", "shop", "web-5d9", "uid-web-5d9", "apps"}},
		{"CronJob", []*Object{
			pod(ref("batch", "Job", "night-29412")), workload("batch", "Job", "night-29412", ref("batch", "CronJob", "night")),
			workload("batch", "CronJob", "night", none),
		}, Group{"CronJob", "shop", "night", "uid-night", "batch"}},
		{"Job that stands alone", []*Object{pod(ref("batch", "Job", "once")), workload("batch", "Job", "once", none)}, Group{"Job", "shop", "once", "uid-once", "batch"}},
		{"custom owners", []*Object{
			pod(ref("apps", "StatefulSet", "db")), workload("apps", "StatefulSet", "db", ref("acid.example.com", "Postgres", "orders")),
			workload("acid.example.com", "Postgres", "orders", ref("platform.example.com", "Shop", "main")),
			workload("platform.example.com", "Shop", "main", none),
		}, Group{"Shop", "shop", "main", "uid-main", "platform.example.com"}},
		{"custom owner that is not known", []*Object{
			pod(ref("apps", "StatefulSet", "db")), workload("apps", "StatefulSet", "db", ref("acid.example.com", "Postgres", "orders")),
		}, Group{"Postgres", "shop", "orders", "uid-orders", "acid.example.com"}},
		{"custom owner of the pod itself", []*Object{pod(ref("tekton.dev", "TaskRun", "build"))}, Group{"TaskRun", "shop", "build", "uid-build", "tekton.dev"}},
		{"static", []*Object{pod(Reference{"", "Node", "node1", "n"})}, Group{"Pod", "shop", "p", "", ""}},
		{"static, by its annotation", []*Object{with(pod(none), func(o *Object) {
			o.Document = []byte(`{"metadata":{"annotations":{"kubernetes.io/config.mirror":"0f"}}}`)
		})}, Group{"Pod", "shop", "p", "", ""}},
		{"the annotation's name elsewhere", []*Object{with(pod(none), func(o *Object) {
			o.Document = []byte(`{"metadata":{"annotations":{"x":"kubernetes.io/config.mirror"}},"spec":{"kubernetes.io/config.mirror":"1"}}`)
		})}, Group{"Pod", "shop", "p-node1", "uid-p-node1", ""}},
		{"an owner below a node", []*Object{pod(ref("x.io", "Slot", "s")), workload("x.io", "Slot", "s", Reference{"", "Node", "node1", "n"})}, Group{"Slot", "shop", "s", "uid-s", "x.io"}},
		{"a circle", []*Object{
			pod(ref("x.io", "A", "a")), workload("x.io", "A", "a", ref("x.io", "A", "b")), workload("x.io", "A", "b", ref("x.io", "A", "a")),
		}, Group{"A", "shop", "a", "uid-a", "x.io"}},
		{"its own owner", []*Object{pod(ref("x.io", "A", "a")), workload("x.io", "A", "a", ref("x.io", "A", "a"))}, Group{"A", "shop", "a", "uid-a", "x.io"}},
		{"a thousand owners", append([]*Object{pod(ref("x.io", "Link", "laa"))}, chain...), Group{"Link", "shop", "laa", "uid-laa", "x.io"}},
		{"an owner of a namespace or none", []*Object{
			pod(Reference{"x.io", "Tenant", "acme", ""}), with(workload("x.io", "Tenant", "acme", none), func(o *Object) { o.Namespace = "" }),
		}, Group{"Tenant", "", "acme", "uid-acme", "x.io"}},
		{"recreated under the same name", []*Object{
			pod(ref("apps", "StatefulSet", "db")), with(workload("apps", "StatefulSet", "db", ref("x.io", "A", "a")), func(o *Object) { o.UID = "another" }),
		}, Group{"StatefulSet", "shop", "db", "uid-db", "apps"}},
		{"released by its owner", []*Object{
			pod(ref("apps", "StatefulSet", "db")), with(pod(none), func(o *Object) { o.Time = 110 * second }),
		}, Group{"Pod", "shop", "p-node1", "uid-p-node1", ""}},
		{"told in part", []*Object{
			pod(ref("apps", "StatefulSet", "db")), with(pod(none), func(o *Object) { o.Time, o.ResourceVersion = 110*second, "" }),
		}, Group{"StatefulSet", "shop", "db", "uid-db", "apps"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, h := range []*History{history(tt.objects...), history(reversed(tt.objects)...), history(append(tt.objects, tt.objects...)...)} {
				p, ok := h.Pod("prod", "uid-p-node1")
				if !ok {
					t.Fatal("the pod is not known")
				}
				if p.Group != tt.want {
					t.Errorf("group %+v, want %+v", p.Group, tt.want)
				}
				if got := h.GroupOf("c1", p); got != tt.want {
					t.Errorf("GroupOf %+v, want %+v", got, tt.want)
				}
			}
		})
	}
}

func TestGroupFollowsWhatIsLearned(t *testing.T) {
	p := somePod("p", Changed, 102, 100)
	p.Owner = ref("apps", "ReplicaSet", "web-5d9")
	p.Labels = map[string]string{"pod-template-hash": "5d9"}
	h := history(p)
	for i, step := range []struct {
		learn *Object
		want  string
	}{
		{nil, "Deployment/web"},
		{workload("apps", "ReplicaSet", "web-5d9", ref("argoproj.io", "Rollout", "web")), "Rollout/web"},
		{workload("argoproj.io", "Rollout", "web", ref("x.io", "App", "shop")), "App/shop"},
	} {
		if step.learn != nil {
			h.Apply(step.learn)
		}
		if known, _ := h.Pod("", "uid-p"); known.Group.String() != step.want {
			t.Errorf("step %d: group %s, want %s", i, known.Group, step.want)
		}
	}
	if got := h.TopOwner("", "apps", "ReplicaSet", "shop", "web-5d9", ""); got.String() != "App/shop" {
		t.Errorf("TopOwner by name: %s", got)
	}
	if got := h.TopOwner("", "", "Pod", "shop", "p", "uid-p"); got.String() != "App/shop" {
		t.Errorf("TopOwner of a pod: %s", got)
	}
	if got := h.TopOwner("", "apps", "DaemonSet", "shop", "x", ""); got.String() != "DaemonSet/x" {
		t.Errorf("TopOwner of what is not known: %s", got)
	}
}
