package lake

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Aside is a segment that could not be read and was moved out of the way.
type Aside struct {
	Name   string // below the lake's directory
	Class  event.Class
	Rows   int64 // as the manifest had them
	Bytes  int64
	Reason string
	At     time.Time
}

// contents is what a manifest says.
type contents struct {
	columns  map[int64]*columnSet
	segments []*segment // dropped ones, too
	marks    map[string]uint64
	aside    []Aside
	origins  map[string][]epochMark // by source
}

// load reads the whole manifest in one transaction.
func (m *manifest) load(ctx context.Context) (*contents, error) {
	c := &contents{columns: map[int64]*columnSet{}, marks: map[string]uint64{}, origins: map[string][]epochMark{}}
	err := m.view(ctx, func(tx *sql.Tx) error {
		for _, step := range []func(context.Context, *sql.Tx) error{c.loadColumns, c.loadSegments, c.loadMarks, c.loadAside, c.loadOrigins} {
			if err := step(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	return c, nil
}

// each runs a query and calls row for each row.
func each(ctx context.Context, tx *sql.Tx, query string, row func(*sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (c *contents) loadColumns(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT id, class, names FROM columns`, func(r *sql.Rows) error {
		var id int64
		var class, names string
		if err := r.Scan(&id, &class, &names); err != nil {
			return err
		}
		known, _ := event.ClassByName(class)
		c.columns[id] = newColumnSet(id, known, strings.Fields(names))
		return nil
	})
}

func (c *contents) loadSegments(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT id, `+segmentColumns+` FROM segment ORDER BY id`, func(r *sql.Rows) error {
		s := &segment{}
		var class, from, to string
		var columns, crc, idxCRC int64
		if err := r.Scan(&s.id, &class, &s.hour, &s.name, &s.level, &columns, &s.rows, &s.bytes, &crc, &s.idxBytes, &idxCRC,
			&s.minTime, &s.maxTime, &s.minReceived, &s.maxReceived, &s.open, &s.amending, &s.partition, &from, &to, &s.droppedAt); err != nil {
			return err
		}
		s.crc, s.idxCRC = uint32(crc), uint32(idxCRC)
		var ok bool
		if s.class, ok = event.ClassByName(class); !ok {
			return fmt.Errorf("segment %s is of table %q, which this release does not know", s.name, class)
		}
		if s.columns = c.columns[columns]; s.columns == nil {
			return fmt.Errorf("segment %s has columns %d, which are not listed", s.name, columns)
		}
		var err error
		if s.from, err = strconv.ParseUint(from, 10, 64); err != nil {
			return fmt.Errorf("segment %s: %w", s.name, err)
		}
		if s.to, err = strconv.ParseUint(to, 10, 64); err != nil {
			return fmt.Errorf("segment %s: %w", s.name, err)
		}
		c.segments = append(c.segments, s)
		return nil
	})
}

func (c *contents) loadMarks(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT partition, seq FROM mark`, func(r *sql.Rows) error {
		var partition, text string
		if err := r.Scan(&partition, &text); err != nil {
			return err
		}
		seq, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("mark of partition %q: %w", partition, err)
		}
		c.marks[partition] = seq
		return nil
	})
}

func (c *contents) loadAside(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT name, class, rows, bytes, reason, at FROM aside ORDER BY name`, func(r *sql.Rows) error {
		var a Aside
		var class string
		var at int64
		if err := r.Scan(&a.Name, &class, &a.Rows, &a.Bytes, &a.Reason, &at); err != nil {
			return err
		}
		a.Class, _ = event.ClassByName(class)
		a.At = time.Unix(at, 0).UTC()
		c.aside = append(c.aside, a)
		return nil
	})
}
