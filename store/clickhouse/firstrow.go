package clickhouse

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// firstRow is what tells a segment's first row from every other row: if it
// is in the table, so are all rows of its segment, since an insert is one
// part or none.
type firstRow struct {
	uid      string
	received int64 // microseconds since 1970
	known    bool  // false when there is no received_time to look for
}

// readFirstRow reads it from a segment's file. A damaged file is an error.
func readFirstRow(f File, size int64) (row firstRow, err error) {
	defer func() {
		if r := recover(); r != nil { // parquet-go panics on some damaged files
			err = fmt.Errorf("damaged: %v", r)
		}
	}()
	file, err := parquet.OpenFile(f, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return row, err
	}
	groups := file.RowGroups()
	if len(groups) == 0 {
		return row, errors.New("no rows")
	}
	uid, err := firstValue(file.Schema(), groups[0], event.Lookup(event.MetadataUID.ID()).Column())
	if err != nil {
		return row, err
	}
	received, err := firstValue(file.Schema(), groups[0], event.Lookup(event.ReceivedTime.ID()).Column())
	if err != nil {
		return row, err
	}
	if received.IsNull() || uid.IsNull() {
		return row, nil
	}
	return firstRow{uid: uid.String(), received: received.Int64(), known: true}, nil
}

// firstValue reads the first value of a flat column.
func firstValue(schema *parquet.Schema, group parquet.RowGroup, name string) (parquet.Value, error) {
	leaf, ok := schema.Lookup(name)
	if !ok {
		return parquet.Value{}, fmt.Errorf("no column %s", name)
	}
	pages := group.ColumnChunks()[leaf.ColumnIndex].Pages()
	defer pages.Close()
	page, err := pages.ReadPage()
	if err != nil {
		return parquet.Value{}, fmt.Errorf("column %s: %w", name, err)
	}
	defer parquet.Release(page)
	values := make([]parquet.Value, 1)
	if n, err := page.Values().ReadValues(values); n == 0 {
		return parquet.Value{}, fmt.Errorf("column %s: %w", name, err)
	}
	return values[0].Clone(), nil
}
