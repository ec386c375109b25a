//go:build cgo

package duck

import (
	"context"
	dbsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/big"

	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// rows is the answer to one statement.
type rows struct {
	query  *query
	ctx    context.Context
	answer driver.Rows
	stmt   driver.Stmt
	conn   *dbsql.Conn
	cols   []plan.Column
	buf    []driver.Value
	ahead  [][]value.Value // read already, given next
	err    error
	closed bool
}

// Next reads the next row.
func (r *rows) Next(dst []value.Value) bool {
	if len(r.ahead) > 0 {
		copy(dst, r.ahead[0])
		r.ahead = r.ahead[1:]
		return true
	}
	failed := r.err != nil
	if r.next(dst) {
		return true
	}
	if !failed && r.err != nil && !r.closed {
		// Rows were given already, so it cannot begin again by itself.
		gone, err := r.query.damaged(r.ctx, r.err)
		switch {
		case err != nil:
			r.err = err
		case gone:
			r.err = fmt.Errorf("a segment is damaged and was set aside while the answer was read; ask again: %w", r.err)
		}
	}
	return false
}

// next reads the next row from the engine.
func (r *rows) next(dst []value.Value) bool {
	if r.err != nil || r.closed {
		return false
	}
	if err := r.ctx.Err(); err != nil {
		r.err = r.query.engine.explain(r.ctx, err)
		return false
	}
	switch err := r.answer.Next(r.buf); {
	case errors.Is(err, io.EOF):
		return false
	case err != nil:
		r.err = r.query.engine.explain(r.ctx, err)
		return false
	}
	for i, v := range r.buf {
		if dst[i], r.err = decode(v, r.cols[i].Type); r.err != nil {
			r.err = fmt.Errorf("column %s: %w", r.cols[i].Name, r.err)
			return false
		}
	}
	return true
}

// Err is what ended the rows.
func (r *rows) Err() error { return r.err }

// Close ends the query and lets go of its segments.
func (r *rows) Close() error {
	err := r.end()
	r.query.close()
	return err
}

// end ends the answer, but not the query, which may ask again.
func (r *rows) end() error {
	if r.closed {
		return nil
	}
	r.closed, r.ahead = true, nil
	return errors.Join(r.answer.Close(), r.stmt.Close(), r.conn.Close())
}

// decode turns what the driver gives into a value of type t.
func decode(v any, t value.Type) (value.Value, error) {
	if v == nil {
		return value.Null(t), nil
	}
	switch t {
	case value.TypeString, value.TypeGuid, value.TypeDecimal:
		if s, ok := v.(string); ok {
			return value.Value{Type: t, Text: s}, nil
		}
	case value.TypeDynamic:
		if s, ok := v.(string); ok {
			n, ok := value.ParseJSON(s)
			if !ok {
				return value.String(s), errors.New("a dynamic is no JSON")
			}
			return value.Dynamic(n), nil
		}
	case value.TypeReal:
		if f, ok := v.(float64); ok {
			return value.Real(f), nil
		}
	case value.TypeBool:
		if b, ok := v.(bool); ok {
			return value.Bool(b), nil
		}
	}
	if n, ok := integer(v); ok {
		switch t {
		case value.TypeReal:
			return value.Real(float64(n)), nil
		case value.TypeBool, value.TypeInt, value.TypeLong, value.TypeDatetime, value.TypeTimespan:
			return value.Value{Type: t, Int: n}, nil
		}
	}
	return value.Value{}, fmt.Errorf("the engine gave a %T where the query has a %s", v, t)
}

func integer(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case int16:
		return int64(n), true
	case int8:
		return int64(n), true
	case uint32:
		return int64(n), true
	case uint64:
		return int64(n), true
	case *big.Int: // a sum of 64-bit numbers has 128 bits
		return n.Int64(), n.IsInt64()
	}
	return 0, false
}
