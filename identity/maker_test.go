package identity

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

const (
	deployments = "system:serviceaccount:kube-system:deployment-controller"
	replicaSets = "system:serviceaccount:kube-system:replicaset-controller"
	cronJobs    = "system:serviceaccount:kube-system:cronjob-controller"
	jobs        = "system:serviceaccount:kube-system:job-controller"
	operator    = "system:serviceaccount:ops:widget-operator"
)

// objectDoc is an object as an answer shows it; owner is "group Kind name".
func objectDoc(at float64, group, kind, name, template, owner string) string {
	refs := ""
	if owner != "" {
		f := strings.Fields(owner)
		refs = fmt.Sprintf(`,"ownerReferences":[{"apiVersion":%q,"kind":%q,"name":%q,"uid":"u-%s","controller":true}]`, strings.TrimPrefix(f[0]+"/v1", "core/"), f[1], f[2], f[2])
	}
	created := start.Add(time.Duration(at) * time.Second).Format(time.RFC3339)
	spec := "{}"
	if template != "" {
		spec = fmt.Sprintf(`{"template":{"x":%q}}`, template)
	}
	return fmt.Sprintf(`{"kind":%q,"apiVersion":"%s/v1","metadata":{"namespace":"shop","name":%q,"uid":"u-%s","resourceVersion":"1","creationTimestamp":%q%s},"spec":%s}`,
		kind, group, name, name, created, refs, spec)
}

// deeds are requests, one a line: at user verb group/Kind name [template=] [owner=group,Kind,name] [bare].
func deeds(t *testing.T, text string) []*event.Event {
	t.Helper()
	var out []*event.Event
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		f := strings.Fields(line)
		var at float64
		if _, err := fmt.Sscan(f[0], &at); err != nil {
			t.Fatal(err)
		}
		user := map[string]string{"deployments": deployments, "replicasets": replicaSets, "cronjobs": cronJobs, "jobs": jobs, "operator": operator}[f[1]]
		if user == "" {
			user = f[1]
		}
		group, kind, _ := strings.Cut(f[3], "/")
		if group == "core" {
			group = ""
		}
		template, owner, bare := "", "", false
		for _, w := range f[5:] {
			key, value, _ := strings.Cut(w, "=")
			switch key {
			case "template":
				template = value
			case "owner":
				owner = strings.ReplaceAll(value, ",", " ")
			case "bare":
				bare = true // the policy records no bodies
			}
		}
		c := call{at: at, user: user, ip: "10.20.0.1", do: f[2] + " " + strings.ToLower(kind) + "s shop/" + f[4]}
		if !bare {
			c.response = objectDoc(at, group, kind, f[4], template, owner)
		}
		e := c.event()
		if group != "" {
			event.ResourceGroup.Set(e, group)
		}
		if bare {
			e.Raw = []byte(`{}`)
		} else {
			event.AuditResponseObject.Set(e, "{}")
			event.ResourceUID.Set(e, "u-"+f[4])
			if kind == "Pod" {
				event.K8sPodUID.Set(e, "u-"+f[4])
			}
		}
		event.MetadataUID.Set(e, fmt.Sprintf("event-%d", i))
		out = append(out, e)
	}
	return out
}

func TestWhoMadeThePod(t *testing.T) {
	const rollout = `
		0 mira create apps/Deployment web template=a
		1 deployments create apps/ReplicaSet web-a template=a owner=apps,Deployment,web
		2 replicasets create core/Pod web-a-1 owner=apps,ReplicaSet,web-a`
	for _, tt := range []struct{ name, deeds, want string }{
		{"a deployment", rollout, "mira owner event-0"},
		{"a pod that somebody made", `0 eve create core/Pod tool`, "eve pod event-0"},
		{"scaled by somebody else", rollout + `
			10 jane patch apps/Deployment web template=a
			12 replicasets create core/Pod web-a-2 owner=apps,ReplicaSet,web-a`, "mira owner event-0"},
		{"changed by somebody else", rollout + `
			10 jane patch apps/Deployment web template=b
			11 deployments create apps/ReplicaSet web-b template=b owner=apps,Deployment,web
			12 replicasets create core/Pod web-b-1 owner=apps,ReplicaSet,web-b`, "jane owner event-3"},
		{"an old pod replaced while it is changed", rollout + `
			10 jane patch apps/Deployment web template=b
			11 deployments create apps/ReplicaSet web-b template=b owner=apps,Deployment,web
			12 replicasets create core/Pod web-a-2 owner=apps,ReplicaSet,web-a`, "mira owner event-0"},
		{"rolled back", rollout + `
			10 jane patch apps/Deployment web template=b
			11 deployments create apps/ReplicaSet web-b template=b owner=apps,Deployment,web
			20 li patch apps/Deployment web template=a
			21 replicasets create core/Pod web-a-2 owner=apps,ReplicaSet,web-a`, "li owner event-5"},
		{"after it was changed, by what was there before", `
			0 mira create apps/Deployment web template=a
			1 deployments create apps/ReplicaSet web-a template=a owner=apps,Deployment,web
			10 replicasets create core/Pod web-a-1 owner=apps,ReplicaSet,web-a
			20 jane patch apps/Deployment web template=b`, "mira owner event-0"},
		{"a cron job", `
			0 mira create batch/CronJob night
			100 cronjobs create batch/Job night-1 owner=batch,CronJob,night
			110 jane update batch/CronJob night
			120 jobs create core/Pod night-1-x owner=batch,Job,night-1`, "mira owner event-0"},
		{"a job run by hand from a cron job", `
			0 mira create batch/CronJob night
			100 eve create batch/Job night-1 owner=batch,CronJob,night
			120 jobs create core/Pod night-1-x owner=batch,Job,night-1`, "eve owner event-1"},
		{"an operator", `
			0 mira create example.org/Widget w
			5 operator create apps/Deployment w template=a owner=example.org,Widget,w
			6 deployments create apps/ReplicaSet w-a template=a owner=apps,Deployment,w
			7 replicasets create core/Pod w-a-1 owner=apps,ReplicaSet,w-a`, "mira owner event-0"},
		{"an operator whose resource is older than the log", `
			5 operator create apps/Deployment w template=a owner=example.org,Widget,w
			6 deployments create apps/ReplicaSet w-a template=a owner=apps,Deployment,w
			7 replicasets create core/Pod w-a-1 owner=apps,ReplicaSet,w-a`, operator + " account event-0"},
		{"a person who changes what an operator owns", `
			0 mira create example.org/Widget w
			5 operator create apps/Deployment w template=a owner=example.org,Widget,w
			10 eve patch apps/Deployment w template=evil owner=example.org,Widget,w
			11 deployments create apps/ReplicaSet w-b template=evil owner=apps,Deployment,w
			12 replicasets create core/Pod w-b-1 owner=apps,ReplicaSet,w-b`, "eve owner event-2"},
		{"an owner that somebody invented", rollout + `
			20 system:serviceaccount:shop:web create core/Pod web-a-9 owner=apps,ReplicaSet,web-a`, "system:serviceaccount:shop:web pod event-3"},
		{"a pod of a node", `0 system:node:n1 create core/Pod etcd-n1 owner=core,Node,n1`, "system:node:n1 pod event-0"},
		{"no bodies, one writer", `
			0 mira patch apps/Deployment web bare
			1 mira patch apps/Deployment web bare
			2 deployments create apps/ReplicaSet web-a owner=apps,Deployment,web
			3 replicasets create core/Pod web-a-1 owner=apps,ReplicaSet,web-a`, "mira owner event-1"},
		{"no bodies, two writers", `
			0 mira patch apps/Deployment web bare
			1 jane patch apps/Deployment web bare
			2 deployments create apps/ReplicaSet web-a owner=apps,Deployment,web
			3 replicasets create core/Pod web-a-1 owner=apps,ReplicaSet,web-a`, "jane, mira several event-1"},
		{"the owner is older than the log", `
			2 replicasets create core/Pod web-a-1 owner=apps,ReplicaSet,web-a`, "  "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewCallers(CallersOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var pod *event.Event
			for _, e := range deeds(t, tt.deeds) {
				c.Observe(e)
				if event.ResourceType.Get(e) == "pods" {
					pod = e
				}
			}
			check := func(when string, c *Callers) {
				c.Resolve(pod)
				got := event.K8sWriterName.Get(pod) + " " + event.K8sWriterMethod.Get(pod) + " " + event.K8sWriterUID.Get(pod)
				if got != tt.want {
					t.Errorf("%s: %q, want %q", when, got, tt.want)
				}
			}
			check("at the end", c)
			b, err := c.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			again, err := NewCallers(CallersOptions{History: c.history})
			if err != nil {
				t.Fatal(err)
			}
			if err := again.Restore(b); err != nil {
				t.Fatal(err)
			}
			for _, f := range []event.FieldID{event.K8sWriterName.ID(), event.K8sWriterMethod.ID(), event.K8sWriterUID.ID()} {
				pod.Clear(f)
			}
			check("after a restart", again)
		})
	}
}

func FuzzRestore(f *testing.F) {
	f.Add([]byte(`{"version":1,"clusters":[{"name":"","objects":[{"resource":"pods","namespace":"a","name":"b","writes":[{"time":1,"user":"u","uid":"x","sure":true}]}],"kinds":[{"group":"g.x","kind":"K","resource":"ks"}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := NewCallers(CallersOptions{Bytes: 1 << 16})
		if err != nil {
			t.Fatal(err)
		}
		if c.Restore(b) != nil {
			return
		}
		first, err := c.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if len(first) > maxSnapshot {
			return
		}
		again, err := NewCallers(CallersOptions{Bytes: 1 << 16})
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Restore(first); err != nil {
			t.Fatalf("its own snapshot: %v", err)
		}
	})
}
