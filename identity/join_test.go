package identity

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// podObject is the document of a pod; more is put into its metadata.
func podObject(ns, name, uid, node, account, ip, more string) string {
	if ip != "" {
		ip = fmt.Sprintf(`,"podIP":%q,"podIPs":[{"ip":%q}]`, ip, ip)
	}
	return fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1","metadata":{"namespace":%q,"name":%q,"uid":%q,"resourceVersion":"1","creationTimestamp":%q%s},
		"spec":{"nodeName":%q,"serviceAccountName":%q%s},"status":{"phase":"Running"%s}}`,
		ns, name, uid, start.Format(time.RFC3339), more, node, account, hostNetwork(name), ip)
}

func hostNetwork(name string) string {
	if strings.HasPrefix(name, "host-") {
		return `,"hostNetwork":true`
	}
	return ""
}

// runs is the kubelet's word that a pod runs.
func runs(at float64, ns, name, uid, ip string) call {
	return call{at: at, user: "system:node:n1", ip: "10.0.0.11", do: "patch pods/status " + ns + "/" + name, response: podObject(ns, name, uid, "n1", "web", ip, "")}
}

// ends is the kubelet's word that it has ended.
func ends(at float64, ns, name, uid string) call {
	return call{at: at, user: "system:node:n1", ip: "10.0.0.11", do: "delete pods " + ns + "/" + name, uid: uid,
		response: podObject(ns, name, uid, "n1", "web", "", `,"deletionTimestamp":"2026-05-04T12:00:00Z","deletionGracePeriodSeconds":0`)}
}

// asks is a call with the token of a pod.
func asks(at float64, ip, name, uid string) call {
	return call{at: at, user: "system:serviceaccount:shop:web", ip: ip, do: "list configmaps shop/", podUID: uid, podName: name}
}

// lastEvent observes calls and returns the last event as it is resolved when all
// are known.
func lastEvent(t *testing.T, c *Callers, calls ...call) *event.Event {
	t.Helper()
	if c == nil {
		var err error
		if c, err = NewCallers(CallersOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var e *event.Event
	for i, one := range calls {
		e = one.event()
		event.MetadataUID.Set(e, fmt.Sprintf("event-%d", i))
		c.Observe(e)
	}
	c.Resolve(e)
	return e
}

func TestTokenAtHome(t *testing.T) {
	web, tool := runs(0, "shop", "web-1", "u-web", "10.244.0.7"), runs(1, "tools", "shell", "u-tool", "10.244.0.8")
	for _, tt := range []struct {
		name               string
		calls              []call
		home, caller, call string
	}{
		{"the pod itself", []call{web, tool, asks(60, "10.244.0.7", "web-1", "u-web")}, "yes", "shop/web-1", "address"},
		{"another pod", []call{web, tool, asks(60, "10.244.0.8", "web-1", "u-web")}, "no", "tools/shell", "address"},
		{"another pod that ended before", []call{web, tool, ends(30, "tools", "shell", "u-tool"), asks(60, "10.244.0.8", "web-1", "u-web")}, "unknown", "", "none"},
		{"the address was another pod's before", []call{runs(0, "tools", "shell", "u-tool", "10.244.0.7"), ends(30, "tools", "shell", "u-tool"), runs(40, "shop", "web-1", "u-web", "10.244.0.7"), asks(60, "10.244.0.7", "web-1", "u-web")}, "yes", "shop/web-1", "address"},
		{"the pod is not known", []call{tool, asks(60, "10.244.0.8", "web-1", "u-web")}, "unknown", "tools/shell", "address"},
		{"its address is not known", []call{runs(0, "shop", "web-1", "u-web", ""), tool, asks(60, "10.244.0.8", "web-1", "u-web")}, "unknown", "tools/shell", "address"},
		{"behind the node's address", []call{web, {at: 2, user: "system:node:n1", ip: "10.0.0.11", do: "get nodes n1", response: nodeWithUID("n1", "10.0.0.11")}, asks(60, "10.0.0.11", "web-1", "u-web")}, "unknown", "", "node"},
		{"outside", []call{web, asks(600, out, "web-1", "u-web")}, "no", "", "none"},
		{"a private hop that nobody knows", []call{web, asks(60, "172.31.9.9", "web-1", "u-web")}, "unknown", "", "none"},
		{"loopback", []call{web, asks(60, "127.0.0.1", "web-1", "u-web")}, "unknown", "", "none"},
		{"in the node's network", []call{runs(0, "shop", "host-1", "u-host", "10.0.0.11"), asks(60, "10.0.0.11", "host-1", "u-host")}, "yes", "shop/host-1", "host_network"},
		{"two in the node's network", []call{runs(0, "shop", "host-1", "u-host", "10.0.0.11"), runs(0, "shop", "host-2", "u-host2", "10.0.0.11"), asks(60, "10.0.0.11", "host-1", "u-host")}, "unknown", "", "ambiguous"},
		{"of the node's network, in a pod's", []call{runs(0, "shop", "host-1", "u-host", "10.0.0.11"), tool, asks(60, "10.244.0.8", "host-1", "u-host")}, "no", "tools/shell", "address"},
		{"it is told after the call", []call{tool, asks(60, "10.244.0.7", "web-1", "u-web"), runs(61, "shop", "web-1", "u-web", "10.244.0.7"), asks(62, "10.244.0.7", "web-1", "u-web")}, "yes", "shop/web-1", "address"},
		{"dual stack", []call{web, runs(3, "shop", "web-1", "u-web", "fd00::7"), runs(4, "shop", "web-1", "u-web", "10.244.0.7"), asks(60, "10.244.0.7", "web-1", "u-web")}, "yes", "shop/web-1", "address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := lastEvent(t, nil, tt.calls...)
			if got := event.AuditTokenAtHome.Get(e); got != tt.home {
				t.Errorf("at home: %q, want %q", got, tt.home)
			}
			caller := ""
			if name := event.AuditCallerPodName.Get(e); name != "" {
				caller = event.AuditCallerPodNamespace.Get(e) + "/" + name
			}
			if method := event.AuditCallerPodMethod.Get(e); caller != tt.caller || method != tt.call {
				t.Errorf("called by %q (%s), want %q (%s)", caller, method, tt.caller, tt.call)
			}
			if ns := event.AuditTokenPodNamespace.Get(e); ns != "shop" {
				t.Errorf("namespace %q", ns)
			}
		})
	}
}

func nodeWithUID(name, ip string) string {
	return fmt.Sprintf(`{"kind":"Node","apiVersion":"v1","metadata":{"name":%q,"uid":"u-%s","resourceVersion":"1","creationTimestamp":%q},"status":{"addresses":[{"type":"InternalIP","address":%q}]}}`,
		name, name, start.Format(time.RFC3339), ip)
}

// What an event says of a token's node: the claim, or the pod's.
func TestTokenNode(t *testing.T) {
	e := lastEvent(t, nil, runs(0, "shop", "web-1", "u-web", "10.244.0.7"), asks(60, "10.244.0.7", "web-1", "u-web"))
	if got := event.AuditTokenNodeMethod.Get(e) + " " + event.AuditTokenNodeViaPod.Get(e); got != "pod n1" {
		t.Errorf("without claim: %q", got)
	}
}

// A token is of the account that signed in, whoever is impersonated.
func TestTokenUnderImpersonation(t *testing.T) {
	c := asks(60, "10.244.0.7", "web-1", "u-web")
	c.imitating = "system:serviceaccount:kube-system:admin"
	e := lastEvent(t, nil, runs(0, "shop", "web-1", "u-web", "10.244.0.7"), c)
	if ns := event.AuditTokenPodNamespace.Get(e); ns != "shop" {
		t.Errorf("namespace %q", ns)
	}
}

// A recorded inventory is known before the events of its time, and speaks of
// that time only.
func TestInventoryFirst(t *testing.T) {
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at := func(s float64) int64 { return start.Add(time.Duration(s * float64(time.Second))).UnixNano() }
	pod := func(change inventory.Change, when float64, uid, name string) *inventory.Object {
		return &inventory.Object{
			Cluster: "prod", ClusterUID: "c1", Time: at(when), Change: change, Version: "v1", Resource: "pods", Kind: "Pod", Namespace: "shop", Name: name, UID: uid,
			ResourceVersion: "1", Created: at(0), Node: "n1", ServiceAccount: "web", Phase: "Running", Addresses: []netip.Addr{netip.MustParseAddr("10.244.0.7")},
			Owner: inventory.Reference{Group: "apps", Kind: "StatefulSet", Name: "web", UID: "u-set"},
		}
	}
	late := pod(inventory.Added, 200, "u-2", "web-2")
	late.Created = at(200)
	for _, o := range []*inventory.Object{late, pod(inventory.Deleted, 100, "u-1", "web-1"), pod(inventory.Added, 0, "u-1", "web-1")} {
		c.Apply(o)
	}
	for _, tt := range []struct {
		at   float64
		want string
	}{{50, "web-1"}, {150, ""}, {250, "web-2"}} {
		e := lastEvent(t, c, call{at: tt.at, user: "system:serviceaccount:shop:web", ip: "10.244.0.7", do: "list configmaps shop/"})
		if got := event.AuditCallerPodName.Get(e); got != tt.want {
			t.Errorf("at %v: called by %q, want %q", tt.at, got, tt.want)
		}
		if outside := event.AuditCallerOutside.Get(e); outside != "no" {
			t.Errorf("at %v: outside %s", tt.at, outside)
		}
	}
	e := lastEvent(t, c, call{at: 250, user: "mira", ip: "10.20.0.1", do: "get pods shop/web-2"})
	got := event.K8sPodUID.Get(e) + " " + event.K8sNode.Get(e) + " " + event.K8sWorkloadKind.Get(e) + "/" + event.K8sWorkload.Get(e)
	if got != "u-2 n1 StatefulSet/web" {
		t.Errorf("the pod that it is about: %s", got)
	}
}

func TestFlowEnds(t *testing.T) {
	c := crowd(t, 10)
	e := &event.Event{}
	e.Reset(event.ClassNetwork)
	event.K8sCluster.Set(e, "prod")
	event.Time.Set(e, start.UnixNano()+1)
	event.SrcEndpointIP.Set(e, "10.244.0.3")
	event.DstEndpointIP.Set(e, "198.51.100.7")
	c.Observe(e)
	got := strings.Join([]string{
		event.SrcEndpointKind.Get(e), event.SrcEndpointNamespace.Get(e), event.SrcEndpointName.Get(e), event.SrcEndpointWorkload.Get(e), event.DstEndpointKind.Get(e),
	}, " ")
	if want := "pod shop web-3 ReplicaSet/web-0 external"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
