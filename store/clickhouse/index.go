package clickhouse

import "github.com/lynceus-io/lynceus/event"

// index is a data skipping index: what it says of each granule of 8,192 rows
// lets a query pass over those that cannot matter.
type index struct {
	name, expr, typ string
}

// Types of indexes. Bloom filters let 1 % of the absent values pass; gram
// filters have the sizes that were measured with 8,192 command lines, and
// twice that for documents.
const (
	equalIndex   = "bloom_filter(0.01)"
	gramIndex    = "ngrambf_v1(4, 32768, 2, 0)"
	rawGramIndex = "ngrambf_v1(4, 65536, 2, 0)"
	timeIndex    = "minmax"
)

// indexesOf returns the indexes of class c, which are for what people look for
// (event.Field.Search).
func indexesOf(c event.Class) []index {
	out := []index{{"equal_" + segmentColumn.name, quoteName(segmentColumn.name), equalIndex}}
	for _, f := range event.Columns(c) {
		name := f.Column()
		if f.Type == event.TypeTime {
			out = append(out, index{"range_" + name, quoteName(name), timeIndex})
		}
		if f.Search.Has(event.SearchExact) {
			out = append(out, index{"equal_" + name, quoteName(name), equalIndex})
		}
		if f.Search.Has(event.SearchFolded) {
			out = append(out, index{"fold_" + name, folded(name), equalIndex})
		}
		if f.Search.Has(event.SearchPart) {
			typ := gramIndex
			if f.ID == event.RawData.ID() {
				typ = rawGramIndex
			}
			out = append(out, index{"grams_" + name, folded(name), typ})
		}
	}
	return out
}

// folded is the case-folded text of a column as its indexes have it. It is a
// little coarser than lowerUTF8, which makes two letters of one İ: Go's
// unicode.ToLower, by which operators compare, makes it i.
func folded(column string) string {
	return "lowerUTF8(replaceAll(" + quoteName(column) + ", 'İ', 'i'))"
}
