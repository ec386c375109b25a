package rights

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lynceus-io/lynceus/inventory"
)

const rbacGroup = "rbac.authorization.k8s.io"

// Ref names a role or a binding. Namespace is empty for those of the whole
// cluster.
type Ref struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// Rule is a rule of a role, as the role says it.
type Rule struct {
	Verbs     []string `json:"verbs"`
	APIGroups []string `json:"apiGroups"`
	Resources []string `json:"resources"`
	Names     []string `json:"resourceNames"`
	URLs      []string `json:"nonResourceURLs"`
}

// role is a role with what decides about its being aggregated.
type role struct {
	ref       Ref
	labels    map[string]string
	rules     []Rule
	selectors []selector // of an aggregated ClusterRole
}

// selector chooses roles by their labels.
type selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []struct {
		Key      string   `json:"key"`
		Operator string   `json:"operator"`
		Values   []string `json:"values"`
	} `json:"matchExpressions"`
}

func (s *selector) matches(labels map[string]string) bool {
	for k, want := range s.MatchLabels {
		if have, ok := labels[k]; !ok || have != want {
			return false
		}
	}
	for _, e := range s.MatchExpressions {
		have, ok := labels[e.Key]
		fits := false
		switch e.Operator {
		case "In":
			fits = ok && slices.Contains(e.Values, have)
		case "NotIn":
			fits = !ok || !slices.Contains(e.Values, have)
		case "Exists":
			fits = ok
		case "DoesNotExist":
			fits = !ok
		}
		if !fits {
			return false
		}
	}
	return len(s.MatchLabels)+len(s.MatchExpressions) > 0
}

// Subject is whom a binding names.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
}

// binding gives a role to subjects.
type binding struct {
	ref      Ref
	role     Ref
	subjects []Subject
}

// Book is the roles and bindings of one cluster at one time. It is not safe
// for use while it is added to.
type Book struct {
	roles    map[Ref]*role
	bindings []binding
}

// Add takes an object. Those that are no roles and no bindings are passed
// over; of o nothing is kept but its labels. An error names the object whose
// document is none of its kind; the rest of the book is good without it.
func (b *Book) Add(o *inventory.Object) error {
	if o.Group != rbacGroup {
		return nil
	}
	ref := Ref{o.Kind, o.Namespace, o.Name}
	var err error
	switch o.Kind {
	case "Role", "ClusterRole":
		var doc struct {
			Rules           []Rule `json:"rules"`
			AggregationRule *struct {
				Selectors []selector `json:"clusterRoleSelectors"`
			} `json:"aggregationRule"`
		}
		if err = json.Unmarshal(o.Document, &doc); err == nil {
			r := &role{ref: ref, labels: o.Labels, rules: doc.Rules}
			if doc.AggregationRule != nil {
				r.selectors = doc.AggregationRule.Selectors
			}
			if b.roles == nil {
				b.roles = map[Ref]*role{}
			}
			b.roles[ref] = r
		}
	case "RoleBinding", "ClusterRoleBinding":
		var doc struct {
			RoleRef  Ref       `json:"roleRef"`
			Subjects []Subject `json:"subjects"`
		}
		if err = json.Unmarshal(o.Document, &doc); err == nil {
			to := Ref{Kind: doc.RoleRef.Kind, Name: doc.RoleRef.Name}
			if to.Kind == "Role" {
				to.Namespace = o.Namespace
			}
			b.bindings = append(b.bindings, binding{ref, to, doc.Subjects})
		}
	}
	if err != nil {
		return fmt.Errorf("%s %.80q: %w", o.Kind, o.Name, err)
	}
	return nil
}

// Empty reports whether nothing was added: what an account may do is then
// unknown, and not nothing.
func (b *Book) Empty() bool { return len(b.roles) == 0 && len(b.bindings) == 0 }
