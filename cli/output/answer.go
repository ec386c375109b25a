package output

import (
	"fmt"
	"io"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// AnswerWriter writes the rows of an answer in one form. It is for one
// goroutine.
type AnswerWriter interface {
	// Begin comes first.
	Begin(cols []plan.Column, render hunt.Render) error
	// Row comes for every row; the row is valid until Row returns.
	Row(row []value.Value) error
	// End comes last, for an answer that is whole.
	End() error
}

// AnswerForms returns the names of the forms, as help tells them.
func AnswerForms() []string { return []string{"table", "json", "csv", "parquet", "chart"} }

// NewAnswerWriter returns a writer of the form of that name.
func NewAnswerWriter(form string, w io.Writer, o TextOptions) (AnswerWriter, error) {
	switch form {
	case "table":
		return newTable(w, o), nil
	case "json":
		return &jsonRows{w: w}, nil
	case "csv":
		return &csvRows{w: w}, nil
	case "parquet":
		return &parquetRows{w: w}, nil
	case "chart":
		return &chartRows{w: w, o: o}, nil
	}
	return nil, fmt.Errorf("%q is none of the forms of an answer", form)
}
