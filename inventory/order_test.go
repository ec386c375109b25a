package inventory

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// randomDay returns what a watch tells of a small cluster in which everything
// happens: pods come, get addresses that others had, end, and are missed.
func randomDay(r *rand.Rand) []*Object {
	var out []*Object
	at := int64(1000)
	address := func() string { return fmt.Sprintf("10.244.0.%d", 2+r.IntN(4)) }
	for i := range 12 {
		at += r.Int64N(40)
		name := fmt.Sprintf("p%d", r.IntN(6))
		uid := fmt.Sprintf("uid-%d", i)
		seen := func(change Change, at int64, addresses ...string) *Object {
			o := somePod(name, change, at, 0, addresses...)
			o.UID, o.Created = uid, (1000+int64(i)*20)*second
			o.ResourceVersion = fmt.Sprint(len(out))
			o.Owner = ref("apps", "ReplicaSet", fmt.Sprintf("web-%d", r.IntN(2)))
			o.Labels = map[string]string{"pod-template-hash": "0"}
			o.HostNetwork = i%5 == 4
			out = append(out, o)
			return o
		}
		ip := address()
		seen([]Change{Added, Present}[r.IntN(2)], at)
		seen(Changed, at+1+r.Int64N(5), ip)
		switch r.IntN(6) {
		case 0:
			seen(Changed, at+20, address())
		case 1:
			seen(Changed, at+20, ip).Phase = "Succeeded"
		case 2:
			seen(Changed, at+20, ip).Deleting = (at + 50) * second
		}
		switch r.IntN(4) {
		case 0:
			seen(Deleted, at+25+r.Int64N(20), ip)
		case 1:
			seen(Gone, at+500)
		}
	}
	out = append(out, workload("apps", "ReplicaSet", "web-0", ref("apps", "Deployment", "web")), workload("apps", "Deployment", "web", Reference{}))
	return out
}

// answers is everything that can be asked about a day, as text.
func answers(h *History) string {
	var b strings.Builder
	for i := range 6 {
		ip := netip.AddrFrom4([4]byte{10, 244, 0, byte(1 + i)})
		for at := int64(990); at < 2000; at += 3 {
			e := h.End("prod", ip, at*second)
			fmt.Fprintf(&b, "%s %d %s %s", ip, at, endText(e), e.Group)
			if e.Pod != nil {
				b.WriteString(" " + e.Pod.UID)
			}
			b.WriteByte('\n')
			if p, ok := h.PodNamed("prod", "shop", fmt.Sprintf("p%d", i), at*second); ok {
				fmt.Fprintf(&b, "p%d %d %+v\n", i, at, *p)
			}
		}
	}
	return b.String()
}

func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	for seed := range uint64(25) {
		r := rand.New(rand.NewPCG(seed, 1))
		day := randomDay(r)
		want := answers(history(day...))
		for range 5 {
			mixed := append([]*Object(nil), day...)
			mixed = append(mixed, day[:r.IntN(len(day))]...)
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			if got := answers(history(mixed...)); got != want {
				t.Fatalf("day %d: in another order\n%s", seed, firstDifference(got, want))
			}
		}
	}
}

func TestRepetitionChangesNoVersion(t *testing.T) {
	day := randomDay(rand.New(rand.NewPCG(7, 7)))
	h := history(day...)
	version, bytes := h.Version("prod"), h.Bytes()
	for _, o := range day {
		h.Apply(o)
	}
	if got := h.Version("prod"); got != version {
		t.Errorf("version %d became %d by what was known", version, got)
	}
	if h.Bytes() != bytes {
		t.Errorf("%d bytes became %d by what was known", bytes, h.Bytes())
	}
}

// TestRowsBringItBack fills a history from rows, as after a restart.
func TestRowsBringItBack(t *testing.T) {
	day := randomDay(rand.New(rand.NewPCG(8, 8)))
	h := NewHistory(HistoryOptions{})
	for _, o := range reversed(day) {
		h.Apply(throughRow(t, o))
	}
	if got, want := answers(h), answers(history(day...)); got != want {
		t.Error(firstDifference(got, want))
	}
}

func TestClusters(t *testing.T) {
	pod := func(cluster, uid, name, address string) *Object {
		o := somePod(name, Present, 102, 100, address)
		o.Cluster, o.ClusterUID = cluster, uid
		return o
	}
	type ask struct{ cluster, want string }
	tests := []struct {
		name    string
		objects []*Object
		known   string
		asks    []ask
	}{
		{"none", nil, "", []ask{{"", "unknown"}, {"prod", "unknown"}}},
		{"one", []*Object{pod("prod", "c1", "a", "10.0.0.1")}, "prod", []ask{{"", "a"}, {"prod", "a"}, {"c1", "a"}, {"dev", "unknown"}}},
		{"two", []*Object{pod("prod", "c1", "a", "10.0.0.1"), pod("dev", "c2", "b", "10.0.0.1")}, "prod dev", []ask{{"", "unknown"}, {"prod", "a"}, {"c2", "b"}}},
		{"the name is told later", []*Object{pod("", "c1", "a", "10.0.0.1"), pod("prod", "c1", "b", "10.0.0.2")}, "prod", []ask{{"prod", "a"}}},
		{"the UID is told later", []*Object{pod("prod", "", "a", "10.0.0.1"), pod("prod", "c1", "b", "10.0.0.2")}, "prod", []ask{{"c1", "a"}}},
		{"one that has no name", []*Object{pod("", "", "a", "10.0.0.1")}, "", []ask{{"", "a"}}},
		{"the first that has a name", []*Object{pod("", "", "a", "10.0.0.1"), pod("prod", "c1", "b", "10.0.0.2"), pod("", "", "c", "10.0.0.3")}, "prod", []ask{{"prod", "a"}, {"", "a"}}},
		{"the same name twice", []*Object{pod("prod", "c1", "a", "10.0.0.1"), pod("prod", "c2", "b", "10.0.0.1")}, "prod prod", []ask{{"prod", "a"}, {"c2", "b"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := history(tt.objects...)
			if got := strings.Join(h.Clusters(), " "); got != tt.known {
				t.Errorf("clusters %q, want %q", got, tt.known)
			}
			for _, a := range tt.asks {
				e := h.End(a.cluster, netip.MustParseAddr("10.0.0.1"), 150*second)
				got := e.Name
				if e.Pod == nil {
					got = e.Kind.String()
				}
				if got != a.want {
					t.Errorf("who has the address in %q: %q, want %q", a.cluster, got, a.want)
				}
			}
		})
	}
}

func TestPodNamed(t *testing.T) {
	first := somePod("db-0", Changed, 102, 100)
	gone := somePod("db-0", Deleted, 200, 100)
	second2 := with(somePod("db-0", Changed, 203, 199), func(o *Object) { o.UID = "second" })
	tests := []struct {
		name string
		at   int64
		want string
	}{
		{"the first", 150, "uid-db-0"}, {"the second", 300, "second"}, {"both: the later", 199, "second"},
		{"the request that made it", 95, "uid-db-0"}, {"long before", 80, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := history(first, gone, second2).PodNamed("", "shop", "db-0", tt.at*second)
			if ok != (tt.want != "") || ok && p.UID != tt.want {
				t.Errorf("PodNamed(%d) = %+v, %v, want %q", tt.at, p, ok, tt.want)
			}
		})
	}
	if _, ok := history(first).PodNamed("", "other", "db-0", 150*second); ok {
		t.Error("a pod of another namespace was found")
	}
	partial := &Object{Cluster: "prod", Time: 120 * second, Change: Changed, Resource: "pods", Kind: "Pod", Namespace: "shop", Name: "db-0", Addresses: ips("10.244.0.9")}
	if e := history(first, partial).End("", netip.MustParseAddr("10.244.0.9"), 130*second); e.Name != "db-0" {
		t.Errorf("a pod told by its name: %+v", e)
	}
}
