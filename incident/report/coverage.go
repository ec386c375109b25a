package report

import (
	"github.com/lynceus-io/lynceus/coverage"
)

// Coverage is the document of what a run looked at.
type Coverage struct {
	Sources        []Source         `json:"sources"`
	Events         int64            `json:"events"`     // of all sources
	Broken         int64            `json:"broken"`     // of all sources
	Bytes          int64            `json:"bytes"`      // of all sources, as they stand
	TextBytes      int64            `json:"text_bytes"` // of all sources, decompressed
	Requests       int64            `json:"requests"`
	Objects        int64            `json:"objects"` // of recorded inventories
	Duplicates     int64            `json:"duplicates"`
	Time           *string          `json:"time"`      // of the first event
	LastTime       *string          `json:"last_time"` // of the last
	Rules          int              `json:"rules"`
	Muted          []string         `json:"muted"`
	Evicted        map[string]int64 `json:"evicted"`
	Learned        Span             `json:"learned"`
	ElapsedSeconds float64          `json:"elapsed_seconds"`
}

// Source is what one file or stream gave.
type Source struct {
	Name       string    `json:"name"`
	Dialect    string    `json:"dialect"`
	Bytes      int64     `json:"bytes"`
	TextBytes  int64     `json:"text_bytes"`
	Events     int64     `json:"events"`
	Ignored    int64     `json:"ignored"`
	Broken     int64     `json:"broken"`
	Future     int64     `json:"future"`
	Late       int64     `json:"late"`
	Redacted   int64     `json:"redacted"`
	Filtered   int64     `json:"filtered"`
	WrongTypes int64     `json:"wrong_types"`
	Time       *string   `json:"time"`
	LastTime   *string   `json:"last_time"`
	Problems   []Problem `json:"problems"`
}

// Span is a stretch of event time.
type Span struct {
	Events   int64   `json:"events"`
	Time     *string `json:"time"`
	LastTime *string `json:"last_time"`
}

// Problem is one thing that could not be read.
type Problem struct {
	File   string `json:"file"`
	Line   int64  `json:"line"`
	Offset int64  `json:"offset"`
	Text   string `json:"text"`
}

// NewCoverage returns the document of what a run looked at.
func NewCoverage(r *coverage.Report) Coverage {
	t := r.Total()
	d := Coverage{
		Sources: []Source{}, Events: t.Events, Broken: t.Broken, Bytes: t.Bytes, TextBytes: t.Text, Requests: r.Requests, Objects: r.Objects, Duplicates: r.Duplicates,
		Time: stamp(t.Span.First), LastTime: stamp(t.Span.Last), Rules: r.Rules, Muted: list(r.Muted), Evicted: map[string]int64{},
		Learned: span(r.Learned), ElapsedSeconds: r.Elapsed.Seconds(),
	}
	for what, n := range r.Evicted {
		d.Evicted[what] = n
	}
	for _, s := range r.Sources {
		o := Source{
			Name: s.Name, Dialect: s.Dialect, Bytes: s.Bytes, TextBytes: s.Text, Events: s.Events, Ignored: s.Ignored, Broken: s.Broken,
			Future: s.Future, Late: s.Late, Redacted: s.Redacted, Filtered: s.Filtered, WrongTypes: s.WrongTypes, Time: stamp(s.Span.First), LastTime: stamp(s.Span.Last), Problems: []Problem{},
		}
		for _, p := range s.Problems {
			o.Problems = append(o.Problems, Problem{p.File, p.Line, p.Offset, p.Text})
		}
		d.Sources = append(d.Sources, o)
	}
	return d
}

func span(s coverage.Span) Span {
	return Span{Events: s.Events, Time: stamp(s.First), LastTime: stamp(s.Last)}
}
