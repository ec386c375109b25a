package rights

import (
	"slices"
	"strings"
	"time"
)

// Use is what became of a right.
type Use struct {
	// Requests that it allows and that were not refused, the last one when.
	Requests int64
	Last     time.Time
	// Used and Unused are what the rule says, each as "verb resource"; where a
	// rule says "*", Used has what it was used for. Both are sorted and have
	// at most MaxParts, the rest counted by MoreUsed and MoreUnused. Of a rule
	// that is too large to divide, all that it says is counted by MoreUnused.
	Used, Unused         []string
	MoreUsed, MoreUnused int
}

// Compared is what an account may do against what it did.
type Compared struct {
	// Uses has one for each right, in the same order.
	Uses []Use
	// By has for each deed the indices of the rights that allow it; one that
	// was not refused and has none was allowed by something else, or by a
	// right that is no more.
	By [][]int
}

// MaxParts bounds each list of a Use.
const MaxParts = 200

// Compare says which rights allow which deeds, and which of the rights are
// not used.
func Compare(list []Right, deeds []Deed) Compared {
	c := Compared{Uses: make([]Use, len(list)), By: make([][]int, len(deeds))}
	used := make([]map[string]bool, len(list))
	for i := range deeds {
		d := &deeds[i]
		for j := range list {
			if !list[j].Allows(d) {
				continue
			}
			c.By[i] = append(c.By[i], j)
			n := d.Requests - d.Refused
			if n <= 0 {
				continue
			}
			u := &c.Uses[j]
			u.Requests += n
			if d.Last.After(u.Last) {
				u.Last = d.Last
			}
			if used[j] == nil {
				used[j] = map[string]bool{}
			}
			used[j][d.what()] = true
		}
	}
	for j := range list {
		c.Uses[j].parts(&list[j].Rule, used[j])
	}
	return c
}

// what is the deed as rules write it: "get pods/log".
func (d *Deed) what() string {
	switch {
	case d.Resource == "":
		return d.Verb + " " + d.Path
	case d.Subresource == "":
		return d.Verb + " " + d.Resource
	}
	return d.Verb + " " + d.Resource + "/" + d.Subresource
}

// parts divides what a rule says into what was used and what was not.
func (u *Use) parts(r *Rule, used map[string]bool) {
	for what := range used {
		u.Used = append(u.Used, what)
	}
	slices.Sort(u.Used)
	u.Used, u.MoreUsed = bounded(u.Used)
	if n := len(r.Verbs) * (len(r.Resources) + len(r.URLs)); n > maxProduct {
		u.MoreUnused = n
		return
	}
	seen := map[string]bool{}
	for _, verb := range r.Verbs {
		for _, thing := range slices.Concat(r.Resources, r.URLs) {
			part := verb + " " + thing
			if seen[part] || covered(verb, thing, used) {
				continue
			}
			seen[part] = true
			u.Unused = append(u.Unused, part)
		}
	}
	slices.Sort(u.Unused)
	u.Unused, u.MoreUnused = bounded(u.Unused)
}

// maxProduct bounds the work on one rule: one with a thousand verbs is of no
// use to anybody, but somebody may write it.
const maxProduct = 10_000

func bounded(list []string) (kept []string, more int) {
	n := min(len(list), MaxParts)
	return list[:n], len(list) - n
}

// covered reports whether anything that was used falls under a verb and a
// thing of a rule.
func covered(verb, thing string, used map[string]bool) bool {
	for what := range used {
		v, rest, _ := strings.Cut(what, " ")
		if verb != all && verb != v {
			continue
		}
		if strings.HasPrefix(rest, "/") {
			if coversPath(thing, rest) {
				return true
			}
			continue
		}
		kind, sub, _ := strings.Cut(rest, "/")
		if coversResource(thing, &Deed{Resource: kind, Subresource: sub}) {
			return true
		}
	}
	return false
}
