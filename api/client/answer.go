package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// maxLine bounds one line of an answer. The server ends a line after a
// thousand rows or 64 KiB, so only a single huge row comes near.
const maxLine = 128 << 20

// answer reads the lines of an answer as they come.
type answer struct {
	body io.ReadCloser
	stop context.CancelFunc
	in   *bufio.Reader

	columns []plan.Column
	render  hunt.Render
	rows    [][]value.Value // read and not given yet
	at      int
	notes   []string
	covered *coverage.Statement
	err     error
	done    bool

	mu       sync.Mutex
	progress hunt.Progress
}

func (c *Client) stream(ctx context.Context, method, path string, query url.Values, body any) (hunt.Answer, error) {
	ctx, stop := context.WithCancel(ctx)
	resp, err := c.send(ctx, method, path, query, body, "application/x-ndjson")
	if err != nil {
		stop()
		return nil, err
	}
	a := &answer{body: resp.Body, stop: stop, in: bufio.NewReaderSize(resp.Body, 256<<10)}
	line, err := a.line()
	var head hunt.HeaderLine
	if err == nil {
		err = json.Unmarshal(line, &head)
	}
	if err == nil && head.Schema != hunt.AnswerSchema {
		err = fmt.Errorf("it is of form %q, not %q", head.Schema, hunt.AnswerSchema)
	}
	if err == nil {
		a.columns, err = hunt.PlanColumns(head.Columns)
	}
	if err != nil {
		a.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("the answer of %s cannot be read: %w", c.base, err)
	}
	if head.Render != nil {
		a.render = *head.Render
	}
	return a, nil
}

// line returns the next line without its end.
func (a *answer) line() ([]byte, error) {
	var long []byte
	for {
		part, err := a.in.ReadSlice('\n')
		if err == nil && long == nil {
			return part, nil
		}
		long = append(long, part...)
		switch {
		case err == nil:
			return long, nil
		case len(long) > maxLine:
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// Next implements hunt.Answer.
func (a *answer) Next(dst []value.Value) bool {
	for a.at == len(a.rows) {
		if a.done {
			return false
		}
		a.rows, a.at = a.rows[:0], 0
		if err := a.read(); err != nil {
			a.done = true
			if errors.Is(err, io.EOF) {
				err = errors.New("the answer broke off: the server ended, or the connection did; ask again")
			}
			a.err = err
			return false
		}
	}
	copy(dst, a.rows[a.at])
	a.at++
	return true
}

// read takes one line.
func (a *answer) read() error {
	line, err := a.line()
	if err != nil {
		return err
	}
	var kind struct {
		Type string `json:"type"`
	}
	if bytes.HasPrefix(line, []byte(`{"type":"rows"`)) {
		kind.Type = hunt.LineRows
	} else if err := json.Unmarshal(line, &kind); err != nil {
		return fmt.Errorf("the answer cannot be read: %w", err)
	}
	switch kind.Type {
	case hunt.LineRows:
		var l hunt.RowsLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		return l.ReadRows(a.columns, func(row []value.Value) error {
			a.rows = append(a.rows, append([]value.Value(nil), row...))
			return nil
		})
	case hunt.LineProgress:
		var l hunt.ProgressLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		a.set(l.Progress)
	case hunt.LineTrailer:
		var l hunt.TrailerLine
		if err := json.Unmarshal(line, &l); err != nil {
			return fmt.Errorf("the answer cannot be read: %w", err)
		}
		a.set(l.Stats)
		a.notes, a.covered, a.done = l.Notes, l.Coverage, true
		if l.Error != nil {
			a.err = l.Error
		}
	}
	return nil // a line of another kind is a newer server's
}

func (a *answer) set(p hunt.Progress) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.progress = p
}

// Progress implements hunt.Answer.
func (a *answer) Progress() hunt.Progress {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.progress
}

// Columns implements hunt.Answer.
func (a *answer) Columns() []plan.Column { return a.columns }

// Render implements hunt.Answer.
func (a *answer) Render() hunt.Render { return a.render }

// Notes implements hunt.Answer.
func (a *answer) Notes() []string { return a.notes }

// Coverage implements hunt.Covered.
func (a *answer) Coverage() *coverage.Statement { return a.covered }

// Err implements hunt.Answer.
func (a *answer) Err() error { return a.err }

// Close implements hunt.Answer: the server hears of it and ends the query.
func (a *answer) Close() error {
	a.stop()
	return a.body.Close()
}
