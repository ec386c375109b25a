package enforce

import (
	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/internal/settings"
)

// maxEntries is how many things all policies of a file may name: the kernel's tables have room for that many.
const maxEntries = 4096

// Parse reads a policy file, which is named in errors. The error joins a settings.Error for each thing that is wrong; the
// file is taken whole or not at all.
func Parse(file string, data []byte) (*Set, error) {
	opened, root, err := settings.Open(file, data)
	if err != nil {
		return nil, err
	}
	r, set := &reader{Reader: opened}, &Set{}
	if root != nil {
		r.Members(root, "the file", map[string]func(*yaml.Node){
			"policies": func(n *yaml.Node) { set.Policies = r.policies(n) },
			"bound":    func(n *yaml.Node) { set.Bound = r.bound(n) },
			"late":     func(n *yaml.Node) { set.DenyLate = r.OneOf(n, "late", "allow", "deny") == 1 },
		})
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return set, nil
}

// reader reads what is particular to policies.
type reader struct {
	*settings.Reader
	entries int
}

// items reads a list, which may be empty, and counts what all lists name.
func (r *reader) items(n *yaml.Node, what string, read func(*yaml.Node)) {
	r.Items(n, what, maxEntries, func(item *yaml.Node) {
		if r.entries++; r.entries == maxEntries+1 {
			r.Fail(item, "the file names more than %d things", maxEntries)
		}
		if r.entries <= maxEntries {
			read(item)
		}
	})
}
