package fn

import (
	"maps"
	"slices"
	"sync"
)

// Lookup returns the function or operator of that name.
func Lookup(name string) (f *Func, ok bool) {
	f, ok = funcs()[name]
	return f, ok
}

// LookupAgg returns the aggregate of that name.
func LookupAgg(name string) (a *Agg, ok bool) {
	a, ok = aggs()[name]
	return a, ok
}

// Names returns the names of all functions and operators, sorted.
func Names() []string { return slices.Sorted(maps.Keys(funcs())) }

// AggNames returns the names of all aggregates, sorted.
func AggNames() []string { return slices.Sorted(maps.Keys(aggs())) }

var funcs = sync.OnceValue(func() map[string]*Func {
	all := map[string]*Func{}
	for _, family := range families() {
		for _, f := range family.funcs {
			all[f.Name] = f
		}
	}
	for name, of := range Aliases() {
		f := *all[of]
		f.Name = name
		all[name] = &f
	}
	return all
})

var aggs = sync.OnceValue(func() map[string]*Agg {
	all := map[string]*Agg{}
	for _, family := range aggFamilies() {
		for _, a := range family.aggs {
			all[a.Name] = a
		}
	}
	return all
})
