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
