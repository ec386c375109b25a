package expr

import (
	"fmt"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// Column is the number of a field or path in a [Program].
type Column int32

// column says where the values of a field or path come from.
type column struct {
	from  source
	field event.FieldID
	slots []int // of an extracted column
	// index and name pick a word of a list.
	index int
	name  string
	// term and the columns of its arguments are of fromTerm.
	term *Term
	args []Column
	// part says what of a text in the document is the value; nil for all.
	part func(string) string
}

type source uint8

const (
	fromText      source = iota // a stored field of type String, IP or JSON
	fromInt                     // a stored field of type Int
	fromBool                    // a stored field of type Bool
	fromTime                    // a stored field of type Time
	fromList                    // a stored field of type Strings
	fromWordAt                  // the word at an index of a list
	fromWordNamed               // what follows name= in a word of a list
	fromTerm                    // what a Term computes
	fromRaw                     // paths in the raw document
	fromRawDoc                  // the raw document itself
)

// patchRoot is the member of an audit event that is a JSON Patch when a
// client sent one: paths below it also find what the patch puts there.
const patchRoot = "requestObject"

// Column returns the number of a field or path that a tree of p mentions or
// that was listed in Options.Refs.
func (p *Program) Column(r event.Ref) (c Column, ok bool) {
	c, ok = p.byRef[r]
	return c, ok
}

// TermColumn returns the number of the term at an index of Options.Terms.
func (p *Program) TermColumn(i int) Column { return p.terms[i] }

// column returns the number of r, a new one where it has none yet.
func (b *builder) column(r event.Ref) (Column, error) {
	if c, ok := b.p.byRef[r]; ok {
		return c, nil
	}
	col, err := b.newColumn(r)
	if err != nil {
		return 0, err
	}
	c := Column(len(b.p.columns))
	b.p.columns = append(b.p.columns, col)
	b.p.byRef[r] = c
	return c, nil
}

func (b *builder) newColumn(r event.Ref) (column, error) {
	if r.Field == 0 {
		if r.Path == "" {
			return column{}, fmt.Errorf("the predicate names no field")
		}
		return b.rawColumn(r.Path)
	}
	f := event.Lookup(r.Field)
	switch {
	case f == nil:
		return column{}, fmt.Errorf("there is no field number %d", r.Field)
	case r.Path != "" && (f.Type != event.TypeStrings || f.Origin == event.Derived):
		return column{}, fmt.Errorf("%s and a path at once", f.Name)
	case r.Path != "":
		return wordColumn(f, r.Path), nil
	case f.ID == event.RawData.ID():
		return column{from: fromRawDoc, field: f.ID}, nil
	case f.Origin == event.Derived:
		c, err := b.rawColumn(f.Paths...)
		c.part = f.Part
		return c, err
	}
	return column{from: sources[f.Type], field: f.ID}, nil
}

// wordColumn is one word of a list.
func wordColumn(f *event.Field, which string) column {
	if i, err := strconv.ParseUint(which, 10, 31); err == nil {
		return column{from: fromWordAt, field: f.ID, index: int(i)}
	}
	return column{from: fromWordNamed, field: f.ID, name: which + "="}
}

var sources = [...]source{
	event.TypeString:  fromText,
	event.TypeIP:      fromText,
	event.TypeJSON:    fromText,
	event.TypeInt:     fromInt,
	event.TypeBool:    fromBool,
	event.TypeTime:    fromTime,
	event.TypeStrings: fromList,
}

func (b *builder) rawColumn(paths ...string) (column, error) {
	c := column{from: fromRaw}
	for _, text := range paths {
		slot, ok := b.slots[text]
		if !ok {
			path, err := rawjson.ParsePath(text)
			if err != nil {
				return column{}, err
			}
			slot = len(b.paths)
			b.paths = append(b.paths, path)
			b.slots[text] = slot
		}
		c.slots = append(c.slots, slot)
	}
	return c, nil
}

// extractor compiles all paths into one walk.
func (b *builder) extractor() (err error) {
	if len(b.paths) == 0 {
		return nil
	}
	root, err := rawjson.ParsePath(patchRoot)
	if err != nil {
		return err
	}
	b.p.paths, err = rawjson.Compile(b.paths, rawjson.Options{PatchRoots: []rawjson.Path{root}})
	return err
}
