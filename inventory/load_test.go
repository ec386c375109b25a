package inventory

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
)

// load plays a cluster of many pods that change all the time. Its pods are
// made by Deployments over ReplicaSets, on nodes of 100 pods, and reuse the
// addresses of those that are gone.
type load struct {
	h       *History
	r       *rand.Rand
	at      int64
	next    int
	live    []*Object
	free    []netip.Addr
	changes int
}

func newLoad(h *History, pods int) *load {
	l := &load{h: h, r: rand.New(rand.NewPCG(1, 1)), at: 1_700_000_000 * second}
	for n := range pods / 100 {
		l.apply(&Object{
			Change: Present, Version: "v1", Resource: "nodes", Kind: "Node", Name: fmt.Sprintf("worker-%d", n), UID: fmt.Sprintf("0b8d5c3e-5a0c-4f7e-9f4f-%012d", n),
			ResourceVersion: "1", Created: l.at, Addresses: []netip.Addr{netip.AddrFrom4([4]byte{172, 16, byte(n >> 8), byte(n)})},
			Networks: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), 0}), 24)},
		})
		for a := range 200 {
			l.free = append(l.free, netip.AddrFrom4([4]byte{10, byte(n >> 8), byte(n), byte(a + 2)}))
		}
	}
	for app := range 500 {
		l.apply(&Object{
			Change: Present, Group: "apps", Version: "v1", Resource: "deployments", Kind: "Deployment", Namespace: fmt.Sprintf("team-%d", app%50),
			Name: fmt.Sprintf("service-%d", app), UID: fmt.Sprintf("99999999-77aa-4c55-8f3a-%012d", app), ResourceVersion: "1", Created: l.at,
		})
	}
	for range pods {
		l.start(Present)
	}
	return l
}

func (l *load) apply(o *Object) {
	o.Cluster, o.ClusterUID, o.Time = "prod", "7d0f3c2a-0000-4000-8000-000000000001", l.at
	l.h.Apply(o)
	l.changes++
}

// start makes a pod, and now and then a ReplicaSet for it.
func (l *load) start(change Change) {
	n := l.next
	l.next++
	app := n / 10 % 500
	revision := n / 5000
	hash := fmt.Sprintf("%010x", app*1000+revision)
	set := Reference{"apps", "ReplicaSet", fmt.Sprintf("service-%d-%s", app, hash), fmt.Sprintf("3f1c7a5e-77aa-4c55-8f3a-%012d", app*1000+revision)}
	namespace := fmt.Sprintf("team-%d", app%50)
	if n%10 == 0 {
		l.apply(&Object{
			Change: Added, Group: "apps", Version: "v1", Resource: "replicasets", Kind: "ReplicaSet", Namespace: namespace, Name: set.Name, UID: set.UID,
			ResourceVersion: "1", Created: l.at, Owner: Reference{"apps", "Deployment", fmt.Sprintf("service-%d", app), fmt.Sprintf("99999999-77aa-4c55-8f3a-%012d", app)},
		})
	}
	i := l.r.IntN(len(l.free))
	ip := l.free[i]
	l.free[i] = l.free[len(l.free)-1]
	l.free = l.free[:len(l.free)-1]
	o := &Object{
		Version: "v1", Resource: "pods", Kind: "Pod", Namespace: namespace, Name: fmt.Sprintf("%s-%05x", set.Name, n), UID: fmt.Sprintf("c2b8f9d4-11bb-4d66-9a4b-%012d", n),
		ResourceVersion: "1", Created: l.at, Owner: set, Labels: map[string]string{"pod-template-hash": hash}, ServiceAccount: fmt.Sprintf("service-%d", app), Change: change,
	}
	if change == Added {
		l.apply(o)
		o.Change = Changed
		o.Node = fmt.Sprintf("worker-%d", int(ip.As4()[2])+int(ip.As4()[1])<<8)
		l.apply(o)
	}
	o.Addresses, o.Phase = []netip.Addr{ip}, "Running"
	l.apply(o)
	l.live = append(l.live, o)
}

// end ends the pod that is next, at random.
func (l *load) end() {
	i := l.r.IntN(len(l.live))
	o := l.live[i]
	l.live[i] = l.live[len(l.live)-1]
	l.live = l.live[:len(l.live)-1]
	o.Change, o.Deleting = Changed, l.at
	l.apply(o)
	o.Change = Deleted
	l.apply(o)
	l.free = append(l.free, o.Addresses[0])
}

// run plays a number of changes at a rate.
func (l *load) run(changes int, perSecond int64) {
	for want := l.changes + changes; l.changes < want; {
		l.end()
		l.start(Added)
		l.at += 5 * second / perSecond
	}
}

func TestBytesStayBelowTheBound(t *testing.T) {
	const bound = 24 << 20
	l := newLoad(NewHistory(HistoryOptions{Bytes: bound}), 10_000)
	for range 20 {
		l.run(10_000, 500)
		if got := l.h.Bytes(); got > bound {
			t.Fatalf("%d bytes, the bound is %d", got, int64(bound))
		}
	}
	if l.h.Evicted() == 0 || l.h.EvictedLive() != 0 {
		t.Errorf("evicted %d, of which existed %d: want some, and none", l.h.Evicted(), l.h.EvictedLive())
	}
	for _, o := range l.live {
		if p, ok := l.h.Pod("prod", o.UID); !ok || p.Gone != 0 {
			t.Fatalf("pod %s exists and was forgotten", o.Name)
		}
		if e := l.h.End("prod", o.Addresses[0], l.at); e.Pod == nil || e.Pod.UID != o.UID {
			t.Fatalf("the address of %s is %+v", o.Name, e)
		}
	}
}

// TestWhatExistsFitsOrIsCounted fills a history with more pods than fit.
func TestWhatExistsFitsOrIsCounted(t *testing.T) {
	const bound = 1 << 20
	l := newLoad(NewHistory(HistoryOptions{Bytes: bound}), 5_000)
	if got := l.h.Bytes(); got > bound {
		t.Errorf("%d bytes, the bound is %d", got, int64(bound))
	}
	if l.h.EvictedLive() == 0 {
		t.Error("no pod that exists was forgotten")
	}
	if _, ok := l.h.Pod("prod", l.live[len(l.live)-1].UID); !ok {
		t.Error("the pod that was told last is not known")
	}
}

// TestEstimate holds the estimate of memory against what the runtime says.
func TestEstimate(t *testing.T) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	h := NewHistory(HistoryOptions{Bytes: 1 << 30})
	l := newLoad(h, 10_000)
	l.run(150_000, 500)
	with := heap()
	l.live, l.free = nil, nil
	with = min(with, heap())
	estimate := h.Bytes()
	pods := len(h.find("").pods)
	runtime.KeepAlive(h)
	l, h = nil, nil
	used := with - heap()
	t.Logf("%d pods: %d bytes used, %d estimated, %d a pod", pods, used, estimate, used/int64(pods))
	if estimate < used*9/10 || estimate > used*2 {
		t.Errorf("the estimate is %d bytes, the heap says %d", estimate, used)
	}
}

func BenchmarkApply(b *testing.B) {
	l := newLoad(NewHistory(HistoryOptions{}), 10_000)
	b.ReportAllocs()
	b.ResetTimer()
	l.run(b.N, 500)
}

// BenchmarkHour plays an hour of 500 changes a second in a cluster of 10,000
// pods.
func BenchmarkHour(b *testing.B) {
	for b.Loop() {
		h := NewHistory(HistoryOptions{})
		l := newLoad(h, 10_000)
		l.run(500*3600, 500)
		b.ReportMetric(float64(h.Bytes())/(1<<20), "MiB")
		b.ReportMetric(float64(len(h.find("").pods)), "pods")
		b.ReportMetric(float64(h.Evicted()), "evicted")
	}
}

func BenchmarkEnd(b *testing.B) {
	l := newLoad(NewHistory(HistoryOptions{}), 10_000)
	l.run(500*600, 500)
	addresses := make([]netip.Addr, len(l.live))
	for i, o := range l.live {
		addresses[i] = o.Addresses[0]
	}
	service := netip.MustParseAddr("10.250.0.1")
	for name, ip := range map[string]func(i int) netip.Addr{
		"pod":      func(i int) netip.Addr { return addresses[i%len(addresses)] },
		"unknown":  func(int) netip.Addr { return service },
		"external": func(int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, 66}) },
		"node":     func(i int) netip.Addr { return netip.AddrFrom4([4]byte{172, 16, 0, byte(i % 100)}) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if e := l.h.End("prod", ip(i*7919), l.at); e.Kind == EndPod && e.Pod == nil {
					b.Fatal(e)
				}
			}
		})
	}
}
