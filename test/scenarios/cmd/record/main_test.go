package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/test/scenarios/play"
)

func TestList(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-list"}, &out); err != nil {
		t.Fatal(err)
	}
	for i, name := range strings.Fields(out.String()) {
		if all := play.All(); i >= len(all) || all[i].Name != name {
			t.Errorf("line %d: %s", i+1, name)
		}
	}
}

func TestWrongUse(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-scenario", "attack-none"}, `no scenario "attack-none"; -list names them`},
		{[]string{"-seed", "x"}, "invalid value"},
		{[]string{"-out"}, "needs an argument"},
	} {
		if err := run(t.Context(), c.args, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}

func TestAuditPolicy(t *testing.T) {
	for _, c := range []struct {
		policy play.Policy
		want   string
	}{
		{play.Standard, "kind: Policy"}, {play.Bodies, "kind: Policy"}, {play.Generated, ""},
	} {
		got, err := auditPolicy(t.Context(), c.policy, "/nonexistent/lynceus")
		if (err != nil) != (c.want == "") || !strings.Contains(string(got), c.want) {
			t.Errorf("%s: %v, %q", c.policy, err, got)
		}
	}
}
