package lake

import (
	"os"
	"slices"

	"github.com/lynceus-io/lynceus/event"
)

// pruner decides from filters which segments and row groups cannot hold what
// a selection wants.
type pruner struct {
	lake  *Lake
	conds []condition
}

// condition is one of a selection's conditions in the form of filters. A row
// group satisfies it when it may hold one of hashes, or all of grams.
type condition struct {
	column string
	kind   filterKind
	hashes []uint64
	grams  []uint32
}

func newPruner(l *Lake, sel Selection) *pruner {
	p := &pruner{lake: l}
	t := l.tables[sel.Table]
	if t == nil {
		return p
	}
	for _, e := range sel.Equal {
		i, ok := t.byName[e.Column]
		// Nothing is known about the empty text, which absent ones are too.
		if !ok || !t.columns[i].equal || slices.Contains(e.Values, "") {
			continue
		}
		c := condition{column: e.Column, kind: kindEqual}
		for _, v := range e.Values {
			c.hashes = append(c.hashes, valueHash(appendFold(nil, []byte(v))))
		}
		p.conds = append(p.conds, c)
	}
	for _, e := range sel.Contains {
		i, ok := t.byName[e.Column]
		grams := gramsOf(appendFold(nil, []byte(e.Text)))
		if !ok || !t.columns[i].grams || t.columns[i].field.Type == event.TypeStrings || len(grams) == 0 {
			continue
		}
		p.conds = append(p.conds, condition{column: e.Column, kind: kindGrams, grams: grams})
	}
	return p
}

func (p *pruner) active() bool { return len(p.conds) > 0 }

// keep reports whether a segment may hold what is wanted.
func (p *pruner) keep(s *segment) bool {
	groups, known := p.groups(s)
	return !known || slices.Contains(groups, true)
}

// groups says for each row group of a segment whether it may hold what is
// wanted; known is false when nothing is known, as for a segment without
// filters.
func (p *pruner) groups(s *segment) (may []bool, known bool) {
	if !p.active() {
		return nil, false
	}
	for _, c := range p.conds {
		// A column that the file does not have is empty in all its rows.
		if !s.columns.has[c.column] {
			return nil, true
		}
	}
	if s.idxBytes == 0 {
		return nil, false
	}
	f, err := os.Open(p.lake.disk.path(s.idxFile()))
	if err != nil {
		return nil, false
	}
	defer f.Close() // it was only read
	dir, err := p.lake.cache.directory(f, s)
	if err != nil {
		p.lake.opts.Log.Warn("a segment's filters cannot be used: it is read where others are left out", "segment", s.name, "error", err)
		return nil, false
	}
	may = make([]bool, dir.groups)
	for i := range may {
		may[i] = true
	}
	for _, c := range p.conds {
		refs := dir.refs[filterKey{c.column, c.kind}]
		for i := range refs {
			if may[i] {
				may[i] = c.admits(f, refs[i])
			}
		}
	}
	return may, true
}

// admits reports whether a row group with this filter may satisfy the
// condition; it may when the filter cannot be read.
func (c *condition) admits(f *os.File, r filterRef) bool {
	if c.kind == kindGrams {
		may, err := r.mayContain(f, c.grams)
		return may || err != nil
	}
	for _, h := range c.hashes {
		if may, err := r.mayEqual(f, h); may || err != nil {
			return true
		}
	}
	return false
}
