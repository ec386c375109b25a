package api

import (
	"net/http"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/bind"
)

// Place is a place of a query, an offset in bytes.
type Place struct {
	Query  string `json:"query"`
	Offset int    `json:"offset"`
}

// Completions are what can stand at a place; From and To, in bytes, are what
// each of them replaces.
type Completions struct {
	From        int          `json:"from"`
	To          int          `json:"to"`
	Completions []Completion `json:"completions"`
}

// Completion is one of them.
type Completion struct {
	Kind   string `json:"kind"`
	Text   string `json:"text"`
	Detail string `json:"detail"`
}

// completionKinds are the kinds by their names.
var completionKinds = map[bind.CompletionKind]string{
	bind.CompleteColumn: "column", bind.CompleteTable: "table", bind.CompleteVariable: "variable",
	bind.CompleteOperator: "operator", bind.CompleteFunction: "function", bind.CompleteAggregate: "aggregate",
}

// complete reads nothing of the store: what there can be in a query is the
// same for everybody.
func (c *call) complete() error {
	var in Place
	if err := c.body(&in); err != nil {
		return err
	}
	switch {
	case len(in.Query) > maxQuery:
		return problem.New(problem.TooLarge, "the query is longer than %d bytes", maxQuery)
	case in.Offset < 0 || in.Offset > len(in.Query):
		return problem.New(problem.BadRequest, "offset: %d is no place of a text of %d bytes", in.Offset, len(in.Query))
	}
	out := Completions{From: in.Offset, To: in.Offset, Completions: []Completion{}}
	for i, found := range bind.Complete(in.Query, in.Offset, bind.Registry()) {
		if i == 0 {
			out.From, out.To = found.Replace.Start, found.Replace.End
		}
		out.Completions = append(out.Completions, Completion{completionKinds[found.Kind], found.Text, found.Detail})
	}
	return c.json(http.StatusOK, out)
}
