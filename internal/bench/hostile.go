package bench

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// textFields are those that a client of the API fills freely.
var textFields = []event.StringField{
	event.APIOperation, event.HTTPRequestURLPath, event.HTTPRequestUserAgent, event.ResourceGroup, event.ResourceType, event.ResourceSubresource,
	event.ResourceName, event.K8sNamespace, event.ActorUserName, event.SrcEndpointIP,
}

// Unseen returns n audit events in which every value occurs once.
func Unseen(n int, seed uint64) []*event.Event {
	r := newRandom(seed)
	return hostile(n, func() string { return pick(r, words) + "-" + r.tag(12) })
}

// Stuffed returns n audit events whose values are made of the literals of
// rules, each new: as many predicates as possible hold.
func Stuffed(n int, rules []*rule.Rule, seed uint64) []*event.Event {
	r := newRandom(seed)
	var texts []string
	for _, rl := range rules {
		texts = literals(rl.Expr, texts)
	}
	return hostile(n, func() string {
		var b strings.Builder
		for b.Len() < 400 {
			b.WriteString(pick(r, texts))
		}
		return b.String()
	})
}

// Long returns n audit events with values of so many bytes that all look
// alike, and that regular expressions which try much try long on.
func Long(n, bytes int) []*event.Event {
	text := strings.Repeat("/pods/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", bytes/38+1)[:bytes]
	return hostile(n, func() string { return text })
}

func hostile(n int, text func() string) []*event.Event {
	out := make([]*event.Event, n)
	for i := range out {
		e := &event.Event{}
		e.Reset(event.ClassAudit)
		for _, f := range textFields {
			f.Set(e, text())
		}
		event.ActorUserGroups.Set(e, []string{text(), text()})
		event.APIResponseCode.Set(e, int64(i))
		out[i] = e
	}
	return out
}

func literals(n expr.Node, texts []string) []string {
	switch n := n.(type) {
	case *expr.And:
		for _, k := range n.X {
			texts = literals(k, texts)
		}
	case *expr.Or:
		for _, k := range n.X {
			texts = literals(k, texts)
		}
	case *expr.Not:
		return literals(n.X, texts)
	case *expr.Pred:
		return append(texts, n.Text)
	}
	return texts
}

// Greedy adds to each of rules a regular expression that a backtracking
// engine would need exponential time for.
func Greedy(rules []*rule.Rule) []*rule.Rule {
	out := make([]*rule.Rule, len(rules))
	for i, r := range rules {
		c := *r
		c.Expr = &expr.Or{X: []expr.Node{r.Expr, all(
			part(event.HTTPRequestURLPath.ID(), "/pods/"),
			&expr.Pred{Field: ref(event.HTTPRequestURLPath.ID()), Op: expr.OpRegex, Text: "(a+)+(b|c)?" + strings.Repeat("x", i%7) + "$"},
		)}}
		out[i] = &c
	}
	return out
}
