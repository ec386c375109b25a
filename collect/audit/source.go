package audit

import (
	"sync/atomic"

	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/coverage"
)

// A source is one file while it is read.
type source struct {
	file  input.File
	read  atomic.Int64 // bytes of the file as it stands
	first firstRecord  // where it begins, if that was looked up
	// reversed says that it has its latest records first.
	reversed bool
	probing  bool // while first is looked up

	// Of the goroutine that feeds it until queue is closed.
	queue chan *Batch
	err   error // the end, if it was not io.EOF
	inUse int   // batches; guarded by quota.mu
	// wrapping is what the file as a whole says about its documents.
	wrapping wrapping

	// Of the merge.
	batch   *Batch
	index   int   // of the record in batch that is next
	time    int64 // of that record
	latest  int64 // of the records delivered, noTime before the first
	report  coverage.Source
	dialect dialectCounts
}

func newSource(f input.File) *source {
	return &source{file: f, latest: noTime, report: coverage.Source{Name: f.Name}}
}

// before reports whether the next record of s comes before that of t. Both
// have one.
func (s *source) before(t *source) bool {
	if s.time != t.time {
		return s.time < t.time
	}
	a, b := s.batch.items[s.index].uid, t.batch.items[t.index].uid
	if a != b {
		return string(a[:]) < string(b[:])
	}
	return s.file.Name < t.file.Name
}
