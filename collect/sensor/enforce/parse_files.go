package enforce

import (
	"fmt"
	"maps"
	"slices"
)

// ParseFiles reads several documents, by name, as one set. No two of them may have a policy of one name. The longest of
// their bounds holds for all, and what fails late is denied if one of them says so.
func ParseFiles(files map[string]string) (*Set, error) {
	all := &Set{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		one, err := Parse(name, []byte(files[name]))
		if err != nil {
			return nil, err
		}
		for _, p := range one.Policies {
			if slices.ContainsFunc(all.Policies, func(o Policy) bool { return o.Name == p.Name }) {
				return nil, fmt.Errorf("%s: policy %q is in another file, too", name, p.Name)
			}
			all.Policies = append(all.Policies, p)
		}
		all.Bound, all.DenyLate = max(all.Bound, one.Bound), all.DenyLate || one.DenyLate
	}
	return all, nil
}
