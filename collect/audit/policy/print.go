package policy

import (
	"strconv"
	"strings"
)

// Comment is what stands above a rule in a policy file, by line, without #.
type Comment []string

// Print writes p as YAML, with a comment at its head and above each rule;
// comments may be shorter than rules.
func Print(p *Policy, head Comment, rules []Comment) string {
	w := &writer{}
	w.comment("", head)
	w.line("apiVersion: audit.k8s.io/v1")
	w.line("kind: Policy")
	if len(p.OmitStages) > 0 {
		w.list("omitStages", stageTexts(p.OmitStages))
	}
	if p.OmitManagedFields {
		w.line("omitManagedFields: true")
	}
	w.line("rules:")
	w.rules(p.Rules, rules)
	return w.b.String()
}

// PrintRules writes rules as they stand below rules: in a policy file.
func PrintRules(list []Rule, comments []Comment) string {
	w := &writer{}
	w.rules(list, comments)
	return w.b.String()
}

type writer struct{ b strings.Builder }

func (w *writer) line(text string) { w.b.WriteString(text + "\n") }

func (w *writer) rules(list []Rule, comments []Comment) {
	for i := range list {
		if i < len(comments) {
			w.comment("  ", comments[i])
		}
		w.rule(&list[i])
	}
}

func (w *writer) comment(indent string, c Comment) {
	for _, l := range c {
		w.line(strings.TrimRight(indent+"# "+l, " "))
	}
}

func (w *writer) rule(r *Rule) {
	w.line("  - level: " + string(r.Level))
	for _, l := range []struct {
		name string
		list []string
	}{
		{"users", r.Users}, {"userGroups", r.UserGroups}, {"verbs", r.Verbs}, {"namespaces", r.Namespaces},
		{"nonResourceURLs", r.NonResourceURLs}, {"omitStages", stageTexts(r.OmitStages)},
	} {
		if len(l.list) > 0 {
			w.list("    "+l.name, l.list)
		}
	}
	if r.OmitManagedFields != nil {
		w.line("    omitManagedFields: " + strconv.FormatBool(*r.OmitManagedFields))
	}
	if len(r.Resources) == 0 {
		return
	}
	w.line("    resources:")
	for _, g := range r.Resources {
		w.line("      - group: " + strconv.Quote(g.Group))
		if len(g.Resources) > 0 {
			w.list("        resources", g.Resources)
		}
		if len(g.ResourceNames) > 0 {
			w.list("        resourceNames", g.ResourceNames)
		}
	}
}

// list writes a list on one line. JSON's quotes are YAML's, too.
func (w *writer) list(name string, values []string) {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	w.line(name + ": [" + strings.Join(quoted, ", ") + "]")
}

func stageTexts(list []Stage) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}
