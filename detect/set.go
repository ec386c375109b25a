package detect

import (
	"errors"
	"fmt"

	"github.com/lynceus-io/lynceus/detect/internal/candidates"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

// Set is a compiled list of rules. It never changes and may be used by any
// number of goroutines, each with a [Scratch] of its own.
type Set struct {
	rules   []*rule.Rule
	tables  map[event.Class]*table
	program *expr.Program
	whole   []int32 // of each rule: the tree of its condition, -1 without one
	opts    Options
}

// table is the rules that are judged on the rows of one table.
type table struct {
	index *candidates.Index
	rules []judged // by number of tree in index
}

// judged is what is known of a rule while an event is matched.
type judged struct {
	rule int32
	// tree, of the set's program, decides once the rule was found; -1 where
	// nothing is left to decide.
	tree    int32
	pending bool
}

// Options of Compile. The zero value is ready for use.
type Options struct {
	// Lists finds a named list, such as a threat feed, and returns nil for
	// one that does not exist. The lists must not change as long as the Set
	// is used.
	Lists func(name string) expr.List
	// MemoBytes and ClassBytes bound what a Scratch remembers for each table:
	// classes of values and matches of their combinations; and the sets of
	// predicates that values satisfy. 0 stands for 4 and 8 MiB. They decide
	// how fast matching is, never what matches.
	MemoBytes, ClassBytes int
}

// RuleError says that a rule cannot be compiled.
type RuleError struct {
	Rule *rule.Rule
	At   expr.Pos
	Err  error
}

// Error implements error.
func (e *RuleError) Error() string {
	at := e.Rule.Source.String()
	if e.At.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", e.Rule.Source.File, e.At.Line, e.At.Col)
	}
	return fmt.Sprintf("%s: rule %q: %v", at, e.Rule.Title, e.Err)
}

// Unwrap returns what is wrong with the rule.
func (e *RuleError) Unwrap() error { return e.Err }

// Compile makes a Set of rules; a rule's index in rules is its number.
// Disabled rules and rules without a condition or a table, which correlations
// are, keep their numbers and match nothing. The error joins a *RuleError for
// each rule that cannot be compiled.
func Compile(rules []*rule.Rule, opts Options) (*Set, error) {
	s := &Set{rules: rules, tables: map[event.Class]*table{}, opts: opts, whole: make([]int32, len(rules))}
	var trees []expr.Node
	var owners []int32 // of trees
	byTable := map[event.Class][]expr.Node{}
	for i, r := range rules {
		s.whole[i] = -1
		if r.Disabled || r.Expr == nil || r.Table == event.ClassNone {
			continue
		}
		t := s.tables[r.Table]
		if t == nil {
			t = &table{}
			s.tables[r.Table] = t
		}
		s.whole[i] = int32(len(trees))
		trees, owners = append(trees, r.Expr), append(owners, int32(i))
		j := judged{rule: int32(i), tree: s.whole[i], pending: readsField(r.Expr, isContextual)}
		if j.pending {
			j.tree = int32(len(trees))
			trees, owners = append(trees, assume(r.Expr, false)), append(owners, int32(i))
		}
		t.rules = append(t.rules, j)
		byTable[r.Table] = append(byTable[r.Table], trees[j.tree])
	}
	var err error
	if s.program, err = expr.NewProgram(trees, expr.Options{Lists: opts.Lists}); err != nil {
		return nil, ruleErrors(err, rules, owners)
	}
	for class, t := range s.tables {
		if t.index, err = candidates.Compile(byTable[class], opts.Lists); err != nil {
			return nil, err
		}
		for i := range t.rules {
			if t.index.Exact(int32(i)) {
				t.rules[i].tree = -1
			}
		}
	}
	return s, nil
}

// ruleErrors says of which rules the trees are that a program refused.
func ruleErrors(err error, rules []*rule.Rule, owners []int32) error {
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	seen := map[RuleError]bool{}
	var out []error
	for _, err := range list {
		var e *expr.Error
		if !errors.As(err, &e) || e.Tree < 0 {
			out = append(out, err)
			continue
		}
		re := RuleError{rules[owners[e.Tree]], e.At, &expr.Error{Tree: e.Tree, Name: e.Name, Err: e.Err}}
		if key := (RuleError{Rule: re.Rule, At: re.At}); !seen[key] {
			seen[key] = true
			out = append(out, &re)
		}
	}
	return errors.Join(out...)
}

// Rules returns what the set was compiled from. The caller must not change it.
func (s *Set) Rules() []*rule.Rule { return s.rules }
