package bench

import (
	"fmt"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Mutate returns n rules made of the audit rules in base: the same conditions
// with other verbs, resources, groups and words, each narrowed by a further
// condition on a user, namespace, name, address, URI or program. They rarely
// match.
func Mutate(base []*rule.Rule, n int, seed uint64) []*rule.Rule {
	m := mutator{newRandom(seed), newWideWorld()}
	out := make([]*rule.Rule, n)
	for i := range out {
		r := *base[i%len(base)]
		r.ID, r.Title = fmt.Sprintf("mutant-%d", i), fmt.Sprintf("%s, mutant %d", r.Title, i)
		r.Expr = &expr.And{X: []expr.Node{m.node(r.Expr), m.narrow()}}
		out[i] = &r
	}
	return out
}

type mutator struct {
	random
	world *wideWorld
}

func (m mutator) node(n expr.Node) expr.Node {
	switch n := n.(type) {
	case *expr.And:
		return &expr.And{At: n.At, X: m.nodes(n.X)}
	case *expr.Or:
		return &expr.Or{At: n.At, X: m.nodes(n.X)}
	case *expr.Not:
		return &expr.Not{At: n.At, X: m.node(n.X)}
	case *expr.Pred:
		return m.pred(n)
	}
	return n
}

func (m mutator) nodes(list []expr.Node) []expr.Node {
	out := make([]expr.Node, len(list))
	for i, n := range list {
		out[i] = m.node(n)
	}
	return out
}

// pred changes the literal of every other predicate.
func (m mutator) pred(p *expr.Pred) expr.Node {
	if m.chance(2) || p.Op == expr.OpExists || p.Op == expr.OpNull {
		return p
	}
	c := *p
	switch p.Field {
	case ref(event.APIOperation.ID()):
		c.Text = pick(m.random, append(readVerbs, writeVerbs...))
	case ref(event.ResourceType.ID()):
		c.Text = pick(m.random, resources)[1]
	case ref(event.ResourceGroup.ID()):
		c.Text = pick(m.random, resources)[0]
	case ref(event.ResourceSubresource.ID()):
		c.Text = pick(m.random, subresources)
	case ref(event.APIResponseCode.ID()):
		c.Text = fmt.Sprint(400 + m.IntN(200))
	case ref(event.K8sNamespace.ID()):
		c.Text = pick(m.random, words) + "-" + pick(m.random, words)
	default:
		if p.Op == expr.OpContains || p.Op == expr.OpEq || p.Op == expr.OpSuffix {
			c.Text = m.tag(2) + p.Text
		}
	}
	return &c
}

func ref(id event.FieldID) event.Ref { return event.Ref{Field: id} }

// narrow returns a condition that few events satisfy.
func (m mutator) narrow() expr.Node {
	p := func(id event.FieldID, op expr.Op, text string) *expr.Pred {
		return &expr.Pred{Field: ref(id), Name: ref(id).Name(), Op: op, Text: text, Fold: true}
	}
	word := pick(m.random, words)
	switch m.IntN(12) {
	case 0:
		return p(event.ActorUserName.ID(), expr.OpEq, word+"."+m.tag(4)+"@example.com")
	case 1:
		return p(event.ActorUserName.ID(), expr.OpPrefix, "system:serviceaccount:"+word+"-"+pick(m.random, words)+":")
	case 2:
		return p(event.K8sNamespace.ID(), expr.OpEq, word+"-"+pick(m.random, words)+"-"+fmt.Sprint(m.IntN(200)))
	case 3:
		return p(event.ResourceName.ID(), expr.OpContains, word+"-"+m.tag(3))
	case 4:
		return p(event.ResourceName.ID(), expr.OpSuffix, "-"+m.tag(4))
	case 5:
		return p(event.HTTPRequestURLPath.ID(), expr.OpContains, "/"+word+"%2f"+m.tag(3))
	case 6:
		return p(event.HTTPRequestUserAgent.ID(), expr.OpContains, word+"-"+m.tag(3))
	case 7:
		return p(event.SrcEndpointIP.ID(), expr.OpCIDR, fmt.Sprintf("10.%d.%d.0/24", m.IntN(256), m.IntN(256)))
	case 8:
		return all(
			p(event.ActorUserGroups.ID(), expr.OpEq, word+"-team"),
			&expr.Not{X: p(event.ActorUserName.ID(), expr.OpPrefix, "system:")},
			p(event.HTTPRequestURLPath.ID(), expr.OpGlob, "*/"+word+"*/"+m.tag(2)+"*"),
		)
	case 9: // somebody who exists, somewhere that exists
		return all(
			p(event.ActorUserName.ID(), expr.OpEq, pick(m.random, m.world.users).name),
			p(event.K8sNamespace.ID(), expr.OpEq, pick(m.random, m.world.namespaces)),
		)
	case 10:
		return all(
			p(event.SrcEndpointIP.ID(), expr.OpEq, pick(m.random, m.world.addresses)),
			&expr.Not{X: p(event.K8sNamespace.ID(), expr.OpEq, pick(m.random, m.world.namespaces))},
			p(event.ResourceName.ID(), expr.OpPrefix, pick(m.random, m.world.names)+"-"),
		)
	}
	return &expr.Or{X: []expr.Node{
		p(event.K8sNamespace.ID(), expr.OpSuffix, "-"+m.tag(3)),
		p(event.HTTPRequestURLPath.ID(), expr.OpRegex, "/"+word+"/[0-9]+/"+m.tag(3)),
	}}
}
