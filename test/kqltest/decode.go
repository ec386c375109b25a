package kqltest

import (
	"fmt"
	"strconv"

	"github.com/lynceus-io/lynceus/kql/value"
)

// decode reads the text of a column of an answer; ok is false for NULL.
func decode(t value.Type, text string, ok bool) (value.Value, error) {
	if !ok {
		if t == value.TypeString {
			return value.Value{}, fmt.Errorf("a string is NULL")
		}
		return value.Null(t), nil
	}
	switch t {
	case value.TypeString:
		return value.String(text), nil
	case value.TypeBool:
		return value.Bool(text == "true" || text == "1"), nil
	case value.TypeReal:
		f, err := strconv.ParseFloat(text, 64)
		return value.Real(f), err
	case value.TypeDynamic:
		n, ok := value.ParseJSON(text)
		if !ok {
			return value.Value{}, fmt.Errorf("a dynamic is not JSON: %.100q", text)
		}
		return value.Dynamic(n), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return value.Value{Type: t, Int: n}, err
}
