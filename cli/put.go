package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/evidence"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/kql/value"
)

// put puts a question and writes the answer, as flags say. It returns how
// many rows came.
func (a *app) put(ctx context.Context, src *source, f *queryFlags, r hunt.Request) (rows int64, err error) {
	if f.explain {
		text, err := src.Explain(ctx, r)
		if err != nil {
			return 0, err
		}
		_, err = io.WriteString(a.stdout, output.CleanLines(strings.TrimRight(text, "\n"))+"\n")
		return 0, err
	}
	show := a.newQueryProgress(f.quiet)
	defer show.end()
	answer, err := src.Query(ctx, r)
	if err != nil {
		return 0, err
	}
	defer answer.Close()
	show.watch(answer)
	w, done, err := a.writing(f, show)
	if err != nil {
		return 0, err
	}
	var proof *evidence.Writer
	if f.evidence != "" {
		proof = evidence.NewWriter()
	}
	rows, err = copyRows(answer, w, proof)
	show.end()
	if closeErr := done(err == nil); err == nil {
		err = closeErr
	}
	for _, n := range answer.Notes() {
		a.say("note: " + n)
	}
	if !f.quiet {
		a.tellCoverage(hunt.CoverageOf(answer), f.color.mode())
	}
	if err != nil {
		return rows, a.broken(ctx, rows, err)
	}
	a.summary(f.quiet, answer.Progress(), rows)
	if proof == nil {
		return rows, nil
	}
	return rows, a.prove(ctx, src, f, r, answer, proof)
}

// broken says that an answer is not whole.
func (a *app) broken(ctx context.Context, rows int64, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("cancelled after %s; the answer is not whole", countNoun(int(rows), "row", "rows"))
	}
	if rows == 0 {
		return err
	}
	return fmt.Errorf("the answer broke off after %s: %w", countNoun(int(rows), "row", "rows"), err)
}

// copyRows writes all rows of an answer.
func copyRows(from hunt.Answer, to output.AnswerWriter, proof *evidence.Writer) (n int64, err error) {
	cols := from.Columns()
	if err := to.Begin(cols, from.Render()); err != nil {
		return 0, err
	}
	row := make([]value.Value, len(cols))
	var line []byte
	for from.Next(row) {
		n++
		if err := to.Row(row); err != nil {
			return n, &writeError{err}
		}
		if proof == nil {
			continue
		}
		line = hunt.AppendRow(line[:0], row)
		if err := proof.Add(line); err != nil {
			return n, err
		}
	}
	// What came is shown, whole or not.
	return n, errors.Join(from.Err(), to.End())
}

// prove writes the evidence file and says its hash.
func (a *app) prove(ctx context.Context, src *source, f *queryFlags, r hunt.Request, answer hunt.Answer, proof *evidence.Writer) error {
	store, err := src.identity(ctx)
	if err != nil {
		return fmt.Errorf("evidence: which store answered: %w", err)
	}
	h := evidence.Header{Query: r.KQL, Params: r.Params, Time: r.Now, From: r.From, To: r.To, Store: store, Notes: answer.Notes()}
	if s := hunt.CoverageOf(answer); s != nil {
		h.Notes = append(slices.Clone(h.Notes), "coverage: "+s.Line())
	}
	for _, c := range answer.Columns() {
		h.Columns = append(h.Columns, evidence.Column{Name: c.Name, Type: c.Type.String()})
	}
	var sum evidence.Sum
	err = toFile(f.evidence, func(w io.Writer) error {
		sum, err = proof.WriteTo(w, h)
		return err
	})
	if err != nil {
		return err
	}
	a.say(fmt.Sprintf("evidence: %s in %s\nhash %s\nkeep the hash elsewhere; lynceus verify --hash %s %s checks the file", countNoun(int(sum.Rows), "row", "rows"), f.evidence, sum.Hash, sum.Hash[:16], f.evidence))
	return nil
}
