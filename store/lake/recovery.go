package lake

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Recovery is what a start found and did. Names are below the lake's
// directory.
type Recovery struct {
	Segments    int   // that answer
	Rows, Bytes int64 // of them

	// Unfinished are files that an interrupted process was writing; removed.
	Unfinished []string
	// Uncommitted are complete segments of an append or merge that the
	// manifest never heard of; removed, as their source still has the events.
	Uncommitted []string
	// Aside are segments that are damaged or missing, and files that nothing
	// explains; what there is of them was moved to the directory aside.
	Aside []Aside
	// NoFilters are segments whose file of filters is missing or damaged. They
	// answer, and are read where others are left out.
	NoFilters []string
	// Unsent are segments that waited to be shipped and whose files are gone:
	// they are given up.
	Unsent []Unsent
	// Rebuilt says that there was no manifest and it was made anew from the
	// segments; Damaged names the unusable one, where there was one.
	Rebuilt bool
	Damaged string
}

// Unsent is a segment of the outbox whose file is gone.
type Unsent struct {
	Name  string
	Class event.Class
	Rows  int64
}

// Clean reports whether there was nothing to clean up or to report.
func (r *Recovery) Clean() bool {
	return len(r.Unfinished)+len(r.Uncommitted)+len(r.Aside)+len(r.NoFilters)+len(r.Unsent) == 0 && !r.Rebuilt
}

func (r *Recovery) count(s Stats) { r.Segments, r.Rows, r.Bytes = s.Segments, s.Rows, s.Bytes }

// String says it in lines, the first of which is a summary.
func (r *Recovery) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d segments, %d events, %d bytes", r.Segments, r.Rows, r.Bytes)
	if r.Clean() {
		return b.String()
	}
	if r.Damaged != "" {
		fmt.Fprintf(&b, "\nthe manifest could not be read and was kept as %s", r.Damaged)
	}
	if r.Rebuilt {
		b.WriteString("\nthere was no manifest: it was made anew from the segments")
	}
	for _, n := range r.Unfinished {
		fmt.Fprintf(&b, "\nremoved the unfinished file %s", n)
	}
	for _, n := range r.Uncommitted {
		fmt.Fprintf(&b, "\nremoved %s, which was written and not committed: its source still has the events", n)
	}
	for _, a := range r.Aside {
		fmt.Fprintf(&b, "\nset aside %s with %d events of table %s: %s", a.Name, a.Rows, a.Class, a.Reason)
	}
	for _, n := range r.NoFilters {
		fmt.Fprintf(&b, "\n%s has no usable filters: it is read where others are left out", n)
	}
	for _, u := range r.Unsent {
		fmt.Fprintf(&b, "\n%s is gone: its %d events of table %s are not shipped", u.Name, u.Rows, u.Class)
	}
	return b.String()
}
