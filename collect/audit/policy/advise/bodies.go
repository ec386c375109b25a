package advise

import (
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/collect/audit/policy"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// cell is a verb of a resource.
type cell struct {
	resource int // in the catalog
	verb     string
}

// bodyNeeds are the cells whose bodies are needed, and by which rules.
type bodyNeeds struct {
	resources []Resource
	level     map[cell]policy.Level
	rules     map[cell][]string
}

// bodies returns the cells that must be recorded above Metadata, and the
// rules that would need bodies that are never recorded.
func (n *Needs) bodies(profile Profile) (out bodyNeeds, limited []string) {
	out = bodyNeeds{catalog(), map[cell]policy.Level{}, map[cell][]string{}}
	var needs []need
	missing := map[string]bool{}
	for i := range out.resources {
		r := &out.resources[i]
		for _, verb := range r.verbs {
			at := cell{i, verb}
			needs = n.of(kind{verb: verb, resource: r}, needs)
			for j, x := range needs {
				level := x.want
				if profile == Minimal {
					level = x.must
				}
				switch {
				case !policy.Metadata.Below(level):
				case isCredential(*r):
					missing[nameOf(n.rules[j].rule)] = true
				default:
					out.level[at] = higher(out.level[at], level)
					out.rules[at] = append(out.rules[at], nameOf(n.rules[j].rule))
				}
			}
		}
	}
	out.learn(n)
	return out, slices.Sorted(maps.Keys(missing))
}

// bodiesWhy is why bodies are recorded.
const bodiesWhy = "Bodies that detections read, or learn from."

// entries makes rules of cells: one for each level, group of verbs and set of
// detections that need it, the highest level first.
func (b *bodyNeeds) entries() (out []Entry) {
	type key struct{ level, verbs, rules string }
	byKey := map[key][]Resource{}
	for i, r := range b.resources {
		byLevel := map[policy.Level][]string{}
		rules := map[policy.Level]map[string]bool{}
		for _, verb := range r.verbs {
			at := cell{i, verb}
			level, ok := b.level[at]
			if !ok {
				continue
			}
			byLevel[level] = append(byLevel[level], verb)
			if rules[level] == nil {
				rules[level] = map[string]bool{}
			}
			for _, name := range b.rules[at] {
				rules[level][name] = true
			}
		}
		for level, verbs := range byLevel {
			k := key{string(level), strings.Join(verbs, " "), strings.Join(slices.Sorted(maps.Keys(rules[level])), " ")}
			byKey[k] = append(byKey[k], r)
		}
	}
	for k, resources := range byKey {
		out = append(out, Entry{
			Rule:  policy.Rule{Level: policy.Level(k.level), Verbs: strings.Fields(k.verbs), Resources: grouped(resources)},
			Why:   bodiesWhy,
			Rules: strings.Fields(k.rules),
		})
	}
	slices.SortFunc(out, func(x, y Entry) int {
		if d := y.Rule.Level.Rank() - x.Rule.Level.Rank(); d != 0 {
			return d
		}
		if d := len(y.Rules) - len(x.Rules); d != 0 {
			return d
		}
		return strings.Compare(firstOf(x), firstOf(y))
	})
	return out
}

// firstOf is a text that is different for different entries.
func firstOf(e Entry) string {
	g := e.Rule.Resources[0]
	return g.Group + "/" + strings.Join(g.Resources, ",") + " " + strings.Join(e.Rule.Verbs, ",") + " " + strings.Join(e.Rules, ",")
}

// readsStage reports whether a rule asks for events of a stage.
func (n *Needs) readsStage(s policy.Stage) bool {
	for p := range n.judge.preds {
		if p.Field.Field == event.AuditStage.ID() && p.Op == expr.OpEq && strings.EqualFold(p.Text, string(s)) {
			return true
		}
	}
	return false
}
