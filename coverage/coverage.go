// Package coverage says what was looked at and what was not: how much each
// source gave, what could not be read and why. No answer of Lynceus is shown
// without it, so that silence is never read as health.
package coverage

import "time"

// Report is the account of one run.
type Report struct {
	Sources []Source
	// Requests is how many different API requests the events were about.
	Requests int64
	// Duplicates are records that were there twice, word for word.
	Duplicates int64
	// Rules is how many rules were judged; Muted those that were stopped for
	// flooding.
	Rules int
	Muted []string
	// Evicted counts state that did not fit its bound, by what it was
	// (windows, novelty, requests): results may miss something then.
	Evicted map[string]int64
	// Objects is how many objects of recorded inventories were read.
	Objects int64
	// Learned says from how many records novelty learned, and over what time.
	Learned Span
	// Elapsed is the time the run took.
	Elapsed time.Duration
}

// Source is the account of one file or stream.
type Source struct {
	Name     string
	Dialect  string // of most of its events: kubernetes, eks, gke, aks, openshift
	Bytes    int64  // read from it, compressed as it stands
	Text     int64  // bytes of JSON after decompression
	Events   int64  // records that became events
	Ignored  int64  // well-formed documents that are no audit events
	Broken   int64  // documents that could not be read
	Future   int64  // events more than five minutes ahead of the clock
	Late     int64  // events that came after a later one of the same source
	Redacted int64  // values replaced before anything was kept
	Filtered int64  // events outside the time that was asked for
	// WrongTypes counts fields that were left out because their value had
	// another type than theirs; the events are there without them.
	WrongTypes int64
	Span       Span
	// Problems are the first that were met, with their place; Problems +
	// those beyond the limit add up to Broken and file errors.
	Problems []Problem
}

// Span is a stretch of event time.
type Span struct {
	First, Last time.Time
	Events      int64
}

// Problem is one thing that could not be read.
type Problem struct {
	File   string
	Line   int64  // from 1; 0 when the file as a whole is meant
	Offset int64  // in bytes from the start of the (decompressed) text
	Text   string // what is wrong, and what to do
}

// Total returns the sum of all sources: bytes, counts, and the span from the
// first event to the last.
func (r *Report) Total() Source {
	var t Source
	for i := range r.Sources {
		s := &r.Sources[i]
		t.Bytes += s.Bytes
		t.Text += s.Text
		t.Events += s.Events
		t.Ignored += s.Ignored
		t.Broken += s.Broken
		t.Future += s.Future
		t.Late += s.Late
		t.Redacted += s.Redacted
		t.Filtered += s.Filtered
		t.WrongTypes += s.WrongTypes
		t.Span.Events += s.Span.Events
		if !s.Span.First.IsZero() && (t.Span.First.IsZero() || s.Span.First.Before(t.Span.First)) {
			t.Span.First = s.Span.First
		}
		if s.Span.Last.After(t.Span.Last) {
			t.Span.Last = s.Span.Last
		}
	}
	return t
}
