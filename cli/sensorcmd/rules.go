//go:build linux

package sensorcmd

import (
	"errors"

	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
)

// builtinRules is what --rules calls the runtime pack inside the program.
const builtinRules = "builtin"

// maxTold is how many broken rules are told of one by one.
const maxTold = 20

// loadRules reads rules and compiles those that are judged here. What is left to others is said in numbers; lynceus
// rules check has the names.
func (a *app) loadRules(paths []string) (*node.Judge, error) {
	var trees []files.Tree
	for _, p := range paths {
		if p == builtinRules {
			trees = append(trees, files.Tree{FS: rules.FS, Root: "runtime", Name: "builtin/runtime"})
			continue
		}
		trees = append(trees, files.Path(p))
	}
	loaded := load.Load(trees...)
	if len(loaded.Errors) > 0 {
		for i, p := range loaded.Errors {
			if i == maxTold {
				a.say("and %d more", len(loaded.Errors)-maxTold)
				break
			}
			a.say("%s", p.Detail())
		}
		return nil, errors.New("rules are broken; correct them, or leave them out of --rules")
	}
	judge, left, err := newJudge(loaded.Rules)
	if err != nil {
		return nil, err
	}
	a.say("%d rules of %d are judged here; %d are left to the hub, %d ask for what there is not (lynceus rules check names them)",
		countRules(judge.Rules()), loaded.Documents, countLeft(left), len(loaded.Compiled))
	return judge, nil
}

// newJudge returns who judges rules on the node, and the rules that are left to others.
func newJudge(list []*rule.Rule) (*node.Judge, []node.Left, error) {
	for _, r := range list {
		if r.Ext != nil {
			r.Ext.Tests = nil // they are for rules test, and take a tenth of what rules do
		}
	}
	return node.New(list, node.Options{})
}

// countRules counts rules; one that reads several tables is one.
func countRules(rules []*rule.Rule) int { return len(rule.Distinct(rules)) }

// countLeft counts those of which no table is judged here.
func countLeft(left []node.Left) int {
	var rules []*rule.Rule
	for _, l := range left {
		rules = append(rules, l.Rule)
	}
	return countRules(rules)
}
