package enforce

// assign gives each policy a place among the kernel's bits: one that was there before under the same name keeps its
// place, so that a bit does not mean another policy while the tables change. fresh are the places of those that have
// another policy than before.
func assign(old *[MaxPolicies]*Policy, set *Set) (slots [MaxPolicies]*Policy, fresh uint64) {
	places := map[string]int{}
	for i, p := range old {
		if p != nil {
			places[p.Name] = i
		}
	}
	var left []*Policy
	for i := range set.Policies {
		p := &set.Policies[i]
		if at, ok := places[p.Name]; ok {
			slots[at] = p
			continue
		}
		left = append(left, p)
	}
	free := func(i int, want bool) bool { return slots[i] == nil && (old[i] == nil) == want }
	// First places that nobody had.
	for _, want := range [...]bool{true, false} {
		for i := 0; i < MaxPolicies && len(left) > 0; i++ {
			if free(i, want) {
				slots[i], left = left[0], left[1:]
				fresh |= 1 << i
			}
		}
	}
	return slots, fresh
}
