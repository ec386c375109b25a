package event

import (
	"reflect"
	"testing"
)

func TestAbsentIsNotEmpty(t *testing.T) {
	var e Event
	e.Reset(ClassProcess)
	if e.Has(ProcessUserUID.ID()) {
		t.Fatal("a new event has a user id")
	}
	ProcessUserUID.Set(&e, 0)
	if v, ok := ProcessUserUID.Get(&e); !ok || v != 0 {
		t.Fatalf("user id 0 (root) reads as %d, %v", v, ok)
	}
	ProcessCmdLine.Set(&e, "")
	if !ProcessCmdLine.Has(&e) || ProcessCmdLine.Get(&e) != "" {
		t.Fatal("an empty command line reads as absent")
	}
	e.Reset(ClassProcess)
	if ProcessUserUID.Has(&e) || ProcessCmdLine.Has(&e) || ProcessCmdLine.Get(&e) != "" {
		t.Fatal("a value outlived Reset")
	}
}

func TestEveryStoredFieldKeepsItsOwnValue(t *testing.T) {
	var e Event
	e.Reset(ClassAudit)
	for i, f := range Fields() {
		if f.Origin == Derived {
			if slots[f.ID].kind != slotNone {
				t.Errorf("%s is derived and has a slot", f.Name)
			}
			continue
		}
		switch slots[f.ID].kind {
		case slotString:
			StringField(f.ID).Set(&e, f.Name)
		case slotInt:
			IntField(f.ID).Set(&e, int64(i))
		case slotList:
			StringsField(f.ID).Set(&e, []string{f.Name, "x"})
		default:
			t.Errorf("%s has no slot", f.Name)
		}
	}
	c := e.Clone()
	for i, f := range Fields() {
		for _, ev := range []*Event{&e, c} {
			switch slots[f.ID].kind {
			case slotString:
				if v, ok := ev.Text(f.ID); !ok || v != f.Name {
					t.Errorf("%s reads %q, %v", f.Name, v, ok)
				}
			case slotInt:
				if v, ok := ev.Number(f.ID); !ok || v != int64(i) {
					t.Errorf("%s reads %d, %v", f.Name, v, ok)
				}
			case slotList:
				if v, ok := ev.List(f.ID); !ok || !reflect.DeepEqual(v, []string{f.Name, "x"}) {
					t.Errorf("%s reads %q, %v", f.Name, v, ok)
				}
			}
		}
	}
}

func TestAppendKeepsListsApart(t *testing.T) {
	var e Event
	for range 3 {
		e.Reset(ClassAudit)
		for _, w := range []string{"a", "b", "c"} {
			AuditUserGroups.Append(&e, w)
		}
		for _, w := range []string{"d", "e"} {
			AuditExecCommand.Append(&e, w)
		}
		if got := AuditUserGroups.Get(&e); !reflect.DeepEqual(got, []string{"a", "b", "c"}) {
			t.Fatalf("groups %q", got)
		}
		if got := AuditExecCommand.Get(&e); !reflect.DeepEqual(got, []string{"d", "e"}) {
			t.Fatalf("command %q", got)
		}
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
		ok   bool
	}{
		{"actor.user.name", "actor.user.name", true},
		{"audit.request_object.spec.replicas", "raw.requestObject.spec.replicas", true},
		{"audit.user.extra['scopes.example.com']", "raw.user.extra['scopes.example.com']", true},
		{"raw.spec.x", "raw.spec.x", true},
		{"process.cmd_line", "process.cmd_line", false}, // another table
		{"actor.user.nam", "", false},
	} {
		r, ok := Resolve(ClassAudit, c.in)
		if ok != c.ok || ok && r.Name() != c.want {
			t.Errorf("Resolve(audit, %q) = %q, %v", c.in, r.Name(), ok)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"verb", "api.operation"},
		{"objectRef.resource", "resource.type"},
		{"user.username", "audit.user.name"},
		{"requestObject.spec.type", "raw.requestObject.spec.type"},
		{"hostPath", "audit.pod.host_path"},
	} {
		if r, ok := ResolveSigma(ClassAudit, "audit", c.in); !ok || r.Name() != c.want {
			t.Errorf("ResolveSigma(%q) = %q, %v, want %q", c.in, r.Name(), ok, c.want)
		}
	}
}

func TestUID(t *testing.T) {
	h := NewUIDHasher()
	if h.Sum("audit", "ab", "c") == h.Sum("audit", "a", "bc") {
		t.Error("two lists of parts collide")
	}
	if a, b := h.Sum("audit", "x"), NewUIDHasher().Sum("audit", "x"); a != b || len(a.String()) != 32 {
		t.Errorf("%s, %s", a, b)
	}
	if n := testing.AllocsPerRun(100, func() { h.Sum("audit", "a", "b") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestProcessUID(t *testing.T) {
	h := NewUIDHasher()
	base := Process{ClusterUID: "c", NodeUID: "n", BootID: "b", TGID: 7, Start: 9}
	seen := map[UID]Process{}
	for _, p := range []Process{
		base,
		{ClusterUID: "c2", NodeUID: "n", BootID: "b", TGID: 7, Start: 9},
		{ClusterUID: "c", NodeUID: "n2", BootID: "b", TGID: 7, Start: 9},
		{ClusterUID: "c", NodeUID: "n", BootID: "b2", TGID: 7, Start: 9},
		{ClusterUID: "c", NodeUID: "n", BootID: "b", TGID: 8, Start: 9},
		{ClusterUID: "c", NodeUID: "n", BootID: "b", TGID: 7, Start: 10}, // the id used again
	} {
		u := p.UID(h)
		if other, dup := seen[u]; dup {
			t.Errorf("%+v and %+v are one process", p, other)
		}
		seen[u] = p
	}
	if base.UID(h) != base.UID(NewUIDHasher()) {
		t.Error("one process has two identities")
	}
}
