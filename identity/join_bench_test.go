package identity

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// crowd is a Callers that knows so many pods, and their addresses.
func crowd(tb testing.TB, pods int) *Callers {
	tb.Helper()
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range pods {
		c.Apply(&inventory.Object{
			Cluster: "prod", ClusterUID: "c1", Time: start.UnixNano(), Change: inventory.Present, Version: "v1", Resource: "pods", Kind: "Pod",
			Namespace: "shop", Name: fmt.Sprintf("web-%d", i), UID: fmt.Sprintf("uid-%d", i), ResourceVersion: "1", Created: start.UnixNano() - 1e12,
			Owner: inventory.Reference{Group: "apps", Kind: "ReplicaSet", Name: fmt.Sprintf("web-%d", i/10), UID: fmt.Sprintf("rs-%d", i/10)},
			Node:  fmt.Sprintf("n%d", i%100), ServiceAccount: "web", Phase: "Running",
			Addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 244, byte(i >> 8), byte(i)})},
		})
	}
	return c
}

// BenchmarkJoin is what a call of a pod with a bound token costs in a cluster
// of 10,000 pods, of which so many call in turn: with all of them nothing is
// in the processor's caches.
func BenchmarkJoin(b *testing.B) {
	for _, callers := range []int{100, 10_000} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) { benchmarkJoin(b, callers) })
	}
}

func benchmarkJoin(b *testing.B, pods int) {
	c := crowd(b, 10_000)
	events := make([]*event.Event, pods)
	for i := range events {
		events[i] = call{
			at: 100, user: "system:serviceaccount:shop:web", ip: fmt.Sprintf("10.244.%d.%d", i>>8, i&255), do: "get configmaps shop/settings",
			podUID: fmt.Sprintf("uid-%d", i), podName: fmt.Sprintf("web-%d", i), cred: fmt.Sprintf("JTI=%d", i),
		}.event()
		event.K8sCluster.Set(events[i], "prod")
		c.Observe(events[i])
	}
	cl := c.cluster("prod")
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		e := events[i%pods]
		t := timeOf(e, 0)
		a := c.address(cl, e, t)
		c.join.begin(c, cl, e, t, false)
		c.join.audit(a)
	}
	if home := event.AuditTokenAtHome.Get(events[0]); home != "yes" {
		b.Errorf("at home: %s", home)
	}
}

// BenchmarkJoinPerson is what it costs where there is nothing to join.
func BenchmarkJoinPerson(b *testing.B) {
	c := crowd(b, 10_000)
	e := call{at: 100, user: "mira", ip: "10.20.0.5", do: "get configmaps shop/settings"}.event()
	event.K8sCluster.Set(e, "prod")
	c.Observe(e)
	cl := c.cluster("prod")
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		t := timeOf(e, 0)
		a := c.address(cl, e, t)
		c.join.begin(c, cl, e, t, false)
		c.join.audit(a)
	}
}
