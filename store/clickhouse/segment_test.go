package clickhouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// parquetOf writes events as the lake does: text required, everything else optional, times as microseconds.
func parquetOf(t testing.TB, c event.Class, fields []*event.Field, events []*event.Event) []byte {
	t.Helper()
	group := parquet.Group{}
	byName := map[string]*event.Field{}
	for _, f := range fields {
		byName[f.Column()] = f
		switch f.Type {
		case event.TypeInt:
			group[f.Column()] = parquet.Optional(parquet.Leaf(parquet.Int64Type))
		case event.TypeBool:
			group[f.Column()] = parquet.Optional(parquet.Leaf(parquet.BooleanType))
		case event.TypeTime:
			group[f.Column()] = parquet.Optional(parquet.TimestampAdjusted(parquet.Microsecond, false))
		case event.TypeStrings:
			group[f.Column()] = parquet.Optional(parquet.List(parquet.String()))
		default:
			group[f.Column()] = parquet.String()
		}
	}
	schema := parquet.NewSchema(c.String(), group)
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema, parquet.Compression(&parquet.Zstd))
	for _, e := range events {
		var row parquet.Row
		for i, path := range schema.Columns() {
			row = appendValues(row, byName[path[0]], e, i)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func appendValues(row parquet.Row, f *event.Field, e *event.Event, column int) parquet.Row {
	switch f.Type {
	case event.TypeStrings:
		list, ok := e.List(f.ID)
		if !ok {
			return append(row, parquet.NullValue().Level(0, 0, column))
		}
		if len(list) == 0 {
			return append(row, parquet.NullValue().Level(0, 1, column))
		}
		for i, word := range list {
			row = append(row, parquet.ByteArrayValue([]byte(word)).Level(min(i, 1), 2, column))
		}
		return row
	case event.TypeInt, event.TypeBool, event.TypeTime:
		n, ok := e.Number(f.ID)
		switch {
		case !ok:
			return append(row, parquet.NullValue().Level(0, 0, column))
		case f.Type == event.TypeBool:
			return append(row, parquet.BooleanValue(n != 0).Level(0, 1, column))
		case f.Type == event.TypeTime:
			n = floorDiv(n, 1000)
		}
		return append(row, parquet.Int64Value(n).Level(0, 1, column))
	}
	text, _ := e.Text(f.ID)
	if f.ID == event.RawData.ID() && len(e.Raw) > 0 {
		text = string(e.Raw)
	}
	return append(row, parquet.ByteArrayValue([]byte(text)).Level(0, 0, column))
}

// memory is a Source of segments in memory, with failures that a test asks for.
type memory struct {
	mu       sync.Mutex
	segments []Segment
	files    map[string][]byte
	shipped  []string
	// confirm, when set, stands in for what Shipped does.
	confirm func(id string) error
	opened  func(id string) error
}

var errAsked = errors.New("a failure that the test asked for")

func (m *memory) add(t testing.TB, id string, c event.Class, events ...*event.Event) Segment {
	t.Helper()
	return m.addFile(id, c, len(events), parquetOf(t, c, event.Columns(c), events))
}

func (m *memory) addFile(id string, c event.Class, rows int, data []byte) Segment {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	seg := Segment{ID: id, Class: c, Rows: int64(rows), Bytes: int64(len(data))}
	m.segments, m.files[id] = append(m.segments, seg), data
	return seg
}

func (m *memory) Unshipped(context.Context) ([]Segment, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.segments), func(s Segment) bool { return slices.Contains(m.shipped, s.ID) }), nil
}

func (m *memory) Open(_ context.Context, s Segment) (File, error) {
	if m.opened != nil {
		if err := m.opened(s.ID); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return inMemory{bytes.NewReader(m.files[s.ID])}, nil
}

func (m *memory) Shipped(_ context.Context, s Segment) error {
	if m.confirm != nil {
		if err := m.confirm(s.ID); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shipped = append(m.shipped, s.ID)
	return nil
}

type inMemory struct{ io.ReaderAt }

func (inMemory) Close() error { return nil }

// audits makes n events of table audit: from number first on, received one second apart.
func audits(first, n int) []*event.Event {
	var out []*event.Event
	for i := first; i < first+n; i++ {
		e := &event.Event{}
		e.Reset(event.ClassAudit)
		event.MetadataUID.Set(e, fmt.Sprintf("uid-%07d", i))
		event.MetadataRevision.Set(e, 0)
		event.Time.Set(e, testDay+int64(i)*1e9)
		event.ReceivedTime.Set(e, testDay+int64(i)*1e9+5e6)
		event.AuditStage.Set(e, "ResponseComplete")
		event.ActorUserName.Set(e, fmt.Sprintf("user-%d", i%50))
		event.APIOperation.Set(e, []string{"get", "list", "create"}[i%3])
		out = append(out, e)
	}
	return out
}

// testDay is 2026-03-01 00:00:00 UTC in nanoseconds.
const testDay = 1_772_323_200 * 1_000_000_000
