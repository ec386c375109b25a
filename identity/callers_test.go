package identity

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// call is an audit event of a test; at is in seconds.
type call struct {
	at        float64
	user      string
	ip        string
	do        string // verb resource[/subresource] [namespace/][name]
	code      int64  // 200 when 0
	request   string // bodies
	response  string
	cred      string
	podUID    string // of the token
	podName   string
	uid       string // of the object
	imitating string // impersonated user
	agent     string // what the client calls itself
}

var start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func (c call) event() *event.Event {
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	event.Time.Set(e, start.Add(time.Duration(c.at*float64(time.Second))).UnixNano())
	event.AuditUserName.Set(e, c.user)
	event.ActorUserName.Set(e, c.user)
	if strings.HasPrefix(c.user, "system:node:") {
		event.AuditUserGroups.Set(e, []string{"system:nodes", "system:authenticated"})
	}
	if sa, ok := strings.CutPrefix(c.user, "system:serviceaccount:"); ok {
		event.K8sServiceAccount.Set(e, strings.Replace(sa, ":", "/", 1))
	}
	if c.imitating != "" {
		event.AuditImpersonatedUserName.Set(e, c.imitating)
		event.ActorUserName.Set(e, c.imitating)
	}
	if c.agent != "" {
		event.HTTPRequestUserAgent.Set(e, c.agent)
	}
	if c.ip != "" {
		event.SrcEndpointIP.Set(e, c.ip)
	}
	if c.code == 0 {
		c.code = 200
	}
	event.APIResponseCode.Set(e, c.code)
	words := strings.Fields(c.do)
	if len(words) > 1 {
		event.APIOperation.Set(e, words[0])
		res, sub, _ := strings.Cut(words[1], "/")
		event.ResourceType.Set(e, res)
		if sub != "" {
			event.ResourceSubresource.Set(e, sub)
		}
	}
	if len(words) > 2 {
		ns, name, ok := strings.Cut(words[2], "/")
		if !ok {
			ns, name = "", ns
		}
		if ns != "" {
			event.K8sNamespace.Set(e, ns)
		}
		event.ResourceName.Set(e, name)
		if event.ResourceType.Get(e) == "pods" {
			event.K8sPod.Set(e, name)
		}
	}
	if c.request != "" || c.response != "" {
		e.Raw = []byte(fmt.Sprintf(`{"requestObject":%s,"responseObject":%s}`, orNull(c.request), orNull(c.response)))
	}
	for _, f := range []struct {
		set func(*event.Event, string)
		v   string
	}{
		{event.AuditCredentialID.Set, c.cred}, {event.AuditTokenPodUID.Set, c.podUID},
		{event.AuditTokenPodName.Set, c.podName}, {event.ResourceUID.Set, c.uid},
	} {
		if f.v != "" {
			f.set(e, f.v)
		}
	}
	return e
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// beats are n renewals of a node's lease, 10 s apart.
func beats(from float64, n int, node, ip string) []call {
	var out []call
	for i := range n {
		out = append(out, call{at: from + 10*float64(i), user: "system:node:" + node, ip: ip, do: "update leases kube-node-lease/" + node})
	}
	return out
}

func nodeObject(name string, ips ...string) string {
	list := ""
	for _, ip := range ips {
		list += fmt.Sprintf(`{"type":"InternalIP","address":%q},`, ip)
	}
	return fmt.Sprintf(`{"kind":"Node","metadata":{"name":%q},"status":{"addresses":[%s{"type":"Hostname","address":%q}]}}`, name, list, name)
}

const (
	out  = "203.0.113.66"
	out2 = "198.51.100.7"
	node = "192.0.2.2" // public in form, the cluster's own in fact
)

func TestCallerOutside(t *testing.T) {
	admin := func(at float64, ip string) call { return call{at: at, user: "admin", ip: ip, do: "list pods"} }
	cat := func(parts ...[]call) (all []call) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	one := func(c call) []call { return []call{c} }
	tests := []struct {
		name     string
		in       []call
		want     string // outside, method and whether it has settled, of the last
		resolved string // of the same event at the end, when all of then was seen
		then     []call
	}{
		{"loopback", one(admin(0, "127.0.0.1")), "no loopback settled", "", nil},
		{"loopback of IPv6", one(admin(0, "::1")), "no loopback settled", "", nil},
		{"configured", one(admin(0, "198.18.7.7")), "no configured settled", "", nil},
		{"private", one(admin(0, "10.1.2.3")), "unknown settled", "", nil},
		{"shared address space", one(admin(0, "100.64.0.9")), "unknown settled", "", nil},
		{"no address", one(admin(0, "")), "unknown settled", "", nil},
		{"public", one(admin(0, out)), "yes public", "yes public settled", nil},
		{"public, later", []call{admin(0, out), admin(121, out)}, "yes public settled", "", nil},
		{"public of IPv6", one(admin(0, "2a00:1450::1")), "yes public", "", nil},
		{"a node's address by its object", []call{
			{user: "kubernetes-admin", ip: "127.0.0.1", do: "get nodes n1", response: nodeObject("n1", node)}, admin(1, node)}, "no node settled", "", nil},
		{"a node's address by a list", []call{
			{user: "kubernetes-admin", ip: "127.0.0.1", do: "list nodes", response: `{"kind":"NodeList","items":[` + nodeObject("n0", "10.0.0.1") + "," + nodeObject("n1", node) + `]}`},
			admin(1, node)}, "no node settled", "", nil},
		{"a node's address by the host of a pod", []call{
			{user: "system:node:n1", ip: "127.0.0.1", do: "patch pods/status shop/web", request: `{"status":{"hostIP":"192.0.2.2","podIP":"10.9.0.3"}}`}, admin(1, node)},
			"no node settled", "", nil},
		{"a pod's address", []call{
			{user: "system:node:n1", ip: "127.0.0.1", do: "patch pods/status shop/web", request: `{"status":{"hostIP":"192.0.2.2","podIPs":[{"ip":"10.9.0.3"}]}}`}, admin(1, "10.9.0.3")},
			"no pod settled", "", nil},
		{"a network of pods", []call{
			{user: "system:serviceaccount:kube-system:node-controller", ip: "127.0.0.1", do: "patch nodes n1", request: `{"spec":{"podCIDRs":["10.244.3.0/24"]}}`}, admin(1, "10.244.3.77")},
			"no pod settled", "", nil},
		{"a network too large to be true", []call{
			{user: "system:serviceaccount:kube-system:node-controller", ip: "127.0.0.1", do: "patch nodes n1", request: `{"spec":{"podCIDR":"203.0.0.0/8"}}`}, admin(1, out)},
			"yes public", "", nil},
		{"a kubelet's address by its heartbeats", cat(beats(0, 3, "n1", node), one(admin(30, node))), "no node settled", "", nil},
		{"a kubelet that has just begun", beats(0, 1, "n1", node), "yes public", "no node settled", beats(10, 3, "n1", node)},
		{"other components of the same address as a kubelet", one(call{user: "system:serviceaccount:kube-system:coredns", ip: node, do: "list endpoints"}),
			"yes public", "no node settled", beats(1, 4, "n1", node)},
		{"the scheduler's heartbeats", cat([]call{
			{user: "system:kube-scheduler", ip: node, do: "update leases kube-system/kube-scheduler"},
			{at: 8, user: "system:kube-scheduler", ip: node, do: "update leases kube-system/kube-scheduler"},
			{at: 16, user: "system:kube-scheduler", ip: node, do: "update leases kube-system/kube-scheduler"}}, one(admin(17, node))), "no node settled", "", nil},
		{"somebody else's lease is no heartbeat", cat([]call{
			{user: "system:node:n1", ip: out, do: "update leases kube-node-lease/n2"}, {at: 10, user: "system:node:n1", ip: out, do: "update leases kube-node-lease/n2"},
			{at: 20, user: "system:node:n1", ip: out, do: "update leases kube-node-lease/n2"}}, one(admin(21, out))), "yes public", "", nil},
		{"a node account outside its group teaches nothing", []call{
			{user: "system:serviceaccount:x:system:node:n1", ip: out, do: "update leases kube-node-lease/n1"}, {at: 10, user: "system:nodes:n1", ip: out, do: "update leases kube-node-lease/n1"}},
			"yes public", "", nil},
		{"who impersonates a kubelet teaches nothing", []call{
			{user: "system:node:n1", imitating: "x", ip: out, do: "update leases kube-node-lease/n1"}, {at: 10, user: "system:node:n1", imitating: "x", ip: out, do: "update leases kube-node-lease/n1"},
			{at: 20, user: "system:node:n1", imitating: "x", ip: out, do: "update leases kube-node-lease/n1"}}, "yes public", "", nil},
		{"refused heartbeats teach nothing", []call{
			{user: "system:node:n1", ip: out, code: 403, do: "update leases kube-node-lease/n1"}, {at: 10, user: "system:node:n1", ip: out, code: 403, do: "update leases kube-node-lease/n1"},
			{at: 20, user: "system:node:n1", ip: out, code: 403, do: "update leases kube-node-lease/n1"}}, "yes public", "", nil},
		{"a stolen kubelet credential", cat(beats(0, 10, "n1", node), one(call{at: 101, user: "system:node:n1", ip: out, do: "list secrets"})),
			"yes public", "yes public settled", beats(100, 20, "n1", node)},
		{"a stolen kubelet credential that renews the lease, too", cat(beats(0, 3, "n1", node),
			beats(31, 1, "n1", out), beats(35, 1, "n1", node), beats(41, 1, "n1", out), beats(45, 1, "n1", node), beats(51, 1, "n1", out), beats(55, 1, "n1", node),
			beats(61, 1, "n1", out)), "yes public", "", nil},
		{"a node that moved", cat(beats(0, 3, "n1", node), beats(600, 4, "n1", out2), one(admin(700, out2))), "no node settled", "", nil},
		{"a kubelet behind an address of many nodes, its own known", cat(
			one(call{user: "kubernetes-admin", ip: "127.0.0.1", do: "get nodes n1", response: nodeObject("n1", "10.0.0.5")}), beats(1, 4, "n1", node)), "no node settled", "", nil},
		{"an outsider who claims to be a node", []call{
			{user: "system:node:n1", ip: "10.0.0.5", do: "patch nodes/status n1", request: nodeObject("n1", "10.0.0.5"), response: nodeObject("n1", "10.0.0.5")},
			{at: 5, user: "system:node:n1", ip: out, do: "patch nodes/status n1", request: nodeObject("n1", "10.0.0.5", out), response: nodeObject("n1", "10.0.0.5", out)},
			{at: 6, user: "kubernetes-admin", ip: "127.0.0.1", do: "list nodes", response: `{"items":[` + nodeObject("n1", "10.0.0.5", out) + `]}`},
			admin(7, out)}, "yes public", "", nil},
		{"an address that many calls of an unseen kubelet came from", func() (all []call) {
			for i := range 30 {
				all = append(all, call{at: float64(i) * 30, user: "system:node:n1", ip: node, do: "get configmaps kube-system/x"})
			}
			return all
		}(), "no node settled", "", nil},
		{"a deleted node's address", cat(beats(0, 3, "n1", node), []call{
			{at: 40, user: "admin", ip: "127.0.0.1", do: "delete nodes n1"}, admin(50, node)}), "yes public settled", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewCallers(CallersOptions{Inside: []netip.Prefix{netip.MustParsePrefix("198.18.0.0/15")}})
			if err != nil {
				t.Fatal(err)
			}
			var last *event.Event
			var settled bool
			for _, in := range tt.in {
				last = in.event()
				settled = c.Observe(last)
			}
			answer := func(settled bool) string {
				words := []string{event.AuditCallerOutside.Get(last)}
				if m := event.AuditCallerMethod.Get(last); m != "" {
					words = append(words, m)
				}
				if settled {
					words = append(words, "settled")
				}
				return strings.Join(words, " ")
			}
			if strings.HasPrefix(tt.name, "a deleted") {
				settled = true // when the address called first is not the point
			}
			if got := answer(settled); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			for _, in := range tt.then {
				c.Observe(in.event())
			}
			if c.Resolve(last); tt.resolved != "" && answer(true) != tt.resolved {
				t.Errorf("in the end %q, want %q", answer(true), tt.resolved)
			}
		})
	}
}

func TestTokenPodState(t *testing.T) {
	use := func(at float64, uid, name string) call {
		return call{at: at, user: "system:serviceaccount:shop:web", ip: "10.0.0.9", do: "get pods", podUID: uid, podName: name}
	}
	tests := []struct {
		name string
		in   []call
		want string
	}{
		{"never heard of", []call{use(0, "u1", "web-1")}, "unknown"},
		{"bound to a node", []call{{do: "create pods/binding shop/web-1", user: "system:kube-scheduler", uid: "u1"}, use(1, "u1", "web-1")}, "alive"},
		{"in a list", []call{{do: "list pods", user: "x", ip: "127.0.0.1", response: `{"items":[{"metadata":{"name":"web-1","uid":"u1"}}]}`}, use(1, "u1", "web-1")}, "alive"},
		{"deleted by its kubelet", []call{use(0, "u1", "web-1"), {at: 1, do: "delete pods shop/web-1", user: "system:node:n1"}, use(2, "u1", "web-1")}, "deleted"},
		{"told to end", []call{use(0, "u1", "web-1"), {at: 1, do: "delete pods shop/web-1", user: "jane"}, use(20, "u1", "web-1")}, "unknown"},
		{"told to end, within its grace", []call{use(0, "u1", "web-1"),
			{at: 1, do: "delete pods shop/web-1", user: "jane", ip: "127.0.0.1", response: `{"metadata":{"name":"web-1","uid":"u1","deletionGracePeriodSeconds":30}}`}, use(20, "u1", "web-1")}, "alive"},
		{"told to end, after its grace", []call{use(0, "u1", "web-1"),
			{at: 1, do: "delete pods shop/web-1", user: "jane", ip: "127.0.0.1", response: `{"metadata":{"name":"web-1","uid":"u1","deletionGracePeriodSeconds":30}}`}, use(40, "u1", "web-1")}, "deleted"},
		{"told to end long ago", []call{use(0, "u1", "web-1"), {at: 1, do: "delete pods shop/web-1", user: "jane"}, use(700, "u1", "web-1")}, "deleted"},
		{"evicted, and ended", []call{use(0, "u1", "web-1"), {at: 1, do: "create pods/eviction shop/web-1", user: "jane"},
			{at: 9, do: "delete pods shop/web-1", user: "system:node:n1"}, use(10, "u1", "web-1")}, "deleted"},
		{"a refused deletion", []call{use(0, "u1", "web-1"), {at: 1, do: "delete pods shop/web-1", user: "jane", code: 403}, use(700, "u1", "web-1")}, "unknown"},
		{"its successor of the same name", []call{use(0, "u1", "db-0"), {at: 1, do: "delete pods shop/db-0", user: "system:node:n1"},
			{at: 2, do: "create pods/binding shop/db-0", user: "system:kube-scheduler", uid: "u2"}, use(30, "u2", "db-0")}, "alive"},
		{"its predecessor of the same name", []call{use(0, "u1", "db-0"), {at: 1, do: "delete pods shop/db-0", user: "system:node:n1"},
			{at: 2, do: "create pods/binding shop/db-0", user: "system:kube-scheduler", uid: "u2"}, use(30, "u1", "db-0")}, "deleted"},
		{"a pod of that name elsewhere", []call{use(0, "u1", "web-1"), {at: 1, do: "delete pods bank/web-1", user: "system:node:n1"}, use(2, "u1", "web-1")}, "unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewCallers(CallersOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, in := range tt.in {
				e := in.event()
				c.Observe(e)
				got = event.AuditTokenPodState.Get(e)
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestCredentialPlaces(t *testing.T) {
	use := func(at float64, ip, cred string) call {
		return call{at: at, user: "system:serviceaccount:shop:web", ip: ip, do: "get pods", cred: cred}
	}
	// Four others use the same hop.
	crowd := func(ip string) (all []call) {
		for i := range sharedBy - 1 {
			all = append(all, use(0, ip, fmt.Sprint("other", i)))
		}
		return all
	}
	tests := []struct {
		name string
		in   []call
		want int64
	}{
		{"one", []call{use(0, "10.0.0.9", "JTI=a"), use(1, "10.0.0.9", "JTI=a")}, 1},
		{"two", []call{use(0, "10.0.0.9", "JTI=a"), use(1, out, "JTI=a")}, 2},
		{"two, an hour apart", []call{use(0, "10.0.0.9", "JTI=a"), use(3601, out, "JTI=a")}, 1},
		{"two credentials", []call{use(0, "10.0.0.9", "JTI=a"), use(1, out, "JTI=b")}, 1},
		{"both ends of loopback", []call{use(0, "127.0.0.1", "JTI=a"), use(1, "::1", "JTI=a")}, 1},
		{"two hops that many share", append(append(crowd("10.0.0.7"), crowd("10.0.0.8")...), use(1, "10.0.0.7", "JTI=a"), use(2, "10.0.0.8", "JTI=a")), 1},
		{"a hop before and after it was known to be shared", append([]call{use(0, "10.0.0.7", "JTI=a")}, append(crowd("10.0.0.7"), use(2, "10.0.0.7", "JTI=a"))...), 1},
		{"a node and its loopback", append(beats(0, 3, "n1", "10.0.0.5"), use(40, "127.0.0.1", "JTI=a"), use(41, "10.0.0.5", "JTI=a")), 1},
		{"a hop that turns out to be a node", append(append(crowd("10.0.0.5"), use(1, "10.0.0.5", "JTI=a")), append(beats(2, 3, "n1", "10.0.0.5"), use(50, "10.0.0.5", "JTI=a"))...), 1},
		{"two nodes", append(append(beats(0, 3, "n1", "10.0.0.5"), beats(0, 3, "n2", "10.0.0.6")...), use(40, "10.0.0.6", "JTI=a"), use(41, "10.0.0.5", "JTI=a")), 2},
		{"a shared hop and the attacker", append(crowd("10.0.0.7"), use(1, "10.0.0.7", "JTI=a"), use(2, out, "JTI=a")), 2},
		{"an attacker with five credentials", append(crowd(out), use(1, "10.0.0.7", "JTI=a"), use(2, out, "JTI=a")), 2},
		{"very many", func() (all []call) {
			for i := range 40 {
				all = append(all, use(float64(i), fmt.Sprint("203.0.113.", i), "JTI=a"))
			}
			return all
		}(), maxPlaces},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := NewCallers(CallersOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got int64
			for _, in := range tt.in {
				e := in.event()
				c.Observe(e)
				got, _ = event.AuditCredentialPlaces.Get(e)
			}
			if got != tt.want {
				t.Errorf("%d, want %d", got, tt.want)
			}
		})
	}
}

func TestListedAddress(t *testing.T) {
	feed := func(name, text string) *Feed {
		f, err := ReadFeed(name, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	c, err := NewCallers(CallersOptions{Feeds: []*Feed{
		feed("tor", "203.0.113.66\n"), feed("drop", "203.0.113.0/24 ; SBL1\n"), feed("harmless", `{"list":["203.0.113.9"],"type":"string"}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]string{out: "[tor drop]", "203.0.113.1": "[drop]", "203.0.113.9": "[]", out2: "[]"} {
		e := call{user: "x", ip: ip}.event()
		c.Observe(e)
		if got := fmt.Sprint(event.AuditListedAddress.Get(e)); got != want || event.AuditListedAddress.Has(e) != (want != "[]") {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
}

func TestCallersAreBounded(t *testing.T) {
	c, err := NewCallers(CallersOptions{Bytes: 1 << 18})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50_000 {
		ip := netip.AddrFrom4([4]byte{203, byte(i >> 16), byte(i >> 8), byte(i)}).String()
		c.Observe(call{at: float64(i), user: fmt.Sprint("system:node:n", i), ip: ip, do: fmt.Sprint("update leases kube-node-lease/n", i),
			cred: fmt.Sprint("JTI=", i), podUID: fmt.Sprint("u", i), podName: "p"}.event())
	}
	cl := c.clusters[""]
	if n := len(cl.addresses.m) + len(cl.accounts.m) + len(cl.pods.m) + len(cl.credentials.m); n > 1000 {
		t.Errorf("%d entries", n)
	}
	if c.Evicted() == 0 {
		t.Error("nothing was counted as forgotten")
	}
}

func TestClustersAreToldApart(t *testing.T) {
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range beats(0, 4, "n1", node) {
		e := b.event()
		event.K8sCluster.Set(e, "one")
		c.Observe(e)
	}
	for cluster, want := range map[string]string{"one": "no", "two": "yes"} {
		e := call{at: 50, user: "x", ip: node}.event()
		event.K8sCluster.Set(e, cluster)
		if c.Observe(e); event.AuditCallerOutside.Get(e) != want {
			t.Errorf("in cluster %s %q, want %q", cluster, event.AuditCallerOutside.Get(e), want)
		}
	}
}

func TestIdentitiesOfAnAddress(t *testing.T) {
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		c.Observe(call{at: float64(i), user: fmt.Sprint("u", i), ip: "203.0.113.9"}.event())
		c.Observe(call{at: float64(i), user: fmt.Sprint("u", i%2), ip: "203.0.113.66"}.event())
		c.Observe(call{at: float64(i), user: []string{"", "system:anonymous"}[i%2], ip: "203.0.113.66"}.event())
	}
	for address, want := range map[string]int{"203.0.113.9": maxIdentities, "203.0.113.66": 2, "203.0.113.1": 0} {
		if got := c.Identities(address); got != want {
			t.Errorf("%s: %d identities, want %d", address, got, want)
		}
	}
}
