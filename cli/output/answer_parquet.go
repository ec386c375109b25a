package output

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// parquetRows writes a Parquet file. Datetimes are timestamps in UTC of
// nanoseconds where all of them fit, which is the case between the years 1677
// and 2262; timespans are integers of 100 ns; decimals, guids and dynamics are
// text, the latter marked as JSON. Strings are never null.
type parquetRows struct {
	w    io.Writer
	cols []plan.Column
	out  *parquet.GenericWriter[any]
	row  parquet.Row
}

// Begin implements AnswerWriter.
func (p *parquetRows) Begin(cols []plan.Column, _ hunt.Render) error {
	if len(cols) == 0 {
		return errors.New("an answer without columns makes no Parquet file; project some")
	}
	p.cols = cols
	group := orderedGroup{Group: parquet.Group{}}
	for _, c := range cols {
		group.names = append(group.names, c.Name)
		group.Group[c.Name] = parquet.Compressed(parquetNode(c.Type), &parquet.Zstd)
	}
	p.out = parquet.NewGenericWriter[any](p.w, parquet.NewSchema("answer", group), parquet.CreatedBy("lynceus", "1", ""))
	return nil
}

// parquetNode is the column of a type.
func parquetNode(t value.Type) parquet.Node {
	switch t {
	case value.TypeBool:
		return parquet.Optional(parquet.Leaf(parquet.BooleanType))
	case value.TypeInt:
		return parquet.Optional(parquet.Int(32))
	case value.TypeLong, value.TypeTimespan:
		return parquet.Optional(parquet.Int(64))
	case value.TypeReal:
		return parquet.Optional(parquet.Leaf(parquet.DoubleType))
	case value.TypeDatetime:
		return parquet.Optional(parquet.Timestamp(parquet.Nanosecond))
	case value.TypeDynamic:
		return parquet.Optional(parquet.JSON())
	case value.TypeString:
		return parquet.String()
	}
	return parquet.Optional(parquet.String())
}

// orderedGroup is a group whose fields keep the order of the answer's columns.
type orderedGroup struct {
	parquet.Group
	names []string
}

// Fields implements parquet.Node.
func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return slices.Index(g.names, a.Name()) - slices.Index(g.names, b.Name())
	})
	return fields
}

// Years that fit into nanoseconds since 1970, in ticks of 100 ns.
const (
	leastTick = -92233720368547758
	mostTick  = 92233720368547758
)

// Row implements AnswerWriter.
func (p *parquetRows) Row(row []value.Value) error {
	p.row = p.row[:0]
	for i, v := range row {
		level := 1
		if p.cols[i].Type == value.TypeString {
			level = 0
		}
		one, err := parquetValue(v)
		if err != nil {
			return fmt.Errorf("column %s: %w", p.cols[i].Name, err)
		}
		if v.Null {
			level = 0
		}
		p.row = append(p.row, one.Level(0, level, i))
	}
	_, err := p.out.WriteRows([]parquet.Row{p.row})
	return err
}

func parquetValue(v value.Value) (parquet.Value, error) {
	if v.Null {
		return parquet.NullValue(), nil
	}
	switch v.Type {
	case value.TypeBool:
		return parquet.BooleanValue(v.Int != 0), nil
	case value.TypeInt:
		return parquet.Int32Value(int32(v.Int)), nil
	case value.TypeLong, value.TypeTimespan:
		return parquet.Int64Value(v.Int), nil
	case value.TypeReal:
		return parquet.DoubleValue(v.Float), nil
	case value.TypeDatetime:
		if v.Int < leastTick || v.Int > mostTick {
			return parquet.Value{}, fmt.Errorf("%s does not fit into a timestamp of Parquet; write tostring() of it", v.String())
		}
		return parquet.Int64Value(v.Int * 100), nil
	case value.TypeDynamic:
		return parquet.ByteArrayValue(v.Node.AppendJSON(nil)), nil
	}
	return parquet.ByteArrayValue([]byte(v.Text)), nil
}

// End implements AnswerWriter.
func (p *parquetRows) End() error { return p.out.Close() }
