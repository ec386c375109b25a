// Package attack names the tactics and techniques of MITRE ATT&CK that rule
// tags speak of ("attack.credential_access", "attack.t1552.007") and puts
// tactics in the order of the Enterprise matrix.
//
// Identifiers and names are those of ATT&CK v19 (https://attack.mitre.org).
// Version 19 divided Defense Evasion into Stealth and Defense Impairment;
// tags of both generations are understood, since rules of both exist.
package attack

import (
	"cmp"
	"slices"
	"strings"
)

// Tactic is one column of the matrix: what an adversary wants.
type Tactic struct {
	ID   string // "TA0006"
	Name string // "Credential Access"
	// rank is the place in the matrix, from left to right.
	rank int
}

// Technique is how a tactic is reached.
type Technique struct {
	ID string // "T1552.007"
	// Name is ATT&CK's, with that of its parent before it ("Unsecured
	// Credentials: Container API"); "" for a technique that the table of this
	// package does not have.
	Name string
}

// URL returns the page of the technique at attack.mitre.org.
func (t Technique) URL() string {
	return "https://attack.mitre.org/techniques/" + strings.Replace(t.ID, ".", "/", 1) + "/"
}

// URL returns the page of the tactic at attack.mitre.org.
func (t Tactic) URL() string { return "https://attack.mitre.org/tactics/" + t.ID + "/" }

// Rank returns the place of the tactic in the matrix, from left to right,
// from 0.
func (t Tactic) Rank() int { return t.rank }

// String returns the id, and the name where it is known.
func (t Technique) String() string {
	if t.Name == "" {
		return t.ID
	}
	return t.ID + " " + t.Name
}

// Tactics returns the tactics that tags name, each once, in the order of the
// matrix. Other tags are passed over.
func Tactics(tags []string) []Tactic {
	var out []Tactic
	for _, tag := range tags {
		if name, ok := attackTag(tag); ok {
			if t, ok := tacticByTag(name); ok && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	SortTactics(out)
	return out
}

// SortTactics puts ts in the order of the matrix.
func SortTactics(ts []Tactic) {
	slices.SortFunc(ts, func(a, b Tactic) int { return cmp.Compare(a.rank, b.rank) })
}

// Techniques returns the techniques that tags name, each once, ordered by id.
// Other tags are passed over.
func Techniques(tags []string) []Technique {
	var out []Technique
	for _, tag := range tags {
		name, ok := attackTag(tag)
		if !ok || !isTechnique(name) {
			continue
		}
		t := Lookup(strings.ToUpper(name))
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Technique) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Lookup returns the technique of that id ("T1552.007"); its Name is "" when
// the table does not have it.
func Lookup(id string) Technique {
	name := techniques[id]
	if parent, _, sub := strings.Cut(id, "."); sub && name != "" && techniques[parent] != "" {
		name = techniques[parent] + ": " + name
	}
	return Technique{ID: id, Name: name}
}

// attackTag returns what follows "attack." in a tag, in lower case.
func attackTag(tag string) (string, bool) {
	return strings.CutPrefix(strings.ToLower(tag), "attack.")
}

// isTechnique reports whether name has the form t1234 or t1234.567.
func isTechnique(name string) bool {
	digits, ok := strings.CutPrefix(name, "t")
	main, sub, dotted := strings.Cut(digits, ".")
	return ok && isDigits(main, 4) && (!dotted || isDigits(sub, 3))
}

func isDigits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}

// tacticByTag finds a tactic by the name Sigma tags give it, with blanks as
// underscores or hyphens, or by its id.
func tacticByTag(name string) (Tactic, bool) {
	for i, t := range matrix {
		if sameWords(t.Name, name) || strings.EqualFold(t.ID, name) {
			t.rank = i
			return t, true
		}
	}
	return Tactic{}, false
}

// sameWords reports whether tag is name in lower case, with blanks as
// underscores or hyphens.
func sameWords(name, tag string) bool {
	if len(name) != len(tag) {
		return false
	}
	for i := range len(name) {
		n, t := name[i], tag[i]
		if n >= 'A' && n <= 'Z' {
			n += 'a' - 'A'
		}
		if n != t && (n != ' ' || t != '_' && t != '-') {
			return false
		}
	}
	return true
}
