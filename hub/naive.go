package hub

import (
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

type set struct {
	program *expr.Program
	rules   []int32
	context []bool
}

func compile(rules []*rule.Rule, lists func(string) expr.List) (*set, error) {
	s := &set{}
	var nodes []expr.Node
	for i, r := range rules {
		if r.Expr == nil || r.Disabled {
			continue
		}
		nodes = append(nodes, r.Expr)
		s.rules = append(s.rules, int32(i))
		s.context = append(s.context, contextual(r.Expr))
	}
	var err error
	s.program, err = expr.NewProgram(nodes, expr.Options{Lists: lists})
	return s, err
}

func contextual(n expr.Node) bool {
	switch n := n.(type) {
	case *expr.And:
		for _, x := range n.X {
			if contextual(x) {
				return true
			}
		}
	case *expr.Or:
		for _, x := range n.X {
			if contextual(x) {
				return true
			}
		}
	case *expr.Not:
		return contextual(n.X)
	case *expr.Pred:
		f := event.Lookup(n.Field.Field)
		return f != nil && f.Origin == event.Contextual
	}
	return false
}

func (s *set) newScratch() *expr.Subject { return s.program.NewSubject() }

func (s *set) match(sub *expr.Subject, e *event.Event, dst []detect.Match) []detect.Match {
	sub.Load(e)
	for i, r := range s.rules {
		if s.context[i] {
			dst = append(dst, detect.Match{Rule: r, Pending: true})
		} else if s.program.Eval(sub, i) {
			dst = append(dst, detect.Match{Rule: r})
		}
	}
	return dst
}
