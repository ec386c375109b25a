package foreign

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// A Format is how one tool writes what it saw.
type Format struct {
	// Name is what rows have as metadata.log_provider.
	Name string
	// Marks tell the tool's documents by their members: a document is one of
	// the tool's if it has all members of one of the lists. A member of a
	// member stands after a dot.
	Marks [][]string
	// Read makes rows of a document. The error says why it makes none; what was
	// given to Rows until then stays.
	Read func(doc []byte, to Rows) error
	// Identity returns what a document is known by when it comes again, in
	// another form or with other members; nil, like no Identity, for all of it.
	Identity func(doc []byte) []byte
}

// Rows takes what a document becomes.
type Rows interface {
	// Begin returns an empty row of a table. original is the part of the
	// document that it is about, nil for all of it. Neither may be kept after
	// End.
	Begin(table event.Class, original []byte) *event.Event
	// End says that the row is complete, and returns its identity.
	End() event.UID
}

// A Set are formats that may come in one stream. It never changes, and may be
// used by several goroutines at once.
type Set struct {
	formats []Format
	probe   *rawjson.Extractor
	needs   [][][]int // of each format and mark the slots of probe
}

// NewSet returns the set of some formats. The first that recognises a document
// has it.
func NewSet(formats ...Format) (*Set, error) {
	s := &Set{formats: formats}
	slots := map[string]int{}
	var paths []rawjson.Path
	for _, f := range formats {
		var marks [][]int
		for _, members := range f.Marks {
			var mark []int
			for _, m := range members {
				slot, known := slots[m]
				if !known {
					slot = len(paths)
					slots[m] = slot
					var path rawjson.Path
					for name := range strings.SplitSeq(m, ".") {
						path = append(path, rawjson.Key(name))
					}
					paths = append(paths, path)
				}
				mark = append(mark, slot)
			}
			marks = append(marks, mark)
		}
		s.needs = append(s.needs, marks)
	}
	var err error
	if s.probe, err = rawjson.Compile(paths, rawjson.Options{}); err != nil {
		return nil, fmt.Errorf("compile the marks of formats: %w", err)
	}
	return s, nil
}

// Find returns the format of a document, nil for none. found is memory that
// the caller lends.
func (s *Set) Find(doc []byte, found *rawjson.Values) *Format {
	if s == nil || s.probe.Extract(doc, found) != nil {
		return nil
	}
	for i := range s.formats {
		for _, mark := range s.needs[i] {
			if has(found, mark) {
				return &s.formats[i]
			}
		}
	}
	return nil
}

func has(found *rawjson.Values, slots []int) bool {
	for _, slot := range slots {
		leaves := found.Leaves(slot)
		if len(leaves) == 0 || leaves[len(leaves)-1].Kind == rawjson.Null {
			return false
		}
	}
	return true
}

// Names returns the names of the formats.
func (s *Set) Names() []string {
	var out []string
	for _, f := range s.formats {
		out = append(out, f.Name)
	}
	return out
}
