package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/collect/audit/policy/advise"
	"github.com/lynceus-io/lynceus/rule"
)

func (a *app) auditPolicy() *cobra.Command {
	c := &cobra.Command{
		Use:   "audit-policy",
		Short: "Make, check and try audit policies of API servers",
		Long: `An API server records what its audit policy says (--audit-policy-file). These commands make one
that records what the detections need, say what a given one makes impossible, and try one on a
recorded log. docs/audit-policy.md has the details.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.auditPolicyGenerate(), a.auditPolicyLint(), a.auditPolicySimulate())
	return c
}

// policyRules are the flags that say for which rules a policy is.
type policyRules struct {
	paths     []string
	noBuiltin bool
}

func (f *policyRules) register(s *pflag.FlagSet) {
	s.StringArrayVar(&f.paths, "rules", nil, "also count the Sigma rules in `PATH`, a file or directory (repeatable)")
	s.BoolVar(&f.noBuiltin, "no-builtin", false, "leave out the rules that come with Lynceus")
}

// load reads the rules.
func (f *policyRules) load(c *cobra.Command) ([]*rule.Rule, error) {
	if f.noBuiltin && len(f.paths) == 0 {
		return nil, usagef(c, "--no-builtin leaves no rule: give some with --rules")
	}
	if err := allExist(f.paths); err != nil {
		return nil, err
	}
	loaded, err := loadRules(f.paths, !f.noBuiltin)
	if err != nil {
		return nil, err
	}
	return loaded.Rules, nil
}

func (f *policyRules) needs(c *cobra.Command) (*advise.Needs, error) {
	rules, err := f.load(c)
	if err != nil {
		return nil, err
	}
	return advise.NewNeeds(rules)
}

// readPolicy reads a policy file, or standard input for "-".
func (a *app) readPolicy(path string) (text []byte, p *policy.Policy, problems []policy.Problem, err error) {
	in := io.Reader(a.stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, nil, nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("it is a directory; name a file")}
		}
		in = f
	}
	if text, err = io.ReadAll(io.LimitReader(in, policy.MaxSize+1)); err != nil {
		return nil, nil, nil, err
	}
	p, problems = policy.Parse(text)
	return text, p, problems, nil
}
