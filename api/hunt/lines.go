package hunt

import (
	"encoding/json"
	"fmt"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// AnswerSchema names the form of an answer.
const AnswerSchema = "lynceus.answer/v1"

// The types of the lines in which an answer is sent.
const (
	LineHeader   = "header"
	LineRows     = "rows"
	LineProgress = "progress"
	LineTrailer  = "trailer"
)

// ColumnDocument is a column as documents have it.
type ColumnDocument struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// HeaderLine is the first line of an answer.
type HeaderLine struct {
	Type    string           `json:"type"`
	Schema  string           `json:"schema"`
	Columns []ColumnDocument `json:"columns"`
	Render  *Render          `json:"render,omitempty"`
}

// RowsLine holds rows, each as AppendRow writes it.
type RowsLine struct {
	Type string              `json:"type"`
	Rows [][]json.RawMessage `json:"rows"`
}

// ProgressLine says how far an answer has come.
type ProgressLine struct {
	Type string `json:"type"`
	Progress
}

// TrailerLine is the last line. Without it an answer is not whole.
type TrailerLine struct {
	Type  string   `json:"type"`
	Stats Progress `json:"stats"`
	Notes []string `json:"notes"`
	// Coverage says what is missing of the time and the tables that the answer is from; nil where nothing can be said.
	Coverage *coverage.Statement `json:"coverage,omitempty"`
	// Error is why the answer is not whole; nil where it is.
	Error *problem.Problem `json:"error,omitempty"`
}

// NewHeader returns the first line of an answer.
func NewHeader(cols []plan.Column, r Render) HeaderLine {
	h := HeaderLine{Type: LineHeader, Schema: AnswerSchema, Columns: Columns(cols)}
	if r.Kind != "" {
		h.Render = &r
	}
	return h
}

// Columns returns columns as documents have them.
func Columns(cols []plan.Column) []ColumnDocument {
	out := make([]ColumnDocument, len(cols))
	for i, c := range cols {
		out[i] = ColumnDocument{c.Name, c.Type.String()}
	}
	return out
}

// PlanColumns reads the columns of a document.
func PlanColumns(docs []ColumnDocument) ([]plan.Column, error) {
	out := make([]plan.Column, len(docs))
	for i, d := range docs {
		t, ok := value.ParseType(d.Type)
		if !ok {
			return nil, fmt.Errorf("column %q is of type %q, which is not known: the server may be newer", d.Name, d.Type)
		}
		out[i] = plan.Column{Name: d.Name, Type: t}
	}
	return out, nil
}

// ReadRows reads the rows of a line.
func (l *RowsLine) ReadRows(cols []plan.Column, each func([]value.Value) error) error {
	row := make([]value.Value, len(cols))
	for _, parts := range l.Rows {
		if err := readParts(parts, cols, row); err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}
