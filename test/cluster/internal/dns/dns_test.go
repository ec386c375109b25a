package dns

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func addrs(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, t := range texts {
		out = append(out, netip.MustParseAddr(t))
	}
	return out
}

func testTable() *Table {
	table := NewTable("cluster.local")
	table.SetServices(map[Key]Service{
		{"default", "kubernetes"}: {Addrs: addrs("10.96.0.1")},
		{"shop", "db"}:            {},
		{"shop", "empty"}:         {},
		{"shop", "partner"}:       {ExternalName: "Partner.example.com."},
		{"shop", "loop"}:          {ExternalName: "loop.shop.svc.cluster.local"},
	})
	table.SetSlices(map[Key]Slice{
		{"shop", "db-1"}:  {Service: "db", Endpoints: []Endpoint{{Hostname: "db-0", Addrs: addrs("10.244.0.9")}, {Addrs: addrs("10.244.0.8")}}},
		{"shop", "db-2"}:  {Service: "db", Endpoints: []Endpoint{{Addrs: addrs("10.244.0.9")}}},
		{"other", "db-1"}: {Service: "db", Endpoints: []Endpoint{{Addrs: addrs("10.244.0.7")}}},
	})
	table.SetOutside([]string{"partner.example.com"}, addrs("198.51.100.7"))
	return table
}

func TestLookup(t *testing.T) {
	tests := []struct {
		name  string
		want  []netip.Addr
		known bool
	}{
		{"kubernetes.default.svc.cluster.local.", addrs("10.96.0.1"), true},
		{"KUBERNETES.default.svc.Cluster.local", addrs("10.96.0.1"), true},
		{"db.shop.svc.cluster.local.", addrs("10.244.0.8", "10.244.0.9"), true},
		{"db-0.db.shop.svc.cluster.local.", addrs("10.244.0.9"), true},
		{"db-1.db.shop.svc.cluster.local.", nil, false},
		{"empty.shop.svc.cluster.local.", nil, true},
		{"partner.shop.svc.cluster.local.", addrs("198.51.100.7"), true},
		{"loop.shop.svc.cluster.local.", nil, false},
		{"partner.example.com.", addrs("198.51.100.7"), true},
		{"partner.example.com.shop.svc.cluster.local.", nil, false},
		{"absent.shop.svc.cluster.local.", nil, false},
		{"svc.cluster.local.", nil, false},
		{"", nil, false},
	}
	for _, tt := range tests {
		got, known := testTable().Lookup(tt.name)
		if !slices.Equal(got, tt.want) || known != tt.known {
			t.Errorf("Lookup(%q) = %v, %v, want %v, %v", tt.name, got, known, tt.want, tt.known)
		}
	}
}

func query(t testing.TB, name string, kind dnsmessage.Type) []byte {
	t.Helper()
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name), Type: kind, Class: dnsmessage.ClassINET}},
	}
	data, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnswer(t *testing.T) {
	tests := []struct {
		name string
		kind dnsmessage.Type
		want string
	}{
		{"kubernetes.default.svc.cluster.local.", dnsmessage.TypeA, "RCodeSuccess [10.96.0.1]"},
		{"kubernetes.default.svc.cluster.local.", dnsmessage.TypeAAAA, "RCodeSuccess []"},
		{"kubernetes.default.svc.cluster.local.", dnsmessage.TypeTXT, "RCodeSuccess []"},
		{"absent.example.com.", dnsmessage.TypeA, "RCodeNameError []"},
	}
	for _, tt := range tests {
		reply, err := Answer(query(t, tt.name, tt.kind), testTable().Lookup)
		if err != nil {
			t.Fatal(err)
		}
		var m dnsmessage.Message
		if err := m.Unpack(reply); err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, a := range m.Answers {
			if r, ok := a.Body.(*dnsmessage.AResource); ok {
				found = append(found, net.IP(r.A[:]).String())
			}
		}
		if got := fmt.Sprint(m.RCode, " ", found); got != tt.want || m.ID != 7 || !m.Response {
			t.Errorf("Answer(%s %s) = %s, want %s", tt.name, tt.kind, got, tt.want)
		}
	}
	if _, err := Answer([]byte{1, 2, 3}, testTable().Lookup); err == nil {
		t.Error("three bytes got an answer")
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(query(f, "kubernetes.default.svc.cluster.local.", dnsmessage.TypeA))
	f.Add(query(f, "db.shop.svc.cluster.local.", dnsmessage.TypeAAAA))
	table := testTable()
	f.Fuzz(func(t *testing.T, data []byte) {
		reply, err := Answer(data, table.Lookup)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if err := m.Unpack(reply); err != nil {
			t.Errorf("the answer is no message: %v", err)
		}
	})
}

func TestServe(t *testing.T) {
	// More addresses than a UDP answer holds: the client has to come back by TCP.
	var many []netip.Addr
	for i := range 100 {
		many = append(many, netip.AddrFrom4([4]byte{10, 244, 1, byte(i)}))
	}
	table := NewTable("cluster.local")
	table.SetOutside([]string{"many.example.com"}, many)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	_ = free.Close()
	if err := Serve(t.Context(), addr, table.Lookup); err != nil {
		t.Fatal(err)
	}
	r := net.Resolver{PreferGo: true, Dial: dialer(addr)}
	got, err := r.LookupNetIP(t.Context(), "ip4", "many.example.com")
	if err != nil || len(got) != len(many) {
		t.Errorf("resolved %d addresses, %v, want %d", len(got), err, len(many))
	}
}
