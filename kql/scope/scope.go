// Package scope limits what somebody may see to clusters and namespaces. The
// limit is put into the bound plan of a query, under everything that the query
// says: each reading of a table gives the rows in scope and no others, so
// that joins, unions, search, queries inside expressions and counts know of
// nothing else, whichever engine answers.
package scope

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Scope is a limit. The zero value is none. A limit to namespaces leaves out
// what is of no namespace: nodes, requests about the whole cluster, and what
// Lynceus notes about itself.
type Scope struct {
	// Clusters and Namespaces are names; one that ends in * stands for all
	// that begin so. An empty list does not limit.
	Clusters   []string `json:"clusters,omitempty" yaml:"clusters"`
	Namespaces []string `json:"namespaces,omitempty" yaml:"namespaces"`
}

// Bounds of a scope. A limit stands in every query of its owner.
const (
	// MaxNames is how many names each list may have.
	MaxNames = 100
	// maxCluster is how long the name of a cluster may be (that of a DNS
	// domain), maxNamespace that of a namespace (a label of RFC 1123).
	maxCluster, maxNamespace = 253, 63
)

// All reports whether there is no limit.
func (s Scope) All() bool { return len(s.Clusters) == 0 && len(s.Namespaces) == 0 }

// Check says what is wrong with a scope, nil for nothing.
func (s Scope) Check() error {
	if len(s.Clusters) > MaxNames || len(s.Namespaces) > MaxNames {
		return fmt.Errorf("a limit has at most %d clusters and as many namespaces; name* stands for all that begin so", MaxNames)
	}
	for _, name := range s.Clusters {
		if err := check(name, maxCluster, func(c rune) bool { return c > ' ' && c != 0x7f && c != '*' }); err != nil {
			return fmt.Errorf("cluster %q: %w", name, err)
		}
	}
	for _, name := range s.Namespaces {
		if err := check(name, maxNamespace, func(c rune) bool { return c == '-' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }); err != nil {
			return fmt.Errorf("namespace %q: %w", name, err)
		}
	}
	return nil
}

func check(name string, most int, fits func(rune) bool) error {
	stem, _ := strings.CutSuffix(name, "*")
	switch {
	case name == "*":
		return errors.New("* alone limits nothing: leave the list out")
	case stem == "":
		return errors.New("a name is missing")
	case len(stem) > most:
		return fmt.Errorf("a name has at most %d bytes", most)
	case strings.ContainsFunc(stem, func(c rune) bool { return !fits(c) }):
		return errors.New("that is no name of one; * may stand at the end only")
	}
	return nil
}

// Sees reports whether what is in a cluster and a namespace is in scope; ""
// stands for no namespace, or an unknown cluster.
func (s Scope) Sees(cluster, namespace string) bool {
	return seesOne(s.Clusters, cluster) && seesOne(s.Namespaces, namespace)
}

// SeesCluster reports whether something of a cluster may be in scope.
func (s Scope) SeesCluster(cluster string) bool { return seesOne(s.Clusters, cluster) }

// Covers reports whether everything in t is in s.
func (s Scope) Covers(t Scope) bool {
	return coversAll(s.Clusters, t.Clusters) && coversAll(s.Namespaces, t.Namespaces)
}

func coversAll(names, others []string) bool {
	if len(names) == 0 {
		return true
	}
	covered := func(other string) bool {
		stem, many := strings.CutSuffix(other, "*")
		return slices.ContainsFunc(names, func(n string) bool {
			if begin, ok := strings.CutSuffix(n, "*"); ok {
				return strings.HasPrefix(stem, begin)
			}
			return !many && n == other
		})
	}
	return len(others) > 0 && !slices.ContainsFunc(others, func(o string) bool { return !covered(o) })
}

func seesOne(names []string, name string) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(n string) bool {
		if stem, ok := strings.CutSuffix(n, "*"); ok {
			return strings.HasPrefix(name, stem)
		}
		return n == name
	})
}

// String says in words what the limit is; "" for none.
func (s Scope) String() string {
	var parts []string
	for _, l := range []struct {
		what  string
		names []string
	}{{"cluster", s.Clusters}, {"namespace", s.Namespaces}} {
		switch len(l.names) {
		case 0:
		case 1:
			parts = append(parts, l.what+" "+l.names[0])
		default:
			parts = append(parts, l.what+"s "+strings.Join(l.names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}
