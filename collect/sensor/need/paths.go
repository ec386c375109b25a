package need

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// all is every path.
var all = plan.Paths{All: true}

// pathsOf returns a set of paths outside of which a condition does not hold.
func pathsOf(n expr.Node) plan.Paths {
	switch n := n.(type) {
	case *expr.And:
		return narrowest(n.X)
	case *expr.Or:
		var out plan.Paths
		for _, x := range n.X {
			out.Add(pathsOf(x))
		}
		return out
	case *expr.Const:
		if !n.Value {
			return plan.Paths{}
		}
	case *expr.Pred:
		return pathsOfPred(n)
	}
	return all
}

// narrowest returns the smallest of the sets of conditions that must all hold.
func narrowest(x []expr.Node) plan.Paths {
	best := all
	for _, n := range x {
		if p := pathsOf(n); width(p) < width(best) {
			best = p
		}
	}
	return best
}

// width says which of two sets is the smaller one, roughly: how many files of a machine are opened from it. Names are
// less than what lies in a directory, and that is less the deeper it lies.
func width(p plan.Paths) int {
	const whole = 1 << 20
	if p.All {
		return whole
	}
	w := len(p.Names) + 8*(len(p.Suffixes)+len(p.Directories)+len(p.Contains))
	for _, prefix := range p.Prefixes {
		w += 256 / (1 + strings.Count(prefix, "/"))
	}
	return min(w, whole-1)
}

func pathsOfPred(p *expr.Pred) plan.Paths {
	if p.Term != nil {
		return all
	}
	switch p.Field {
	case event.Ref{Field: event.FilePath.ID()}:
		return ofPath(p)
	case event.Ref{Field: event.FileName.ID()}:
		return ofName(p)
	case event.Ref{Field: event.FileParentFolder.ID()}:
		return ofFolder(p)
	}
	return all
}

// ofPath returns the paths that satisfy a predicate on the whole path.
func ofPath(p *expr.Pred) plan.Paths {
	switch p.Op {
	case expr.OpEq:
		return named(p.Text)
	case expr.OpPrefix:
		return below(p.Text)
	case expr.OpSuffix:
		return ending(p.Text)
	case expr.OpContains:
		return holding(p.Text)
	case expr.OpGlob:
		start, end := firstOf(p.Text), lastOf(p.Text)
		a, b := below(start), ending(end)
		if start+end == p.Text && start == p.Text {
			return named(p.Text)
		}
		if width(b) < width(a) {
			return b
		}
		return a
	}
	return all
}

// named returns the path of one file.
func named(path string) plan.Paths {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == "" {
		return all
	}
	return plan.Paths{Names: []string{name}}
}

// below returns the paths with a beginning.
func below(prefix string) plan.Paths {
	if strings.Trim(prefix, "/") == "" {
		return all
	}
	return plan.Paths{Prefixes: []string{prefix}}
}

// ending returns the paths with an end.
func ending(suffix string) plan.Paths {
	i := strings.LastIndexByte(suffix, '/')
	name := suffix[i+1:]
	switch {
	case name == "":
		return all
	case i < 0:
		return plan.Paths{Suffixes: []string{name}}
	}
	return plan.Paths{Names: []string{name}}
}

// holding returns the paths with a text in them.
func holding(text string) plan.Paths {
	if text == "" {
		return all
	}
	if !strings.Contains(text, "/") {
		return plan.Paths{Contains: []string{text}}
	}
	parts := strings.Split(text, "/")
	best := 0
	for i := range parts {
		if telling(parts, i) > telling(parts, best) {
			best = i
		}
	}
	switch {
	case parts[best] == "":
		return all
	case best == 0 || best == len(parts)-1:
		return plan.Paths{Contains: []string{parts[best]}}
	}
	return plan.Paths{Directories: []string{parts[best]}}
}

// telling says, roughly, how few files part i of a path speaks of: a long name of few, one that is whole of fewer than a
// piece, but not one like etc, var and home.
func telling(parts []string, i int) int {
	const general, bonus = 4, 4
	n := len(parts[i])
	if whole := i > 0 && i < len(parts)-1; whole && (n > general || strings.HasPrefix(parts[i], ".")) {
		n += bonus
	}
	return n
}

// ofName is the same for a predicate on the last part.
func ofName(p *expr.Pred) plan.Paths {
	switch p.Op {
	case expr.OpEq:
		if p.Text != "" {
			return plan.Paths{Names: []string{p.Text}}
		}
	case expr.OpSuffix:
		if p.Text != "" {
			return plan.Paths{Suffixes: []string{p.Text}}
		}
	case expr.OpContains:
		return holding(p.Text)
	case expr.OpGlob:
		return ending(lastOf(p.Text))
	}
	return all
}

// ofFolder is the same for a predicate on the directory.
func ofFolder(p *expr.Pred) plan.Paths {
	switch p.Op {
	case expr.OpEq:
		return below(strings.TrimRight(p.Text, "/") + "/")
	case expr.OpPrefix:
		return below(p.Text)
	case expr.OpGlob:
		return below(firstOf(p.Text))
	}
	return all
}

// wild are the characters of a glob that stand for others or change what follows.
const wild = `*?\`

// firstOf returns what all that a glob matches begins with, lastOf what it ends with, longest a text in it.
func firstOf(glob string) string {
	if i := strings.IndexAny(glob, wild); i >= 0 {
		return glob[:i]
	}
	return glob
}

func lastOf(glob string) string { return glob[strings.LastIndexAny(glob, wild)+1:] }

func longest(glob string) (best string) {
	for part := range strings.FieldsFuncSeq(glob, func(r rune) bool { return strings.ContainsRune(wild, r) }) {
		if len(part) > len(best) {
			best = part
		}
	}
	return best
}

// widest returns a part of a condition for which it is about all paths: one of several of which any may hold; nil when
// it is the whole.
func widest(n expr.Node) expr.Node {
	switch n := n.(type) {
	case *expr.And:
		for _, x := range n.X {
			if _, ok := x.(*expr.Or); ok {
				if part := widest(x); part != nil {
					return part
				}
			}
		}
	case *expr.Or:
		var found expr.Node
		some := false
		for _, x := range n.X {
			switch {
			case !pathsOf(x).All:
				some = true
			case found == nil:
				found = x
			}
		}
		if some {
			return found
		}
	}
	return nil
}
