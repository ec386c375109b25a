package enforce

import (
	"net/netip"
	"testing"
)

func TestPeers(t *testing.T) {
	slots := [MaxPolicies]*Policy{
		0: {Mode: ModeEnforce, Action: DenyConnect, Match: Match{Connect: []Peer{{Prefix: netip.MustParsePrefix("10.0.0.0/8")}}}},
		2: {Mode: ModeObserve, Action: DenyConnect, Match: Match{Connect: []Peer{
			{netip.MustParsePrefix("10.1.0.0/16"), []uint16{80, 443}}, {netip.MustParsePrefix("0.0.0.0/0"), []uint16{22}},
		}}},
		3: {Mode: ModeOff, Action: DenyConnect, Match: Match{Connect: []Peer{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}}}},
		5: {Mode: ModeEnforce, Action: DenyConnect, Match: Match{Connect: []Peer{{netip.MustParsePrefix("::/0"), []uint16{25}}}}},
	}
	before := newTables()
	got := compile(&slots, &before)
	if got.masks.Enforce != 1|1<<5 || got.masks.Observe != 1<<2 || len(got.peers) != 4 {
		t.Fatalf("masks %+v, %d ranges", got.masks, len(got.peers))
	}
	tests := []struct {
		prefix string
		want   uint64
		ports  map[uint32]uint64
	}{
		{"10.0.0.0/8", 1, map[uint32]uint64{22: 1 << 2, 25: 1 << 5}},
		{"10.1.0.0/16", 1, map[uint32]uint64{22: 1 << 2, 80: 1 << 2, 443: 1 << 2, 25: 1 << 5}},
		{"0.0.0.0/0", 0, map[uint32]uint64{22: 1 << 2, 25: 1 << 5}},
		{"::/0", 0, map[uint32]uint64{25: 1 << 5}},
	}
	ports := 0
	for _, tt := range tests {
		p, ok := got.peers[keyOf(netip.MustParsePrefix(tt.prefix))]
		if !ok || p.Policies != tt.want {
			t.Errorf("%s: %+v, %v", tt.prefix, p, ok)
		}
		for port, want := range tt.ports {
			if have := got.ports[portKey{p.Class, port}]; have != want {
				t.Errorf("%s, port %d: %b", tt.prefix, port, have)
			}
		}
		ports += len(tt.ports)
	}
	if len(got.ports) != ports {
		t.Errorf("%d ports, want %d", len(got.ports), ports)
	}
	// A range keeps its class when others come and go.
	slots[0], slots[1] = nil, slots[5]
	after := compile(&slots, &got)
	for k, p := range after.peers {
		if was, ok := got.peers[k]; ok && was.Class != p.Class {
			t.Errorf("%v was of class %d, is of %d", k, was.Class, p.Class)
		}
	}
}

func TestTooManyPorts(t *testing.T) {
	ports := make([]uint16, 4000)
	for i := range ports {
		ports[i] = uint16(i + 1)
	}
	p := &Policy{Mode: ModeEnforce, Action: DenyConnect}
	for _, prefix := range []string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.1/32"} {
		p.Match.Connect = append(p.Match.Connect, Peer{netip.MustParsePrefix(prefix), ports})
	}
	slots := [MaxPolicies]*Policy{p}
	before := newTables()
	got := compile(&slots, &before)
	if err := got.check(); err == nil {
		t.Errorf("%d ports are taken", len(got.ports))
	}
}
