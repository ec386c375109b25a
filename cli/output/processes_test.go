package output

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
)

// The status shows which processes there are, what each holds, and what nobody holds.
func TestStatusOfProcesses(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	st := &api.Status{
		Started: now.Add(-time.Hour),
		Processes: []api.ProcessStatus{
			{Name: "a/1", Roles: []string{"storage", "api"}, Since: now, Silent: 1},
			{Name: "b/2", Roles: []string{"detection"}, Since: now, Silent: 2},
		},
		Holds: []api.HoldStatus{
			{What: "detection.0", By: "b/2", Token: 7, Since: now, Silent: 1, Alive: true},
			{What: "detection.1", By: "c/3", Token: 5, Since: now, Silent: 60},
			{What: "store", By: "a/1", Token: 3, Since: now, Silent: 1, Alive: true},
		},
	}
	var b bytes.Buffer
	if err := WriteStatus(&b, st, nil, now, TextOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{"a/1: storage, api", "store (token 3", "b/2: detection", "detection.0 (token 7", "Nobody", "detection.1 (token 5"} {
		i := strings.Index(b.String()[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing, or not where it should be:\n%s", want, b.String())
		}
		at += i
	}
}
