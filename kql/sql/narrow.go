package sql

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/kql/value"
)

// narrow chooses the first rows of a scan by its stored columns alone where
// values of documents and lists are computed: DuckDB would compute them for
// every row before it chooses.
func (w *writer) narrow(r *relation) *relation {
	if w.d != DuckDB || r.limit < 0 || r.scan == nil || len(r.scan.Columns) == 0 || r.from != scanMark(w.scanIndex(r.scan)) {
		return r
	}
	if !slices.ContainsFunc(r.cols, func(c expr) bool { return c.typ == value.TypeDynamic }) {
		return r
	}
	names := make([]string, len(r.scan.Columns))
	for i, c := range r.scan.Columns {
		names[i] = ident(c)
	}
	var b strings.Builder
	b.WriteString("(SELECT " + strings.Join(names, ", "))
	w.tail(&b, r, true)
	b.WriteString(")")
	out := *r
	out.from, out.where, out.limit = b.String(), nil, -1
	if out.order == nil {
		out.order = r.limitBy
	}
	out.limitBy = nil
	return &out
}
