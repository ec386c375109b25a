// Package needs says what a rule must be able to see before it can find
// anything: the tables whose rows it is judged on, and whether it asks for the
// bodies of requests, which many audit policies leave out.
package needs

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Need is what one rule needs.
type Need struct {
	// Tables are those whose rows it reads; of a correlation all that the rules
	// it joins read, but those that must not have matched.
	Tables []event.Class
	// Body says that its condition holds for no request without its body.
	Body bool
	// Fields are the names of what its condition asks for, as Lynceus calls
	// them, in order.
	Fields []string
}

// Of returns what a rule needs. all are the rules that a correlation may refer
// to; one that refers to another is followed, too.
func Of(r *rule.Rule, all []*rule.Rule) Need {
	var n Need
	n.add(r, all, map[string]bool{})
	slices.Sort(n.Tables)
	slices.Sort(n.Fields)
	n.Fields = slices.Compact(n.Fields)
	return n
}

func (n *Need) add(r *rule.Rule, all []*rule.Rule, done map[string]bool) {
	if r.Correlation != nil {
		if done[r.ID] {
			return
		}
		done[r.ID] = true
		for _, ref := range r.Correlation.Rules {
			if slices.Contains(r.Correlation.Absent, ref) {
				continue
			}
			for _, x := range all {
				if x.ID == ref || x.Name == ref {
					n.add(x, all, done)
				}
			}
		}
		return
	}
	if r.Table != event.ClassNone && !slices.Contains(n.Tables, r.Table) {
		n.Tables = append(n.Tables, r.Table)
	}
	if r.Expr == nil {
		return
	}
	n.Body = n.Body || r.Table == event.ClassAudit && needsBody(r.Expr)
	expr.EachPred(r.Expr, func(p *expr.Pred) {
		for _, ref := range p.Refs() {
			n.Fields = append(n.Fields, ref.Name())
		}
	})
}

// needsBody reports whether a condition holds only where something stands in
// the body of a request or its answer.
func needsBody(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.And:
		return slices.ContainsFunc(n.X, needsBody)
	case *expr.Or:
		return len(n.X) > 0 && !slices.ContainsFunc(n.X, func(x expr.Node) bool { return !needsBody(x) })
	case *expr.Pred:
		return n.Op != expr.OpNull && slices.ContainsFunc(n.Refs(), ofBody)
	}
	return false
}

// ofBody reports whether a reference reads bodies only.
func ofBody(ref event.Ref) bool {
	f := event.Lookup(ref.Field)
	switch {
	case f == nil:
		return inBody(ref.Path)
	case f.ID == event.AuditRequestObject.ID() || f.ID == event.AuditResponseObject.ID():
		return true
	case f.Origin != event.Derived:
		return false
	case len(f.Paths) == 0:
		return inBody(ref.Path)
	}
	return !slices.ContainsFunc(f.Paths, func(p string) bool { return !inBody(p) })
}

// inBody reports whether a path of an audit event is in a body.
func inBody(path string) bool {
	return path == "requestObject" || path == "responseObject" || strings.HasPrefix(path, "requestObject.") || strings.HasPrefix(path, "responseObject.")
}
