package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/rules"
)

func (a *app) rules() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules",
		Short: "List, check, test, explain and switch detection rules, and try them on the past",
		Long: `Rules are Sigma documents or Falco rule files. Those that come with Lynceus stand inside the program; PATHs of
files and directories with your own can be given to every command here.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.rulesList(), a.rulesCheck(), a.rulesTest(), a.rulesExplain(), a.rulesBacktest(), a.rulesOff(), a.rulesOn(), a.rulesHistory())
	return c
}

// builtin is the tree of the rules that come with Lynceus.
func builtin() files.Tree { return files.Tree{FS: rules.FS, Root: ".", Name: "builtin"} }

// readRules reads the rules at paths, and the built-in ones.
func readRules(paths []string, withBuiltin bool) *load.Result {
	var trees []files.Tree
	if withBuiltin {
		trees = append(trees, builtin())
	}
	for _, p := range paths {
		trees = append(trees, files.Path(p))
	}
	return load.Load(trees...)
}

// maxShownProblems bounds the broken rules that an error tells in full.
const maxShownProblems = 5

// loadRules reads rules that are to be run. A broken one is an error: a scan
// without it would say less than it was asked for.
func loadRules(paths []string, withBuiltin bool) (*load.Result, error) {
	r := readRules(paths, withBuiltin)
	if len(r.Errors) == 0 {
		return r, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s broken; nothing was begun\n", countNoun(len(r.Errors), "place in the rules is", "places in the rules are"))
	for i, p := range r.Errors {
		if i == maxShownProblems {
			fmt.Fprintf(&b, "... and %d more: lynceus rules check %s", len(r.Errors)-i, strings.Join(paths, " "))
			break
		}
		b.WriteString(p.Detail() + "\n")
	}
	return nil, fmt.Errorf("%s", strings.TrimRight(b.String(), "\n"))
}

// ruleTrees reads the rules at paths, or the built-in ones where there are no
// paths.
func ruleTrees(paths []string) *load.Result { return readRules(paths, len(paths) == 0) }

// testCount returns how many tests a rule brings along.
func testCount(r *rule.Rule) int {
	if r.Ext == nil {
		return 0
	}
	return len(r.Ext.Tests)
}

func countNoun(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
