package lake

import (
	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/event"
)

// formatVersion is written into every segment and into the manifest. It
// changes when a reader of the old form would misread the new one; more
// columns are no such change.
const formatVersion = 1

// column is one column of a table.
type column struct {
	field *event.Field
	name  string // event.Field.Column
	whole int    // its place in the table with all columns
	layout
}

// table is what a class's segments look like.
type table struct {
	class   event.Class
	columns []column // in the order of their leaves in the files
	byName  map[string]int
	byField []int16 // by number: 1 more than the place of its column, 0 for none
	schema  *parquet.Schema
	// Places in columns of those that the lake itself reads; -1 where the
	// table has none.
	uid, revision, time, received, stage, awaits, raw int
}

// newTable returns the table of class c with the columns of these fields.
func newTable(c event.Class, fields []*event.Field) *table {
	t := &table{class: c, byName: map[string]int{}, schema: schemaOf(c, fields, parquet.String())}
	fieldOf := map[string]*event.Field{}
	for _, f := range fields {
		fieldOf[f.Column()] = f
	}
	// One leaf a column: the schema puts them in the order of their names.
	for i, path := range t.schema.Columns() {
		f := fieldOf[path[0]]
		t.columns = append(t.columns, column{field: f, name: path[0], whole: i, layout: layoutOf(f)})
		t.byName[path[0]] = i
		if n := int(f.ID) + 1; n > len(t.byField) {
			t.byField = append(t.byField, make([]int16, n-len(t.byField))...)
		}
		t.byField[f.ID] = int16(i + 1)
	}
	t.uid, t.revision = t.place(event.MetadataUID.ID()), t.place(event.MetadataRevision.ID())
	t.time, t.received = t.place(event.Time.ID()), t.place(event.ReceivedTime.ID())
	t.stage, t.awaits = t.place(event.AuditStage.ID()), t.place(event.AuditAwaits.ID())
	if t.awaits < 0 {
		t.awaits = t.place(event.MetadataAwaits.ID())
	}
	t.raw = t.place(event.RawData.ID())
	return t
}

// place returns the place of a field's column, -1 for none.
func (t *table) place(id event.FieldID) int {
	if int(id) >= len(t.byField) {
		return -1
	}
	return int(t.byField[id]) - 1
}

// schemaOf returns what segments of class c with the columns of these fields are
// to Parquet; text is the type of texts.
func schemaOf(c event.Class, fields []*event.Field, text parquet.Node) *parquet.Schema {
	group := parquet.Group{}
	for _, f := range fields {
		group[f.Column()] = nodeOf(f.Type, layoutOf(f), text)
	}
	return parquet.NewSchema(c.String(), group)
}

// nodeOf returns the Parquet type of a column: texts are required, since
// absent is written as empty; of all other types null means absent.
func nodeOf(t event.Type, l layout, text parquet.Node) parquet.Node {
	dict := func(n parquet.Node) parquet.Node {
		if l.dict {
			return parquet.Encoded(n, &parquet.RLEDictionary)
		}
		return n
	}
	switch t {
	case event.TypeInt:
		return parquet.Optional(parquet.Encoded(parquet.Leaf(parquet.Int64Type), &parquet.DeltaBinaryPacked))
	case event.TypeBool:
		return parquet.Optional(parquet.Leaf(parquet.BooleanType))
	case event.TypeTime:
		// Not adjusted to UTC, which it is all the same: engines would
		// otherwise convert between time zones at every use.
		n := parquet.TimestampAdjusted(parquet.Microsecond, false)
		return parquet.Optional(parquet.Encoded(n, &parquet.DeltaBinaryPacked))
	case event.TypeStrings:
		return parquet.Optional(parquet.List(dict(text)))
	default:
		return dict(text)
	}
}

// bloomBits is how many bits a distinct value takes in a Bloom filter: 1 % of
// the absent values pass.
const bloomBits = 10

// writerOptions are those of the Parquet writer of the table's segments. What
// is merged has bounds of texts for each page.
func (t *table) writerOptions(schema *parquet.Schema, merged bool) []parquet.WriterOption {
	opts := []parquet.WriterOption{
		schema,
		parquet.Compression(codecOf(t, merged)),
		parquet.MaxRowsPerRowGroup(maxGroupRows),
		parquet.CreatedBy("lynceus", "1", "lake"),
	}
	var filters []parquet.BloomFilterColumn
	for _, c := range t.columns {
		if c.bloom {
			filters = append(filters, parquet.SplitBlockFilter(bloomBits, c.name))
		}
		// Bounds of texts that are looked for by one value leave nothing out
		// that the filter does not, and cost a comparison a row. Appended
		// segments are small.
		if c.blob || c.bloom || !merged && c.field.Type != event.TypeTime && c.field.Type != event.TypeInt {
			opts = append(opts, parquet.SkipPageBounds(c.name), parquet.SkipPageStatistics(c.name))
		}
	}
	return append(opts, parquet.BloomFilters(filters...))
}
