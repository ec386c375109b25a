package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

// sample is T in the queries of operators: columns that every engine keeps as
// they are.
const sample = "let T = audit | project time, metadata.uid, actor.user.name, http_request.url.path; "

// operator is a row of the table: how an operator is written, what it does,
// and a query of which it is the last step, by which it is seen where it runs.
type operator struct {
	form, does, query string
}

// operators are those of syntax.OperatorNames; a name that only means another
// one has "" for form.
var operators = map[string]operator{
	"as":              {"as NAME", "gives the rows so far a name, for what follows", "T | as a"},
	"count":           {"count", "one row: how many there are", "T | count"},
	"distinct":        {"distinct *\\|COLUMNS", "the different rows of these columns", "T | distinct actor.user.name"},
	"extend":          {"extend [NAME =] VALUE, ...", "adds columns, or replaces those of the same name", "T | extend n = strlen(actor.user.name)"},
	"filter":          {does: "where"},
	"invoke":          {"invoke FUNCTION(ARGUMENTS)", "puts the rows through a function whose first parameter is a table", "let f = (T:(time:datetime)) { T | count }; T | invoke f()"},
	"join":            {"join [kind=KIND] (TABLE) on KEY, $left.A == $right.B", "innerunique (the default), inner, leftouter, rightouter, fullouter, leftsemi, rightsemi, leftanti, rightanti", "T | join kind=inner (finding | project actor.user.name, severity) on actor.user.name"},
	"limit":           {does: "take"},
	"lookup":          {"lookup [kind=leftouter\\|inner] (TABLE) on KEY", "adds the columns of a small table", "T | lookup (finding | project actor.user.name, severity) on actor.user.name"},
	"mv-apply":        {"mv-apply NAME = LIST on (where ... \\| extend ...)", "expands lists, and filters and computes on their elements", "audit | mv-apply ip = audit.source_ips to typeof(string) on (where ip != '')"},
	"mv-expand":       {"mv-expand [NAME =] LIST [to typeof(TYPE)] [limit N]", "one row for each element of a list", "audit | mv-expand audit.source_ips to typeof(string)"},
	"mvapply":         {does: "mv-apply"},
	"mvexpand":        {does: "mv-expand"},
	"order":           {does: "sort"},
	"parse":           {"parse [kind=simple\\|regex\\|relaxed] TEXT with * \"literal\" NAME:TYPE ...", "columns out of a text; null or empty where it does not fit", "T | parse http_request.url.path with '/api/' version:string '/' *"},
	"parse-where":     {"parse-where TEXT with ...", "as parse, and only the rows that fit", "T | parse-where http_request.url.path with '/api/' version:string '/' *"},
	"print":           {"print [NAME =] VALUE, ...", "one row of values", "print x = 1"},
	"project":         {"project [NAME =] VALUE, ...", "these columns only", "audit | project time, actor.user.name"},
	"project-away":    {"project-away COLUMNS", "all but these; * stands for any characters", "T | project-away time"},
	"project-keep":    {"project-keep COLUMNS", "these only, in the order they have", "T | project-keep time, actor.*"},
	"project-rename":  {"project-rename NEW = OLD, ...", "other names", "T | project-rename who = actor.user.name"},
	"project-reorder": {"project-reorder COLUMNS [asc\\|desc]", "these first", "T | project-reorder actor.user.name, *"},
	"range":           {"range NAME from FIRST to LAST step STEP", "a row for each value; the first step of a query", "range n from 1 to 3 step 1"},
	"render":          {"render KIND [with (title=..., xcolumn=..., ycolumns=..., series=...)]", "how the answer is to be drawn, last in a query", "T | summarize count() by bin(time, 1h) | render timechart"},
	"search":          {"search [kind=case_sensitive] [in (TABLES)] CONDITION", "rows with a word in any column of text; COLUMN:\"word\" looks in one", "T | search 'jane'"},
	"serialize":       {"serialize [NAME = VALUE, ...]", "says that the order of the rows counts; also as extend", "T | sort by time asc | serialize"},
	"sort":            {"sort by VALUE [asc\\|desc] [nulls first\\|last], ...", "descending unless asc is written", "T | sort by time desc"},
	"summarize":       {"summarize [NAME =] AGGREGATE, ... by [NAME =] VALUE, ...", "one row for each group", "T | summarize count() by actor.user.name"},
	"take":            {"take N", "N rows: the first in the order of a sort before it, else the earliest by (time, metadata.uid)", "T | take 10"},
	"top":             {"top N by VALUE [asc\\|desc] [nulls first\\|last]", "the first N in that order", "T | top 10 by time desc"},
	"union":           {"union [kind=outer\\|inner] [withsource=NAME] TABLES", "the rows of several tables", "union (T), (finding | project time, actor.user.name)"},
	"where":           {"where CONDITION", "the rows for which it is true", "T | where actor.user.name == 'jane'"},
}

func operatorTable() (string, error) {
	var b strings.Builder
	b.WriteString("| operator | what it does | runs in |\n|---|---|---|\n")
	names := syntax.OperatorNames()
	for name := range operators {
		if !slices.Contains(names, name) {
			return "", fmt.Errorf("there is no operator %s", name)
		}
	}
	for _, name := range names {
		o, ok := operators[name]
		switch {
		case !ok:
			return "", fmt.Errorf("say what the operator %s does", name)
		case o.form == "":
			fmt.Fprintf(&b, "| `%s` | the same as `%s` | |\n", name, o.does)
			continue
		}
		where, err := place(o.query)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.form, o.does, where)
	}
	return b.String(), nil
}

// place says where the last step of a query runs.
func place(text string) (string, error) {
	q, err := kql.Compile(sample+text, kql.Options{})
	if err != nil {
		return "", fmt.Errorf("%s: %w", text, err)
	}
	var in [2]bool
	for i, d := range []sql.Dialect{sql.DuckDB, sql.ClickHouse} {
		node := q.Plan()
		if r, ok := node.(*plan.Render); ok {
			node = r.In
		}
		rest, stmts := sql.Split(node, d)
		_, whole := rest.(*plan.Remote)
		in[i] = whole && len(stmts) > 0
	}
	switch in {
	case [2]bool{true, true}:
		return "engine", nil
	case [2]bool{true, false}:
		return "DuckDB; Go for ClickHouse", nil
	case [2]bool{false, true}:
		return "ClickHouse; Go for DuckDB", nil
	}
	return "Go", nil
}

func otherTable() (string, error) {
	var b strings.Builder
	b.WriteString("| operator | nearest |\n|---|---|\n")
	other := syntax.OtherOperators()
	for _, name := range slices.Sorted(maps.Keys(other)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, cmp.Or(other[name], "none"))
	}
	return b.String(), nil
}
