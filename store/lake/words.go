package lake

import (
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
)

// textType is a type of texts that notes the dictionaries that a writer makes
// for its columns: the distinct texts of the row group that is being written,
// which are what its filters are made of.
type textType struct {
	parquet.Type
	words []parquet.Dictionary // by column
}

// NewDictionary implements parquet.Type.
func (t textType) NewDictionary(column, n int, data encoding.Values) parquet.Dictionary {
	d := t.Type.NewDictionary(column, n, data)
	t.words[column] = d
	return d
}
