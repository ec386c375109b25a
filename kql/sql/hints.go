package sql

import (
	"math"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// minContains is the shortest text that substring indexes can look for, in
// bytes: they hold 4-grams.
const minContains = 4

// hint notes on the scan what must hold for a row that satisfies c.
func (w *writer) hint(s *Scan, c plan.Expr, cols []expr) {
	call, ok := c.(*plan.Call)
	if s == nil || !ok || len(call.Args) < 2 || w.hintDocument(s, call, cols) {
		return
	}
	x, ok := column(call.Args[0], cols)
	op := call.Fn.Name
	rest := call.Args[1:]
	if !ok {
		if x, ok = column(call.Args[1], cols); !ok || turned[sqlOps[op]] == "" {
			return
		}
		rest = call.Args[:1]
		op = turnedOps[op]
	}
	items, ok := constExprs(rest)
	if !ok {
		return
	}
	switch {
	case x.typ == value.TypeDatetime && x.column == timeColumn:
		s.hintTime(op, items)
	case x.typ == value.TypeString:
		s.hintText(x.column, op, items)
	}
}

var (
	sqlOps    = map[string]string{"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "=~": "="}
	turnedOps = map[string]string{"==": "==", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "=~": "=~"}
)

// column returns the stored column that e is.
func column(e plan.Expr, cols []expr) (expr, bool) {
	c, ok := e.(*plan.Col)
	if !ok || cols[c.Index].column == "" {
		return expr{}, false
	}
	return cols[c.Index], true
}

func constExprs(es []plan.Expr) ([]value.Value, bool) {
	args := make([]expr, len(es))
	for i, e := range es {
		c, ok := e.(*plan.Const)
		if !ok {
			return nil, false
		}
		args[i] = expr{typ: c.Value.Type, konst: &c.Value}
	}
	return constants(args)
}

// hintTime narrows the bounds of the time: nanoseconds, while constants are
// ticks of 100.
func (s *Scan) hintTime(op string, items []value.Value) {
	for _, v := range items {
		if v.Null {
			return
		}
	}
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	switch op {
	case "==":
		from, to = nanos(items[0].Int), nanos(items[0].Int)
	case "<", "<=":
		to = nanos(items[0].Int)
	case ">", ">=":
		from = nanos(items[0].Int)
	case "between":
		from, to = nanos(items[0].Int), nanos(items[1].Int)
		if items[1].Type == value.TypeTimespan {
			to = nanos(items[0].Int + items[1].Int)
		}
	}
	if to != math.MaxInt64 {
		to += 99 // the tick's last nanosecond
	}
	s.From, s.To = max(s.From, from), min(s.To, to)
}

// nanos turns ticks into nanoseconds, at most those an int64 has.
func nanos(ticks int64) int64 {
	if ticks > (math.MaxInt64-99)/100 {
		return math.MaxInt64
	}
	if ticks < math.MinInt64/100 {
		return math.MinInt64
	}
	return ticks * 100
}

func (s *Scan) hintText(column, op string, items []value.Value) {
	texts := make([]string, len(items))
	for i, v := range items {
		if v.Type != value.TypeString {
			return
		}
		texts[i] = v.Text
	}
	switch op {
	case "==", "in":
		s.Equal = append(s.Equal, Equal{Column: column, Values: texts})
	case "=~", "in~":
		for i := range texts {
			texts[i] = value.Fold(texts[i])
		}
		s.Equal = append(s.Equal, Equal{Column: column, Values: texts, Fold: true})
	case "has_all":
		for _, t := range texts {
			s.hintContains(column, value.Fold(t))
		}
	case "matches regex":
		s.hintContains(column, value.Fold(requiredLiteral(texts[0])))
	default:
		op = strings.TrimSuffix(op, "_cs")
		if len(texts) == 1 && slices.Contains([]string{"has", "hasprefix", "hassuffix", "contains", "startswith", "endswith"}, op) {
			s.hintContains(column, value.Fold(texts[0]))
		}
	}
}

func (s *Scan) hintContains(column, text string) {
	if len(text) >= minContains {
		s.Contains = append(s.Contains, Contains{Column: column, Text: text})
	}
}

// hintDocument notes what text a document has of which a value is asked
// something; false where none is.
func (w *writer) hintDocument(s *Scan, call *plan.Call, cols []expr) bool {
	x, ok := w.operand(textOf(call.Args[0]), cols)
	if !ok || x.json.text != ident(rawColumn) {
		return false
	}
	items, ok := constExprs(call.Args[1:])
	op := call.Fn.Name
	if !ok || len(items) != 1 || items[0].Type != value.TypeString || !slices.Contains(wanting, op) {
		return true
	}
	s.hintContains(rawColumn, unescaped(value.Fold(items[0].Text)))
	return true
}
