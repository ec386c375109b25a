package rules_test

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/attack"
	"github.com/lynceus-io/lynceus/rule/sigma"
	"github.com/lynceus-io/lynceus/rules"
)

// builtin loads the rules of the binary, all of which must be sound.
func builtin(t *testing.T) []*rule.Rule {
	t.Helper()
	loaded := sigma.Load(sigma.Options{}, sigma.Tree{FS: rules.FS, Root: ".", Name: "rules"})
	for _, p := range slices.Concat(loaded.Errors, loaded.Unsupported) {
		t.Error(p)
	}
	return loaded.Rules
}

var uuid4 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestRulesSayWhatTheyShould(t *testing.T) {
	ids, names, files := map[string]string{}, map[string]string{}, map[string]bool{}
	for _, r := range builtin(t) {
		lacks := func(ok bool, what string) {
			if !ok {
				t.Errorf("%s: %s: %s", r.Source, r.Name, what)
			}
		}
		lacks(uuid4.MatchString(r.ID) && ids[r.ID] == "", "the id is no UUID of version 4 of its own")
		lacks(r.Name != "" && names[r.Name] == "", "the name is not its own")
		ids[r.ID], names[r.Name] = r.Name, r.ID
		file := strings.TrimSuffix(path.Base(r.Source.File), ".yml")
		files[r.Source.File] = files[r.Source.File] || file == r.Name
		lacks(r.Title != "" && r.Description != "", "no title or description")
		lacks(r.Author == "Lynceus" && r.Date != "" && r.Status != "", "no author, date or status")
		lacks(len(r.References) > 0, "no reference")
		lacks(len(r.FalsePositives) > 0, "it does not say when it is wrong")
		lacks(r.Severity != 0, "no level")
		anything := r.Table == event.ClassAlert // another tool's alert may be about any technique
		lacks(anything || len(attack.Tactics(r.Tags)) > 0, "no tactic")
		lacks(anything || len(attack.Techniques(r.Tags)) > 0, "no technique")
		for _, x := range attack.Techniques(r.Tags) {
			lacks(x.Name != "", "there is no technique "+x.ID)
		}
		if r.Ext == nil {
			t.Errorf("%s: %s: no lynceus block", r.Source, r.Name)
			continue
		}
		lacks(r.Ext.Risk != "", "no risk")
		lacks(len(r.Ext.Runbook) > 0, "no runbook")
		matches := func(m bool) bool {
			return slices.ContainsFunc(r.Ext.Tests, func(x rule.Test) bool { return x.Match == m })
		}
		lacks(matches(true) && matches(false), "it needs a test that matches and one that nearly does")
	}
	for file, ok := range files {
		if !ok {
			t.Errorf("%s: no rule in it has its name", file)
		}
	}
}

func TestRulesPassTheirOwnTests(t *testing.T) {
	all := builtin(t)
	for _, r := range all {
		if r.Ext == nil {
			continue
		}
		for i := range r.Ext.Tests {
			c := &r.Ext.Tests[i]
			t.Run(r.Name+"/"+c.Name, func(t *testing.T) {
				found, err := hub.Test(context.Background(), all, r, c)
				if err != nil {
					t.Fatal(err)
				}
				if c.Match != (len(found) > 0) {
					t.Fatalf("%d findings; must it match: %v", len(found), c.Match)
				}
				if c.Severity != 0 && found[0].Severity != c.Severity {
					t.Errorf("severity %s (%s), want %s", found[0].Severity, strings.Join(found[0].Reasons, "; "), c.Severity)
				}
			})
		}
	}
}
