package attack

import (
	"strings"
	"testing"
)

func TestTactics(t *testing.T) {
	for _, c := range []struct {
		tags string
		want string
	}{
		{"", ""},
		{"attack.impact attack.initial_access", "Initial Access, Impact"},
		{"attack.credential-access ATTACK.Credential_Access attack.ta0006", "Credential Access"},
		{"attack.exfiltration attack.command_and_control", "Command and Control, Exfiltration"},
		{"attack.defense_evasion", "Defense Evasion"},
		{"attack.defense-impairment attack.stealth", "Stealth, Defense Impairment"},
		{"attack.t1609 attack.g0016 cve.2021-44228 discovery attack.", ""},
	} {
		var names []string
		for _, x := range Tactics(strings.Fields(c.tags)) {
			names = append(names, x.Name)
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("Tactics(%q) = %s, want %s", c.tags, got, c.want)
		}
	}
}

func TestTechniques(t *testing.T) {
	for _, c := range []struct {
		tags string
		want string
	}{
		{"", ""},
		{"attack.t1609", "T1609 Container Administration Command"},
		{"attack.t1609 attack.T1552.007 attack.t1609", "T1552.007 Unsecured Credentials: Container API, T1609 Container Administration Command"},
		{"attack.t9999 attack.t1552.999", "T1552.999, T9999"},
		{"attack.execution attack.t16 attack.t16099 attack.t1609.1 attack.t1609. attack.s0154 t1609", ""},
	} {
		var names []string
		for _, x := range Techniques(strings.Fields(c.tags)) {
			names = append(names, x.String())
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("Techniques(%q) = %s, want %s", c.tags, got, c.want)
		}
	}
}

func TestURL(t *testing.T) {
	if got, want := Lookup("T1552.007").URL(), "https://attack.mitre.org/techniques/T1552/007/"; got != want {
		t.Errorf("URL = %s, want %s", got, want)
	}
	if got, want := Tactics([]string{"attack.impact"})[0].URL(), "https://attack.mitre.org/tactics/TA0040/"; got != want {
		t.Errorf("URL = %s, want %s", got, want)
	}
}

func TestTablesAreWellFormed(t *testing.T) {
	for id, name := range techniques {
		parent, _, _ := strings.Cut(id, ".")
		if !isTechnique(strings.ToLower(id)) || name == "" || techniques[parent] == "" {
			t.Errorf("%s %q: want an id, a name, and its parent in the table", id, name)
		}
	}
	for i := range matrix {
		for j := range matrix[:i] {
			if matrix[i].Name == matrix[j].Name {
				t.Errorf("%s stands twice", matrix[i].Name)
			}
		}
	}
}
