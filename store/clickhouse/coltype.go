package clickhouse

import (
	"fmt"
	"strconv"
	"strings"
)

// colType is a type of ClickHouse as far as answers have it. LowCardinality
// is left away: rows are written the same with and without it.
type colType struct {
	kind     typeKind
	size     int // bytes of a number; length of a FixedString; digits of a DateTime64
	nullable bool
	of       *colType // of an Array
}

type typeKind uint8

const (
	kindInt typeKind = iota + 1
	kindUint
	kindBool
	kindFloat
	kindText
	kindFixed
	kindTime // DateTime64
	kindArray
	kindNothing
)

// maxTypeDepth bounds how deep types are nested in one another.
const maxTypeDepth = 8

var plainTypes = map[string]colType{
	"Int8": {kind: kindInt, size: 1}, "Int16": {kind: kindInt, size: 2}, "Int32": {kind: kindInt, size: 4}, "Int64": {kind: kindInt, size: 8},
	"UInt8": {kind: kindUint, size: 1}, "UInt16": {kind: kindUint, size: 2}, "UInt32": {kind: kindUint, size: 4}, "UInt64": {kind: kindUint, size: 8},
	"Bool": {kind: kindBool, size: 1}, "Float32": {kind: kindFloat, size: 4}, "Float64": {kind: kindFloat, size: 8},
	"String": {kind: kindText}, "Nothing": {kind: kindNothing},
}

// parseType reads a type's name.
func parseType(name string) (colType, error) { return parseTypeAt(name, 0) }

func parseTypeAt(name string, depth int) (colType, error) {
	if t, ok := plainTypes[name]; ok {
		return t, nil
	}
	unknown := fmt.Errorf("values of ClickHouse's type %.100s are not read", name)
	outer, inner, ok := strings.Cut(name, "(")
	inner, closed := strings.CutSuffix(inner, ")")
	if !ok || !closed || depth >= maxTypeDepth {
		return colType{}, unknown
	}
	switch outer {
	case "Nullable", "LowCardinality":
		t, err := parseTypeAt(inner, depth+1)
		t.nullable = t.nullable || outer == "Nullable"
		return t, err
	case "Array":
		t, err := parseTypeAt(inner, depth+1)
		return colType{kind: kindArray, of: &t}, err
	case "FixedString":
		n, err := strconv.Atoi(inner)
		if err != nil || n <= 0 {
			return colType{}, unknown
		}
		return colType{kind: kindFixed, size: n}, nil
	case "DateTime64":
		digits, _, _ := strings.Cut(inner, ",")
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n > 9 {
			return colType{}, unknown
		}
		return colType{kind: kindTime, size: n}, nil
	}
	return colType{}, unknown
}
