package run

import (
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/value"
)

// keySet is the values of a column that are not null.
type keySet struct {
	keys map[string]struct{}
	of   value.Type
	fold bool
	key  []byte
}

// encode returns the key of a value in this set; nil for null. Next to a
// string, every value is its text.
func (s *keySet) encode(v value.Value) []byte {
	if v = v.Unwrap(); v.Type != s.of && (s.of == value.TypeString || v.Type == value.TypeString) {
		v = value.Convert(v, s.of)
	}
	if v.Null {
		return nil
	}
	if s.fold && v.Type == value.TypeString {
		v.Text = value.Fold(v.Text)
	}
	s.key = v.AppendKey(s.key[:0])
	return s.key
}

// compileContains runs the query of an in, and tests against its values.
func (x *execution) compileContains(e *plan.Contains, names *scope) (evaluator, error) {
	eval, err := x.compile(e.X, names)
	if err != nil {
		return nil, err
	}
	set, ok := x.sets[e]
	if !ok {
		if set, err = x.readSet(e, names); err != nil {
			return nil, err
		}
		x.sets[e] = set
	}
	return func(row []value.Value) value.Value {
		key := set.encode(eval(row))
		_, found := set.keys[string(key)]
		return value.Bool((found && key != nil) != e.Not)
	}, nil
}

// readSet keeps the values for the rest of the run.
func (x *execution) readSet(e *plan.Contains, names *scope) (*keySet, error) {
	rows, err := x.open(e.In, names)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	cols := e.In.Columns()
	set := &keySet{keys: map[string]struct{}{}, of: cols[0].Type, fold: e.Fold}
	if set.of == value.TypeDynamic {
		set.of = e.X.Type()
	}
	row := make([]value.Value, len(cols))
	s := x.step(rows)
	for rows.Next(row) {
		key := set.encode(row[0])
		if _, ok := set.keys[string(key)]; ok || key == nil {
			continue
		}
		if set.keys[string(key)] = struct{}{}; s.stopped() || !s.hold(int64(len(key)+entrySize)) {
			break
		}
	}
	return set, s.Err()
}

// entrySize is roughly what a map takes for an entry beside its key's text.
const entrySize = 64
