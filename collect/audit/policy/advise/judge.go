package advise

import (
	"fmt"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// answer is what a condition says about a kind of request.
type answer uint8

const (
	no    answer = iota
	maybe        // it depends on what only the event tells
	yes
)

// verdict is an answer and, where it is maybe, the highest level at which
// something stands that is left to read.
type verdict struct {
	answer answer
	reads  policy.Level
}

// judge judges trees beforehand.
type judge struct {
	program *expr.Program
	subject *expr.Subject
	preds   map[*expr.Pred]int // of equal ones the same number
	event   event.Event
	kind    *kind
	cache   []int8 // of preds for kind: 0 not asked yet, 1 false, 2 true
}

// newJudge compiles the predicates of trees. Those that cannot be compiled
// alone are never known.
func newJudge(trees []expr.Node) (*judge, error) {
	j := &judge{preds: map[*expr.Pred]int{}}
	var nodes []expr.Node
	numbers := map[expr.Pred]int{}
	for _, t := range trees {
		expr.EachPred(t, func(p *expr.Pred) {
			if p.Op == expr.OpKeyword || p.Op == expr.OpInList {
				return
			}
			key := bare(p)
			i, ok := numbers[key]
			if !ok {
				i = len(nodes)
				numbers[key], nodes = i, append(nodes, p)
			}
			j.preds[p] = i
		})
	}
	var err error
	if j.program, err = expr.NewProgram(nodes, expr.Options{}); err != nil {
		return nil, fmt.Errorf("judge rules beforehand: %w", err)
	}
	j.subject = j.program.NewSubject()
	j.cache = make([]int8, len(nodes))
	return j, nil
}

// bare is a predicate without where it stands.
func bare(p *expr.Pred) expr.Pred {
	key := *p
	key.At, key.Name = expr.Pos{}, ""
	return key
}

// load makes k the kind of request that is judged from now on.
func (j *judge) load(k *kind) {
	j.kind = k
	k.fill(&j.event)
	j.subject.Load(&j.event)
	clear(j.cache)
}

// tree judges a tree for the kind that was loaded.
func (j *judge) tree(n expr.Node) verdict {
	switch n := n.(type) {
	case *expr.And:
		return j.all(n.X, no, yes)
	case *expr.Or:
		return j.all(n.X, yes, no)
	case *expr.Not:
		v := j.tree(n.X)
		v.answer = yes - v.answer
		return v
	case *expr.Const:
		if n.Value {
			return verdict{yes, policy.None}
		}
		return verdict{no, policy.None}
	case *expr.Pred:
		return j.pred(n)
	}
	return verdict{maybe, policy.None}
}

// all judges an And or Or: one part with the answer decisive decides, and
// where all parts are neutral the whole is.
func (j *judge) all(parts []expr.Node, decisive, neutral answer) verdict {
	out := verdict{neutral, policy.None}
	for _, x := range parts {
		v := j.tree(x)
		switch v.answer {
		case decisive:
			return verdict{decisive, policy.None}
		case maybe:
			out.answer, out.reads = maybe, higher(out.reads, v.reads)
		}
	}
	return out
}

func higher(a, b policy.Level) policy.Level {
	if a.Below(b) {
		return b
	}
	return a
}

func (j *judge) pred(p *expr.Pred) verdict {
	i, compiled := j.preds[p]
	other := p.Other != (event.Ref{})
	switch {
	case p.Term != nil || p.OtherTerm != nil:
		out := verdict{maybe, policy.None}
		for _, r := range p.Refs() {
			if j.lacks(r) { // what is computed of nothing satisfies nothing
				return verdict{no, policy.None}
			}
			out.reads = higher(out.reads, bodyOf(r))
		}
		return out
	case compiled && j.kind.knows(p.Field) == known && (!other || j.kind.knows(p.Other) == known):
		return j.ask(i)
	case other && (j.lacks(p.Field) || j.lacks(p.Other)):
		return verdict{no, policy.None}
	}
	out := verdict{maybe, bodyOf(p.Field)}
	if other {
		out.reads = higher(out.reads, bodyOf(p.Other))
	}
	return out
}

// lacks reports whether a field is known to be absent because its body is not
// recorded.
func (j *judge) lacks(ref event.Ref) bool {
	body := bodyOf(ref)
	return body != policy.None && !j.kind.has(body)
}

func (j *judge) ask(i int) verdict {
	if j.cache[i] == 0 {
		j.cache[i] = 1
		if j.program.Eval(j.subject, i) {
			j.cache[i] = 2
		}
	}
	if j.cache[i] == 2 {
		return verdict{yes, policy.None}
	}
	return verdict{no, policy.None}
}
