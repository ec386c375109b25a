package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/bind"
	"github.com/lynceus-io/lynceus/kql/fn"
	"github.com/lynceus-io/lynceus/kql/sql"
)

// internal are functions that the binder uses for other syntax.
var internal = []string{".", "[]"}

func functionTable() (string, error) {
	other := map[string][]string{}
	aliases := fn.Aliases()
	for _, alias := range slices.Sorted(maps.Keys(aliases)) {
		other[aliases[alias]] = append(other[aliases[alias]], alias)
	}
	var b strings.Builder
	b.WriteString("| family | engine, where exact | always Go |\n|---|---|---|\n")
	for _, f := range fn.Families() {
		row(&b, f, other, sql.HasSQL)
	}
	row(&b, fn.Family{Title: "of names and tables", Names: bind.FunctionNames()}, nil, func(string) bool { return false })
	return b.String(), nil
}

func aggregateTable() (string, error) {
	var b strings.Builder
	b.WriteString("| family | engine, where exact | always Go |\n|---|---|---|\n")
	listed := map[string]bool{}
	for _, f := range fn.AggFamilies() {
		row(&b, f, nil, sql.AggHasSQL)
		for _, n := range f.Names {
			listed[n] = true
		}
	}
	parts := fn.Family{Title: "several at once, each a column of its own"}
	for _, n := range bind.MultiAggregateNames() {
		if !listed[n] {
			parts.Names = append(parts.Names, n)
		}
	}
	row(&b, parts, nil, func(string) bool { return false })
	return b.String(), nil
}

// row writes a family.
func row(b *strings.Builder, f fn.Family, other map[string][]string, hasSQL func(string) bool) {
	var in [2][]string
	for _, n := range f.Names {
		if slices.Contains(internal, n) {
			continue
		}
		text := "`" + strings.ReplaceAll(n, "|", "\\|") + "`"
		if also := other[n]; len(also) > 0 {
			text += " (`" + strings.Join(also, "`, `") + "`)"
		}
		i := 1
		if hasSQL(n) {
			i = 0
		}
		in[i] = append(in[i], text)
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", f.Title, strings.Join(in[0], " "), strings.Join(in[1], " "))
}

func columnTable() (string, error) {
	var exact, part []string
	for _, f := range event.Fields() {
		if f.Search.Has(event.SearchExact) {
			exact = append(exact, "`"+f.Name+"`")
		}
		if f.Search.Has(event.SearchPart) {
			part = append(part, "`"+f.Name+"`")
		}
	}
	return "| looked for | columns |\n|---|---|\n| by a whole value | " + strings.Join(exact, " ") + " |\n| by a part of the text | " + strings.Join(part, " ") + " |\n", nil
}
