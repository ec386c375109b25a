package api

import (
	"encoding/json"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// jsonForm is an answer as one document, for clients that do not read lines.
// It is written as the rows come: the members after them say whether they are
// all.
type jsonForm struct {
	w    *lineWriter
	some bool
	line []byte
}

// member writes `"name":value` and what follows it.
func (e *jsonForm) member(name string, v any, after string) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	e.w.buf.WriteString(`"` + name + `":`)
	e.w.buf.Write(b)
	e.w.buf.WriteString(after)
	return nil
}

func (e *jsonForm) head(a hunt.Answer) error {
	e.w.buf.WriteString(`{"schema":"` + hunt.AnswerSchema + `",`)
	if r := a.Render(); r.Kind != "" {
		if err := e.member("render", r, ","); err != nil {
			return err
		}
	}
	return e.member("columns", hunt.Columns(a.Columns()), `,"rows":[`)
}

func (e *jsonForm) row(row []value.Value) error {
	if e.some {
		e.w.buf.WriteByte(',')
	}
	e.some = true
	e.line = hunt.AppendRow(e.line[:0], row)
	e.w.buf.Write(e.line)
	return nil
}

func (e *jsonForm) progress(hunt.Progress) error { return nil }

func (e *jsonForm) end(a hunt.Answer, failed *problem.Problem) error {
	e.w.buf.WriteString("],")
	if err := e.member("stats", a.Progress(), ","); err != nil {
		return err
	}
	if failed != nil {
		if err := e.member("error", failed, ","); err != nil {
			return err
		}
	}
	if s := hunt.CoverageOf(a); s != nil {
		if err := e.member("coverage", s, ","); err != nil {
			return err
		}
	}
	return e.member("notes", nonNil(a.Notes()), "}\n")
}
