package grant

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/internal/settings"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// Bounds of a file: every sign-in goes through all of it.
const (
	maxRules  = 1000
	maxValues = 1000
)

// Parse reads a file of rules, which errors name. The error joins a
// settings.Error for each thing that is wrong; the file is taken whole or not
// at all.
func Parse(file string, data []byte) (*Rules, error) {
	r, root, err := settings.Open(file, data)
	if err != nil {
		return nil, err
	}
	p, out := parser{r}, &Rules{}
	if root != nil {
		p.Members(root, "the file", map[string]func(*yaml.Node){
			"rules": func(n *yaml.Node) {
				p.Items(n, "rules", maxRules, func(n *yaml.Node) { out.list = append(out.list, p.rule(n)) })
			},
		})
	}
	if p.Failures() == 0 && len(out.list) == 0 {
		p.Fail(nil, "it has no rules: nobody could sign in by it")
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// parser reads what is particular to these rules.
type parser struct{ *settings.Reader }

// rule reads one rule.
func (p parser) rule(n *yaml.Node) rule {
	var r rule
	var vouched int
	before := p.Failures()
	p.Members(n, "a rule", map[string]func(*yaml.Node){
		"oidc": func(n *yaml.Node) { r.method, r.conditions, vouched = oidc, p.conditions(n), vouched+1 },
		"kubernetes": func(n *yaml.Node) {
			r.method, r.conditions, vouched = kubernetes, p.conditions(n, users, groups), vouched+1
		},
		"role":       func(n *yaml.Node) { r.role = p.role(n) },
		"clusters":   func(n *yaml.Node) { r.scope.Clusters = p.texts(n, "clusters", scope.MaxNames) },
		"namespaces": func(n *yaml.Node) { r.scope.Namespaces = p.texts(n, "namespaces", scope.MaxNames) },
	})
	if p.Failures() > before {
		return r
	}
	switch {
	case vouched != 1:
		p.Fail(n, "a rule is for one kind of sign-in: give either oidc or kubernetes")
	case r.role == 0:
		p.Fail(n, "the rule gives no role: add role: viewer, analyst, responder or admin")
	case !r.scope.All() && !r.role.Limitable():
		p.Fail(n, "the role %s cannot be limited to clusters and namespaces: give viewer, analyst or responder", r.role)
	}
	if err := r.scope.Check(); err != nil {
		p.Fail(n, "%v", err)
	}
	return r
}

// role reads a role of people.
func (p parser) role(n *yaml.Node) token.Role {
	r, err := token.ParseRole(n.Value)
	if err != nil || !r.Person() {
		p.Fail(n, "%q is no role of people: give viewer, analyst, responder or admin", n.Value)
		return 0
	}
	return r
}

// conditions reads which claims must have which values; known are the names
// that there are, none for any. At least one is needed: a rule for everybody
// whom a provider knows is written by a claim that all of those have.
func (p parser) conditions(n *yaml.Node, known ...string) []condition {
	var out []condition
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		p.Fail(n, "say who it is, as names of claims with the values that fit, such as groups: [security]")
		return nil
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		switch {
		case len(known) > 0 && !slices.Contains(known, name.Value):
			p.Fail(name, "Kubernetes says nothing called %q of a user; it can be %s", name.Value, strings.Join(known, " or "))
		case seen[name.Value]:
			p.Fail(name, "%q is there twice", name.Value)
		}
		seen[name.Value] = true
		out = append(out, condition{name.Value, p.texts(value, name.Value, maxValues)})
	}
	return out
}

// texts reads a list of texts that is not empty.
func (p parser) texts(n *yaml.Node, what string, most int) []string {
	var out []string
	p.Items(n, what, most, func(item *yaml.Node) {
		if item.Kind != yaml.ScalarNode || item.Value == "" || item.Tag != "!!str" {
			p.Fail(item, "%s has to list texts; put a number or a word like true in quotation marks", what)
			return
		}
		out = append(out, item.Value)
	})
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		p.Fail(n, "%s lists nothing: leave it out, or name some", what)
	}
	return out
}
