package plan

import (
	"reflect"
	"testing"
)

func TestAdd(t *testing.T) {
	p := Plan{Calls: []string{"ptrace"}, Files: Files{Read: Paths{Names: []string{"shadow"}}, Write: Paths{All: true}}}
	p.Add(Plan{Network: true, Calls: []string{"mount", "ptrace"}, Files: Files{
		Read: Paths{Names: []string{"passwd"}, Prefixes: []string{"/etc/"}}, Write: Paths{Names: []string{"x"}}, Change: Paths{},
	}})
	want := Plan{Network: true, Calls: []string{"mount", "ptrace"}, Files: Files{
		Read: Paths{Names: []string{"passwd", "shadow"}, Prefixes: []string{"/etc/"}}, Write: Paths{All: true},
	}}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, want %+v", p, want)
	}
	if p.Files.Read.Empty() || p.Files.Write.Empty() || !p.Files.Change.Empty() {
		t.Error("which sets are empty is wrong")
	}
}

func TestPlain(t *testing.T) {
	read, write := Paths{Names: []string{"shadow"}}, Paths{Suffixes: []string{".so"}}
	f := Files{Read: read, Write: write}
	if p := f.Plain(false); !p.All {
		t.Errorf("no name matters, and %+v", p)
	}
	f.Climbing = Paths{Prefixes: []string{"/etc/"}}
	if r, w := f.Plain(false), f.Plain(true); !reflect.DeepEqual(r, read) || !reflect.DeepEqual(w, write) {
		t.Errorf("%+v, %+v", r, w)
	}
}
