package api

import (
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/value"
)

// csvForm is an answer as RFC 4180 has it. It cannot say that it broke off,
// so the connection is broken off with it.
type csvForm struct {
	w    *lineWriter
	line []byte
}

func (e *csvForm) head(a hunt.Answer) error {
	e.line = hunt.AppendCSVHeader(e.line[:0], a.Columns())
	e.w.buf.Write(e.line)
	return nil
}

func (e *csvForm) row(row []value.Value) error {
	e.line = hunt.AppendCSV(e.line[:0], row)
	e.w.buf.Write(e.line)
	return nil
}

func (e *csvForm) progress(hunt.Progress) error { return nil }

func (e *csvForm) end(_ hunt.Answer, failed *problem.Problem) error {
	if failed != nil {
		return errAbort
	}
	return nil
}
