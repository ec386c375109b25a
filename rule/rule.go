// Package rule holds what a detection rule is, whatever language it was
// written in. A Rule is plain data with positions: it can be printed and
// compared. Package rule/sigma reads Sigma documents into it; package detect
// compiles it.
package rule

import (
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
)

// Rule is one detection.
type Rule struct {
	ID    string // as the file says, or made of file and title when it has none
	Title string
	// Name is what correlations refer to the rule by, besides ID.
	Name           string
	Description    string
	Status         string
	Author         string
	License        string
	Date, Modified string // as written
	References     []string
	FalsePositives []string
	Tags           []string // as written, such as "attack.t1552.007"
	Fields         []string // fields worth showing with a match, as written
	Severity       Severity
	LogSource      LogSource
	// Vocabulary is the category or service under which the field registry
	// lists the names that the rule uses ("audit", "process_creation"); ""
	// means that every name is a path in the source's document.
	Vocabulary string
	// Names are what the rule's own names of fields mean, where its language
	// has other names than the registry lists; nil for none.
	Names map[string]event.Ref
	// Terms are what those of Names stand for that are computed, of the field
	// in Names and of others.
	Terms map[string]*expr.Term
	// Output is what an alert of the rule says, where its author wrote that;
	// the names in it are among Fields.
	Output Template
	// Priority is the author's own word for the severity, where the language
	// has others than Sigma: Falco's "Notice". A rule with one is as severe
	// for failed requests as for others.
	Priority string
	// Feed is the author's own word for where events come from: Falco's
	// "k8s_audit".
	Feed string
	// Table is the table whose rows the rule is judged on; event.ClassNone
	// for a correlation.
	Table event.Class
	// Expr is the whole condition; nil for a correlation.
	Expr expr.Node
	// Selections are the named parts of the condition, to which the lynceus
	// block can refer.
	Selections map[string]expr.Node
	// Filters are the titles of the filters that Expr includes.
	Filters []string
	// Correlation is set instead of Expr.
	Correlation *Correlation
	// Ext is the lynceus block; nil when the document has none.
	Ext    *Extension
	Source Source
	// Disabled rules are loaded and listed but not run.
	Disabled bool
	// Silent rules only feed correlations: they make no finding of their own.
	Silent bool
}

// Resolve finds what the rule means by a field's name: what Names says, or,
// where the rule has none of its own, what the registry lists
// for its log source, then Lynceus' own names. ok is false when the name means
// nothing there. Correlations have no names of their own: ask the rules they
// refer to.
func (r *Rule) Resolve(name string) (ref event.Ref, ok bool) {
	if ref, ok = r.Names[name]; ok || r.Names != nil {
		return ref, ok
	}
	if r.Vocabulary == "" {
		return event.Ref{Path: name}, name != ""
	}
	return event.ResolveSigma(r.Table, r.Vocabulary, name)
}

// Source is where a rule stands.
type Source struct {
	File string // path as it was given; "builtin/..." for the packs inside the binary
	Line int    // of the document's first line, from 1
	Text string // of the rule as it stands there, without what is before and after it
}

// String returns file:line.
func (s Source) String() string { return fmt.Sprintf("%s:%d", s.File, s.Line) }

// LogSource is Sigma's statement of which logs a rule reads.
type LogSource struct {
	Category, Product, Service string
}

// String returns the parts that are set, such as "product=kubernetes service=audit".
func (l LogSource) String() string {
	s := ""
	for _, p := range [...]struct{ k, v string }{{"category", l.Category}, {"product", l.Product}, {"service", l.Service}} {
		if p.v == "" {
			continue
		}
		if s != "" {
			s += " "
		}
		s += p.k + "=" + p.v
	}
	return s
}

// CorrelationType is how matches of other rules are joined.
type CorrelationType string

// The correlation types of Sigma 2.1.
const (
	EventCount      CorrelationType = "event_count"
	ValueCount      CorrelationType = "value_count"
	Temporal        CorrelationType = "temporal"
	TemporalOrdered CorrelationType = "temporal_ordered"
	ValueSum        CorrelationType = "value_sum"
	ValueAvg        CorrelationType = "value_avg"
	ValuePercentile CorrelationType = "value_percentile"
	ValueMedian     CorrelationType = "value_median"
)

// Correlation joins matches of other rules in time.
type Correlation struct {
	At   expr.Pos
	Type CorrelationType
	// Rules are the ids of the referred rules, in order.
	Rules []string
	// GroupBy are fields or aliases whose values must agree.
	GroupBy []string
	// Aliases maps an alias to the field that means it in each rule, by the
	// rule's id.
	Aliases map[string]map[string]string
	// Timespan is the width of the window.
	Timespan time.Duration
	// Conditions must all hold of the counted number (event_count,
	// value_count, value_*); for temporal types it may be empty.
	Conditions []Comparison
	// Condition is the extended condition of a temporal correlation, such as
	// "a and (b or c)": a tree of And, Or and Not whose leaves are Preds with
	// OpExists and the id of one of Rules as Name, true when that rule
	// matched. Nil means all of Rules.
	Condition expr.Node
	// Field is what value_* count or compute on; several fields are taken
	// together as one value.
	Field []string
	// Percentile of value_percentile, 0 to 100.
	Percentile float64
	// Generate says that the referred rules make findings of their own too.
	Generate bool
	// Absent are the ids of those of Rules that must not have matched (lynceus block):
	// within Timespan before the others when they stand before, after when
	// they stand after them.
	Absent []string
}

// Comparison is one side of a numeric condition.
type Comparison struct {
	Op    expr.Op // OpEq, OpLt, OpLe, OpGt or OpGe
	Neq   bool    // with OpEq: not equal
	Value float64
}

// Distinct returns the first rule of each id: a rule that reads several tables
// is several Rules of one id.
func Distinct(list []*Rule) []*Rule {
	seen := make(map[string]bool, len(list))
	var out []*Rule
	for _, r := range list {
		if !seen[r.ID] {
			seen[r.ID] = true
			out = append(out, r)
		}
	}
	return out
}
