package ownrules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/sigma"
)

// Dir begins the file that rules from here are said to stand in.
const Dir = "own/"

// Compile reads the document. The first rule of the result is the one that
// has the id; the others, whose ids begin with it, feed it. All are disabled
// where the rule is not on, and limited to its scope. The error wraps
// ErrInvalid and names everything that is wrong.
func (r *Rule) Compile() ([]*rule.Rule, error) {
	read := sigma.Parse(sigma.Options{}, Dir+r.ID+".yml", r.Document)
	var errs []error
	for _, p := range append(read.Errors, read.Unsupported...) {
		errs = append(errs, p)
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, errors.Join(errs...))
	}
	if len(read.Rules) == 0 {
		return nil, fmt.Errorf("%w: there is no rule in the document", ErrInvalid)
	}
	own := map[string]bool{}
	for _, x := range read.Rules {
		if x.ID != r.ID && !strings.HasPrefix(x.ID, r.ID+"_") {
			errs = append(errs, fmt.Errorf("the rule %q has the id %q: write id: %s, or %s_... for one that feeds it", x.Title, x.ID, r.ID, r.ID))
		}
		if x.Name != "" && x.Name != x.ID {
			errs = append(errs, fmt.Errorf("the rule %q has the name %q: leave it out, or write the id", x.Title, x.Name))
		}
		own[x.ID] = true
	}
	if !own[r.ID] {
		errs = append(errs, fmt.Errorf("no rule of the document has the id %s", r.ID))
	}
	for _, x := range read.Rules {
		if x.Correlation == nil {
			x.Expr = limited(x, r.Scope)
			continue
		}
		for _, other := range append(slices.Clone(x.Correlation.Rules), x.Correlation.Absent...) {
			if !own[other] {
				errs = append(errs, fmt.Errorf("the rule %q joins %q, which does not stand in the document", x.Title, other))
			}
		}
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, errors.Join(errs...))
	}
	for _, x := range read.Rules {
		x.Disabled = x.Disabled || !r.On
	}
	slices.SortStableFunc(read.Rules, func(a, b *rule.Rule) int { return before(a.ID == r.ID) - before(b.ID == r.ID) })
	return read.Rules, nil
}

func before(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

// limited is a rule's condition for events in scope only.
func limited(r *rule.Rule, s scope.Scope) expr.Node {
	all := &expr.And{At: r.Expr.Pos()}
	for _, part := range []struct {
		field event.FieldID
		names []string
	}{{event.K8sCluster.ID(), s.Clusters}, {event.K8sNamespace.ID(), s.Namespaces}} {
		if len(part.names) == 0 {
			continue
		}
		any := &expr.Or{At: r.Expr.Pos()}
		for _, name := range part.names {
			stem, more := strings.CutSuffix(name, "*")
			p := &expr.Pred{At: r.Expr.Pos(), Field: event.Ref{Field: part.field}, Name: event.Lookup(part.field).Name, Op: expr.OpEq, Text: stem}
			if more {
				p.Op = expr.OpPrefix
			}
			any.X = append(any.X, p)
		}
		all.X = append(all.X, any)
	}
	if len(all.X) == 0 {
		return r.Expr
	}
	all.X = append(all.X, r.Expr)
	return all
}
