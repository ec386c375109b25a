package expr

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is worked out about a regular expression.
const (
	maxChoices  = 192 // texts in one clause: lists of names are long, and many texts are looked for in one pass
	maxClass    = 16  // of them that a class of characters makes
	maxProduct  = 64  // that two parts make, each with several
	maxClauses  = 8   // clauses kept
	maxExact    = 64  // bytes of a text
	leastUseful = 2   // bytes; shorter texts are in almost every value
	leastGood   = 3   // bytes; where shorter ones are followed by few others, both are looked for together
)

// requiredTexts returns what any text must contain for a regular expression
// to match in it: of each clause at least one text, all of them folded and
// looked for in the folded text. No clauses means that nothing is known.
func requiredTexts(re *syntax.Regexp) [][]string {
	clauses := analyse(re).closed()
	for i, c := range clauses {
		clauses[i] = shortest(c)
	}
	return clauses
}

// shortest returns the texts of a clause without those that contain another: whoever contains them contains that.
func shortest(texts []string) []string {
	out := make([]string, 0, len(texts))
	for i, t := range texts {
		if !slices.ContainsFunc(texts, func(o string) bool { return len(o) < len(t) && strings.Contains(t, o) }) {
			out = append(out, texts[i])
		}
	}
	return out
}

// knowledge is what is known of the text that an expression matches.
type knowledge struct {
	// exact are all texts it can be, folded; nil when they are not known.
	exact []string
	// prefix are texts of which it begins with one, suffix those of which it
	// ends with one, folded; nil when they are not known, as where exact is.
	prefix, suffix []string
	// clauses hold besides.
	clauses [][]string
}

// begin and end return what is known of how the text begins and ends.
func (k *knowledge) begin() []string { return known(k.exact, k.prefix) }
func (k *knowledge) end() []string   { return known(k.exact, k.suffix) }

func known(exact, part []string) []string {
	switch {
	case exact != nil:
		return exact
	case part != nil:
		return part
	}
	return nothing
}

// closed returns the clauses, with exact as one more.
func (k knowledge) closed() [][]string {
	out := k.clauses
	if useful(k.exact) {
		out = append(out[:len(out):len(out)], k.exact)
	}
	if len(out) > maxClauses {
		out = out[:maxClauses]
	}
	return out
}

func useful(texts []string) bool { return shortestOf(texts) >= leastUseful }

// shortestOf returns how many bytes the shortest text has; 0 for none.
func shortestOf(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	n := len(texts[0])
	for _, t := range texts[1:] {
		n = min(n, len(t))
	}
	return n
}

var nothing = []string{""}

func analyse(re *syntax.Regexp) knowledge {
	switch re.Op {
	case syntax.OpLiteral:
		if slices.Contains(re.Rune, utf8.RuneError) {
			return knowledge{} // it also matches any byte that is no UTF-8
		}
		return knowledge{exact: []string{fold(string(re.Rune))}}
	case syntax.OpCharClass:
		return knowledge{exact: classTexts(re.Rune)}
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return knowledge{exact: nothing}
	case syntax.OpCapture:
		return analyse(re.Sub[0])
	case syntax.OpQuest:
		if sub := analyse(re.Sub[0]); sub.exact != nil {
			return knowledge{exact: union(sub.exact, nothing)}
		}
	case syntax.OpPlus:
		return repeated(analyse(re.Sub[0]))
	case syntax.OpRepeat:
		if re.Min > 0 {
			return repeated(analyse(re.Sub[0]))
		}
	case syntax.OpConcat:
		return analyseConcat(re.Sub)
	case syntax.OpAlternate:
		return analyseAlternate(re.Sub)
	}
	return knowledge{}
}

// repeated is what is known of a text that is of a kind once or more.
func repeated(k knowledge) knowledge {
	return knowledge{prefix: k.begin(), suffix: k.end(), clauses: k.closed()}
}

// classTexts returns the runes of a small class as folded texts.
func classTexts(pairs []rune) []string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1]-pairs[i] >= maxClass {
			return nil
		}
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if r == utf8.RuneError {
				return nil // as above
			}
			if out = union(out, []string{string(foldRune(r))}); len(out) > maxClass {
				return nil
			}
		}
	}
	return out
}

func analyseConcat(subs []*syntax.Regexp) knowledge {
	out := knowledge{exact: nothing}
	whole := true // exact is all of the text until here, not only its end
	for _, sub := range subs {
		k := analyse(sub)
		out.clauses = append(out.clauses, k.clauses...)
		joined := cross(out.exact, k.exact)
		if joined != nil {
			out.exact = joined
			continue
		}
		until := out.exact
		if joined := cross(until, k.begin()); joined != nil && (shortestOf(until) < leastGood || len(joined) == len(until)) {
			until = joined // not where it makes many texts of few that will do
		}
		if whole {
			whole, out.prefix = false, until
		}
		if useful(until) && !slices.ContainsFunc(out.clauses, func(c []string) bool { return slices.Equal(c, until) }) {
			out.clauses = append(out.clauses, until)
		}
		out.exact = k.end()
	}
	if !whole {
		out.clauses = out.closed()
		out.exact, out.suffix = nil, out.exact
	}
	return out
}

// analyseAlternate requires of a text what any of the branches does.
func analyseAlternate(subs []*syntax.Regexp) knowledge {
	var exact, clause []string
	allExact, allClause := true, true
	out := knowledge{prefix: []string{}, suffix: []string{}}
	for _, sub := range subs {
		k := analyse(sub)
		out.prefix = unionKnown(out.prefix, k.begin())
		out.suffix = unionKnown(out.suffix, k.end())
		if allExact {
			exact = union(exact, k.exact)
			allExact = k.exact != nil && exact != nil
		}
		if allClause {
			best := bestClause(k.closed())
			clause = union(clause, best)
			allClause = best != nil && clause != nil
		}
	}
	switch {
	case allExact:
		return knowledge{exact: exact}
	case allClause:
		out.clauses = [][]string{clause}
	}
	return out
}

// unionKnown is union, nil where one of both is.
func unionKnown(a, b []string) []string {
	if a == nil || b == nil {
		return nil
	}
	return union(a, b)
}

// bestClause returns the clause whose shortest text is longest.
func bestClause(clauses [][]string) []string {
	var best []string
	most := 0
	for _, c := range clauses {
		if least := shortestOf(c); least > most {
			best, most = c, least
		}
	}
	return best
}

// union returns a new slice of the distinct texts of both, nil when there are
// too many.
func union(a, b []string) []string {
	out := make([]string, 0, len(a)+len(b))
	for _, list := range [][]string{a, b} {
		for _, t := range list {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	if len(out) > maxChoices {
		return nil
	}
	return out
}

// cross returns every text of a followed by every one of b, nil when either
// is not known or the result is too large.
func cross(a, b []string) []string {
	switch {
	case a == nil, b == nil:
		return nil
	case len(a) > 1 && len(b) > 1 && len(a)*len(b) > maxProduct:
		return nil
	}
	var out []string
	for _, x := range a {
		for _, y := range b {
			if len(x)+len(y) > maxExact {
				return nil
			}
			out = union(out, []string{x + y})
		}
	}
	return out
}
