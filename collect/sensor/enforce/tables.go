package enforce

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/guard"
)

// keyText is how many bytes of text a Key has: one more than a path in a policy may be long.
const keyText = 256

// The kinds of keys, as enum program_key_kind of bpf/src/enforce.h.
const (
	keyName uint32 = iota
	keyPath
	keyDirectory
)

// key is struct program_key of bpf/src/enforce.h.
type key struct {
	Kind uint32
	Text [keyText]byte
}

// masks is struct policy_masks of bpf/src/enforce.h: a bit for each policy.
type masks struct{ Observe, Enforce, Container, Memory, Dropped uint64 }

// tables is what the kernel judges by.
type tables struct {
	masks    masks
	programs map[key]uint64
	peers    map[peerKey]peer
	ports    map[portKey]uint64
}

func newTables() tables {
	return tables{programs: map[key]uint64{}, peers: map[peerKey]peer{}, ports: map[portKey]uint64{}}
}

// nameKey returns the key of the last part of a path.
func nameKey(name string) key {
	k := key{Kind: keyName}
	copy(k.Text[:keyText-1], name)
	return k
}

// pathKey returns the key of a path, or of a directory that ends with a slash: its names from the last to the first, each
// ended by NUL, at the end of the text.
func pathKey(path string) key {
	k := key{Kind: keyPath}
	if strings.HasSuffix(path, "/") {
		k.Kind = keyDirectory
	}
	at := keyText
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			continue
		}
		// What comes later in the path stands before it.
		n := len(name) + 1
		copy(k.Text[at-n:], name)
		at -= n
	}
	return k
}

// rules makes what the guard judges by of the policies in their slots.
func rules(slots *[MaxPolicies]*Policy, set *Set) guard.Rules {
	r := guard.Rules{Bound: set.Bound, DenyLate: set.DenyLate, Policies: map[int]guard.Rule{}}
	if r.Bound == 0 {
		r.Bound = guard.DefaultBound
	}
	for i, p := range slots {
		if p != nil && p.Mode != ModeOff && p.Action == DenyExec {
			r.Policies[i] = guard.Rule{Enforce: p.Mode == ModeEnforce, Paths: p.Match.Paths, SHA256: p.Match.SHA256}
		}
	}
	return r
}

// compile makes tables of the policies in their slots, which follow others. Policies that are nil or off do nothing.
func compile(slots *[MaxPolicies]*Policy, before *tables) tables {
	t := newTables()
	t.addPeers(slots, before.peers)
	for i, p := range slots {
		if p == nil || p.Mode == ModeOff || p.Action == DenyExec {
			continue
		}
		bit := uint64(1) << i
		if p.Mode == ModeEnforce {
			t.masks.Enforce |= bit
		} else {
			t.masks.Observe |= bit
		}
		if p.Action == KillContainer {
			t.masks.Container |= bit
		}
		if p.Match.MemoryOnly {
			t.masks.Memory |= bit
		}
		if p.Match.Dropped {
			t.masks.Dropped |= bit
		}
		for _, path := range slices.Concat(p.Match.Paths, p.Match.Directories) {
			t.programs[pathKey(path)] |= bit
		}
		for _, name := range p.Match.Names {
			t.programs[nameKey(name)] |= bit
		}
	}
	return t
}
