package syntax

import (
	"maps"
	"slices"
)

// operators are the steps that Lynceus runs. Each reads what follows its
// name; start is where that stands.
func operators() map[string]func(p *parser, start int) Operator {
	return map[string]func(p *parser, start int) Operator{
		"as":              (*parser).as,
		"count":           (*parser).count,
		"distinct":        (*parser).distinct,
		"extend":          (*parser).extend,
		"filter":          (*parser).where,
		"invoke":          (*parser).invoke,
		"join":            (*parser).join,
		"limit":           (*parser).takeOp,
		"lookup":          (*parser).lookup,
		"mv-apply":        (*parser).mvApply,
		"mv-expand":       (*parser).mvExpand,
		"mvapply":         (*parser).mvApply,
		"mvexpand":        (*parser).mvExpand,
		"order":           (*parser).sort,
		"parse":           (*parser).parse,
		"parse-where":     (*parser).parseWhere,
		"print":           (*parser).print,
		"project":         (*parser).project,
		"project-away":    (*parser).projectAway,
		"project-keep":    (*parser).projectKeep,
		"project-rename":  (*parser).projectRename,
		"project-reorder": (*parser).projectReorder,
		"range":           (*parser).rangeOp,
		"render":          (*parser).render,
		"search":          (*parser).searchOp,
		"serialize":       (*parser).serialize,
		"sort":            (*parser).sort,
		"summarize":       (*parser).summarize,
		"take":            (*parser).takeOp,
		"top":             (*parser).top,
		"union":           (*parser).union,
		"where":           (*parser).where,
	}
}

// OperatorNames returns the names of the operators that Lynceus runs, in
// order.
func OperatorNames() []string { return slices.Sorted(maps.Keys(operators())) }

// otherOperators are the operators of the language that Lynceus does not run,
// each with the nearest one that it does, or "".
var otherOperators = map[string]string{
	"assert-schema": "", "consume": "", "evaluate": "", "execute-and-cache": "", "externaldata": "", "facet": "summarize", "find": "search", "fork": "union",
	"getschema": "", "graph-mark-components": "", "graph-match": "join", "graph-merge": "", "graph-shortest-paths": "", "graph-to-table": "",
	"macro-expand": "union", "make-graph": "join", "make-series": "summarize with bin()", "parse-kv": "extend with extract()", "partition": "summarize",
	"partition-by": "summarize", "project-by-names": "project", "project-smart": "project", "reduce": "summarize", "sample": "take", "sample-distinct": "distinct",
	"scan": "sort and join", "top-hitters": "summarize and top", "top-nested": "summarize and top",
}

// OtherOperators returns the operators of the language that Lynceus does not
// run, each with the nearest one that it does, or "".
func OtherOperators() map[string]string { return maps.Clone(otherOperators) }

// Other is an operator that Lynceus does not run.
type Other struct {
	Span
	Name string
	Near string // what comes near and does run, or ""
	Text string // with its name
}

func (*Other) operator() {}

func (o *Other) write(w *printer) { w.text(o.Text) }

// tabular reads an expression and the pipeline that follows it.
func (p *parser) tabular() Expr {
	start := p.tok().Start
	pipe := &Pipe{}
	if p.sourceAhead() {
		if !p.enter() {
			return p.missing()
		}
		p.step(pipe)
		p.leave()
	} else {
		x := p.expr()
		if !p.tok().is("|") {
			return x
		}
		pipe.Source = x
	}
	for n := 0; p.tok().is("|") && p.chain(n); n++ {
		p.take()
		p.step(pipe)
	}
	pipe.Span = p.since(start)
	return pipe
}

// subquery reads a pipeline without a source.
func (p *parser) subquery() *Pipe {
	start := p.tok().Start
	pipe := &Pipe{}
	p.step(pipe)
	for n := 0; p.tok().is("|") && p.chain(n); n++ {
		p.take()
		p.step(pipe)
	}
	pipe.Span = p.since(start)
	return pipe
}

// sourceAhead reports whether an operator that makes its own rows is next.
func (p *parser) sourceAhead() bool {
	t, u := p.tok(), p.ahead(1)
	if t.kind != tName || u.is("=") || u.is(".") || u.is("|") {
		return false
	}
	switch t.text {
	case "print", "union", "search":
		return true
	case "range", "evaluate":
		return u.kind == tName
	case "find":
		return u.word("in") || u.word("where") || u.word("withsource")
	}
	return false
}

// step reads one operator into the pipe.
func (p *parser) step(pipe *Pipe) {
	search := p.search
	p.search = false
	defer func() { p.search = search }()
	first := p.tok()
	if first.kind != tName {
		p.unexpected("an operator")
		p.skipTo("|", ";")
		return
	}
	name := p.operatorName()
	read, known := operators()[name]
	if !known {
		if near, other := otherOperators[name]; other {
			p.skipTo("|", ";")
			at := p.since(first.Start)
			pipe.Ops = append(pipe.Ops, &Other{at, name, near, p.text[at.Start:at.End]})
			return
		}
		p.report(p.since(first.Start), DidYouMean(name, OperatorNames()), "there is no operator %s", name)
		p.skipTo("|", ";")
		return
	}
	if !p.enter() {
		return
	}
	pipe.Ops = append(pipe.Ops, read(p, first.Start))
	p.leave()
	switch t := p.tok(); {
	case t.kind == tEOF, t.is("|"), t.is(";"), t.is(")"), t.is("}"), t.is("]"), t.is(",") && p.depth > 0:
	default:
		if !p.r.Failed() {
			p.report(t.Span, "", "unexpected %s after %s", p.found(), name)
		}
		p.skipTo("|", ";")
	}
}

// operatorName reads a name with hyphens in it.
func (p *parser) operatorName() string {
	t := p.take()
	name := t.text
	for p.tok().is("-") && t.touches(p.tok()) && p.ahead(1).kind == tName && p.tok().touches(p.ahead(1)) {
		p.take()
		t = p.take()
		name += "-" + t.text
	}
	return name
}

// options reads name=value pairs: the allowed ones and hints.
func (p *parser) options(allowed ...string) []*Option {
	var out []*Option
	for {
		t := p.tok()
		hint := t.word("hint") && p.ahead(1).is(".")
		if t.kind != tName || !hint && (!p.ahead(1).is("=") || !slices.Contains(allowed, t.text)) {
			return out
		}
		o := &Option{Name: p.dotted("an option").Text}
		if p.expect("=", "after "+o.Name) {
			if p.nameAhead() && !booleans[p.tok().text] {
				o.Value = p.dotted("a value")
			} else {
				o.Value = p.unary()
			}
		}
		o.Span = p.since(t.Start)
		out = append(out, o)
	}
}

// namedList reads expressions with their names, separated by commas.
func (p *parser) namedList() []*NamedExpr {
	var out []*NamedExpr
	for {
		out = append(out, p.namedExpr())
		if !p.accept(",") {
			return out
		}
	}
}

func (p *parser) namedExpr() *NamedExpr {
	start := p.tok().Start
	e := &NamedExpr{Names: p.targetNames()}
	e.X = p.expr()
	e.Span = p.since(start)
	return e
}

// targetNames reads "name =" or "(name, name) =", if that is what comes.
func (p *parser) targetNames() []*Name {
	at := p.at
	var out []*Name
	switch {
	case p.nameAhead():
		out = []*Name{p.dotted("")}
	case p.accept("("):
		for p.nameAhead() {
			out = append(out, p.dotted(""))
			if !p.accept(",") {
				break
			}
		}
		if len(out) == 0 || !p.accept(")") {
			p.at = at
			return nil
		}
	}
	if len(out) == 0 || !p.accept("=") {
		p.at = at
		return nil
	}
	return out
}

// sortKeys reads expressions to sort by.
func (p *parser) sortKeys() []*SortKey {
	var out []*SortKey
	for {
		start := p.tok().Start
		k := &SortKey{X: p.expr()}
		if t := p.tok(); t.word("asc") || t.word("desc") {
			k.Order = p.take().text
		}
		if p.acceptWord("nulls") {
			if t := p.tok(); t.word("first") || t.word("last") {
				k.Nulls = p.take().text
			} else {
				p.unexpected("first or last after nulls")
			}
		}
		k.Span = p.since(start)
		out = append(out, k)
		if !p.accept(",") {
			return out
		}
	}
}

// pattern reads the name of a column or table in which * may stand.
func (p *parser) pattern(what string) Expr {
	t := p.tok()
	if t.is("[") {
		return p.name(what)
	}
	s, star := "", false
	for u := t; u.kind == tName || u.kind == tLong || u.is("*") || u.is(".") && s != ""; u = p.tok() {
		if s != "" && !p.toks[p.at-1].touches(u) {
			break
		}
		star = star || u.is("*")
		s += p.take().text
	}
	at := p.since(t.Start)
	switch {
	case s == "":
		p.unexpected("%s", what)
		return p.missing()
	case s == "*":
		return &Star{at}
	case star:
		return &Wildcard{at, s}
	}
	return &Name{at, s}
}

// patterns reads several, separated by commas.
func (p *parser) patterns(what string) []Expr {
	var out []Expr
	for {
		out = append(out, p.pattern(what))
		if !p.accept(",") {
			return out
		}
	}
}
