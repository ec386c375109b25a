package falco

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

func TestNew(t *testing.T) {
	r := &rule.Rule{
		Title: "T", Priority: "Warning", Feed: "syscall", Table: event.ClassProcess, Tags: []string{"T1059", "attack.t1059"}, Fields: []string{"proc.name", "user.uid", "user.loginuid", "fd.name"},
		Names:  map[string]event.Ref{"user.uid": {Field: event.ProcessUserUID.ID()}, "user.loginuid": {Field: event.ActorUserLoginUID.ID()}},
		Output: rule.Template{{Text: "Ran "}, {Field: "proc.name"}, {Text: " as "}, {Field: "user.uid"}, {Text: "/"}, {Field: "user.loginuid", Absent: "-1"}, {Text: " "}, {Field: "fd.name"}},
	}
	f := &detect.Finding{ID: "id", Rule: r, First: time.Unix(1, 5).UTC(), Count: 1, Evidence: []detect.Value{{Field: "proc.name", Value: "sh"}, {Field: "user.uid", Value: "7"}}}
	a := New(f, "node")
	if want := "00:00:01.000000005: Warning Ran sh as 7/-1 <NA>"; a.Output != want {
		t.Errorf("output %q, want %q", a.Output, want)
	}
	if a.Hostname != "node" || a.Source != "syscall" || a.Time != "1970-01-01T00:00:01.000000005Z" || len(a.Tags) != 1 || a.Priority != "Warning" || a.Rule != "T" || a.UUID != "id" {
		t.Errorf("%+v", a)
	}
	for name, want := range map[string]any{"proc.name": "sh", "user.uid": int64(7), "user.loginuid": int64(-1), "fd.name": nil, "evt.time": int64(1_000_000_005)} {
		if got, ok := a.OutputFields[name]; !ok || got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	// A rule of another language has no output and no priority of its own.
	f.Rule = &rule.Rule{Title: "S", Severity: rule.High, Table: event.ClassProcess}
	f.Severity = rule.High
	if a := New(f, "n"); a.Priority != "Error" || a.Source != "syscall" || a.Tags == nil {
		t.Errorf("%+v", a)
	}
}
