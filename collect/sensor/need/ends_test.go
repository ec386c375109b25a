package need

import (
	"testing"

	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
)

func TestEnds(t *testing.T) {
	for condition, want := range map[string]bool{
		"evt.type=execve and proc.name=nc":                    false,
		"evt.type in (execve, execveat) and not proc.name=nc": false,
		"evt.type=setuid and proc.name=nc":                    false,
		"evt.type in (open, openat) and fd.name=/etc/shadow":  false,
		"evt.type=procexit and proc.name=nc":                  true,
		"evt.type in (execve, procexit) and proc.name=nc":     true,
		"proc.name=nc":                                           true,
		"not evt.type=execve and proc.name=nc":                   true,
		"(evt.type=execve and proc.name=nc) or proc.pname=perl":  true,
		"(evt.type=execve or proc.pname=perl) and evt.type=kill": false,
	} {
		if got := Ends(falcoRules(t, condition)); got != want {
			t.Errorf("%s: %t", condition, got)
		}
	}
	if !Ends(falcoRules(t, "evt.type=execve and proc.name=nc", "evt.type=procexit")) {
		t.Error("one of two rules is about ends")
	}
}

// None of our own rules makes the sensor tell of processes that end.
func TestEndsOfOurRules(t *testing.T) {
	loaded := load.Load(files.Tree{FS: rules.FS, Root: "runtime", Name: "runtime"})
	if len(loaded.Rules) == 0 || Ends(loaded.Rules) {
		t.Errorf("of %d rules", len(loaded.Rules))
	}
}
