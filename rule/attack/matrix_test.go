package attack

import (
	"slices"
	"strings"
	"testing"
)

func TestCells(t *testing.T) {
	f := func(tags string, want ...string) {
		t.Helper()
		var got []string
		for _, c := range Cells(strings.Fields(tags)) {
			got = append(got, strings.TrimSpace(c.Tactic.Name+" "+c.Technique.ID))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", tags, got, want)
		}
	}
	f("attack.execution attack.credential_access attack.t1609 attack.t1552.007", "Credential Access T1552.007", "Execution T1609")
	f("attack.execution attack.credential_access attack.t1552", "Credential Access T1552", "Execution")
	f("attack.stealth attack.t1036", "Stealth T1036")
	f("attack.impact attack.t1609", "Impact T1609") // as the rule says, where ATT&CK does not
	f("attack.t1610", "Execution T1610", "Stealth T1610", "Defense Evasion T1610", "Defense Impairment T1610")
	f("attack.t9999")
	f("attack.impact attack.t9999", "Impact T9999")
	f("attack.discovery", "Discovery")
	f("")
}

// Every technique of the table has a tactic, and every one below a tactic is
// in the table.
func TestBelow(t *testing.T) {
	placed := map[string]bool{}
	for tactic, list := range below {
		if _, ok := tacticByTag(strings.ToLower(strings.ReplaceAll(tactic, " ", "-"))); !ok {
			t.Errorf("%s is no tactic", tactic)
		}
		for _, id := range list {
			if techniques[id] == "" {
				t.Errorf("%s: %s is not in the table", tactic, id)
			}
			placed[id] = true
		}
	}
	for id := range techniques {
		if parent, _, _ := strings.Cut(id, "."); !placed[parent] {
			t.Errorf("%s is below no tactic", id)
		}
	}
}
