package api

import (
	"encoding/json"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// ndjson is an answer as lines of JSON: a header with the columns, rows and
// progress as they come, and a trailer, whose absence says that the answer
// broke off.
type ndjson struct {
	w    *lineWriter
	rows int // in the line that is open
	line []byte
}

// maxLineRows bounds the rows of one line.
const maxLineRows = 1000

func (e *ndjson) write(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	e.w.buf.Write(append(b, '\n'))
	return nil
}

func (e *ndjson) head(a hunt.Answer) error {
	return e.write(hunt.NewHeader(a.Columns(), a.Render()))
}

func (e *ndjson) row(row []value.Value) error {
	if e.rows == 0 {
		e.w.buf.WriteString(`{"type":"rows","rows":[`)
	} else {
		e.w.buf.WriteByte(',')
	}
	e.line = hunt.AppendRow(e.line[:0], row)
	e.w.buf.Write(e.line)
	if e.rows++; e.rows == maxLineRows || e.w.full() {
		e.closeRows()
	}
	return nil
}

func (e *ndjson) closeRows() {
	if e.rows > 0 {
		e.w.buf.WriteString("]}\n")
		e.rows = 0
	}
}

func (e *ndjson) progress(p hunt.Progress) error {
	e.closeRows()
	return e.write(hunt.ProgressLine{Type: hunt.LineProgress, Progress: p})
}

func (e *ndjson) end(a hunt.Answer, failed *problem.Problem) error {
	e.closeRows()
	return e.write(hunt.TrailerLine{Type: hunt.LineTrailer, Stats: a.Progress(), Notes: nonNil(a.Notes()), Coverage: hunt.CoverageOf(a), Error: failed})
}
