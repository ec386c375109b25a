package seek

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/sql"
	"github.com/lynceus-io/lynceus/store/lake"
)

// Options say what to seek, and when.
type Options struct {
	Lake       *lake.Lake
	Indicators *Indicators
	// From and To bound the events' time: nanoseconds since 1970, both
	// included.
	From, To int64
	// Progress is called now and then with how many events were looked at;
	// nil for never.
	Progress func(events int64)
}

// Sighting is where an indicator was seen: one field of one table.
type Sighting struct {
	Indicator string    `json:"indicator"` // as it was given
	Table     string    `json:"table"`
	Field     string    `json:"field"`
	Events    int64     `json:"events"`
	First     time.Time `json:"first"`
	Last      time.Time `json:"last"`
	// Values are what stood there, where that is not the indicator itself
	// (addresses of a network, hosts below a domain); Who and Where who it was
	// and in which namespace and pod. Each holds the first different ones, at
	// most five.
	Values []string `json:"values"`
	Who    []string `json:"who"`
	Where  []string `json:"where"`
	// EventUIDs are those of the earliest events that were read, at most
	// three.
	EventUIDs []string `json:"event_uids"`
}

// Bounds of the lists of a Sighting.
const (
	maxTexts = 5
	maxUIDs  = 3
)

// Result is what was found.
type Result struct {
	Schema string `json:"schema"`
	// Indicators is how many were sought, Seen how many of them were seen.
	Indicators int `json:"indicators"`
	Seen       int `json:"seen"`
	// Tables are those that were looked through and how many events they had
	// of the time; a table without events says nothing about what happened.
	Tables []Looked `json:"tables"`
	// Sightings are in order of the indicator, then by time.
	Sightings []Sighting `json:"sightings"`
	// Coverage says what is missing of that time; nil where nothing can be said.
	Coverage *coverage.Statement `json:"coverage,omitempty"`
}

// Schema names the document that a Result is.
const Schema = "lynceus.hunt/v1"

// Looked is a table that was looked through.
type Looked struct {
	Table  string `json:"table"`
	Events int64  `json:"events"` // estimated from whole segments
}

// seeking is a Seek under way.
type seeking struct {
	o     Options
	found map[key]*Sighting
	seen  int64
}

type key struct {
	indicator string
	table     event.Class
	field     event.FieldID
}

// progressEvery is how many events pass between two calls of
// Options.Progress.
const progressEvery = 65536

// Seek looks for indicators in all tables. An event counts once for each field
// in which it has the indicator, a request once whatever its stages.
func Seek(ctx context.Context, o Options) (*Result, error) {
	s := &seeking{o: o, found: map[key]*Sighting{}}
	r := &Result{Schema: Schema, Indicators: o.Indicators.Len(), Tables: []Looked{}, Sightings: []Sighting{}}
	for _, t := range places {
		looked, err := s.table(ctx, t.table, t.in)
		if err != nil {
			return nil, fmt.Errorf("look through the table %s: %w", t.table, err)
		}
		if looked != nil {
			r.Tables = append(r.Tables, *looked)
		}
	}
	indicators := map[string]bool{}
	for _, one := range s.found {
		indicators[one.Indicator] = true
		r.Sightings = append(r.Sightings, *one)
	}
	r.Seen = len(indicators)
	slices.SortFunc(r.Sightings, func(a, b Sighting) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), a.First.Compare(b.First), cmp.Compare(a.Table, b.Table), cmp.Compare(a.Field, b.Field))
	})
	return r, nil
}

// table looks through one table; the fields that filters know one by one, and
// the others together. It returns nil when none of them can hold an indicator.
func (s *seeking) table(ctx context.Context, c event.Class, in []place) (*Looked, error) {
	var together []place
	any := false
	for _, p := range in {
		if p.kind&s.o.Indicators.kinds == 0 {
			continue
		}
		any = true
		values, ok := s.o.Indicators.values(p.kind)
		if !ok || p.hosts || event.Lookup(p.field).Type == event.TypeStrings {
			together = append(together, p)
			continue
		}
		if err := s.scan(ctx, c, []place{p}, []sql.Equal{{Column: event.Lookup(p.field).Column(), Values: values, Fold: true}}); err != nil {
			return nil, err
		}
	}
	if !any {
		return nil, nil
	}
	if len(together) > 0 {
		if err := s.scan(ctx, c, together, nil); err != nil {
			return nil, err
		}
	}
	snap, err := s.o.Lake.Pin(ctx, s.selection(c))
	if err != nil {
		return nil, err
	}
	defer snap.Release()
	looked := &Looked{Table: c.String()}
	for _, f := range snap.Files {
		looked.Events += f.Rows
	}
	return looked, nil
}

func (s *seeking) selection(c event.Class) lake.Selection {
	sel := lake.All(c)
	sel.From, sel.To = s.o.From, s.o.To
	return sel
}

// scan looks for the indicators in some fields of a table.
func (s *seeking) scan(ctx context.Context, c event.Class, in []place, equal []sql.Equal) error {
	sel := s.selection(c)
	sel.Equal = equal
	for _, id := range beside {
		if f := event.Lookup(id); f.In(c) {
			sel.Columns = append(sel.Columns, f.Column())
		}
	}
	for _, p := range in {
		for _, id := range []event.FieldID{p.field, p.unless} {
			if f := event.Lookup(id); f != nil && !slices.Contains(sel.Columns, f.Column()) {
				sel.Columns = append(sel.Columns, f.Column())
			}
		}
	}
	return s.o.Lake.Scan(ctx, sel, func(e *event.Event) error {
		if s.seen++; s.seen%progressEvery == 0 && s.o.Progress != nil {
			s.o.Progress(s.seen)
		}
		for _, p := range in {
			s.look(e, p)
		}
		return nil
	})
}

// look looks for the indicators in one field of an event.
func (s *seeking) look(e *event.Event, p place) {
	list, isList := e.List(p.field)
	if !isList {
		text, ok := e.Text(p.field)
		if !ok {
			return
		}
		list = []string{text}
	}
	before, _ := e.Text(p.unless)
	var told []string // an event counts once
	for _, text := range list {
		if text == before {
			continue
		}
		hit := func(indicator string) {
			if !slices.Contains(told, indicator) {
				told = append(told, indicator)
				s.hit(e, p.field, indicator, text)
			}
		}
		if p.kind&kindAddress != 0 {
			s.o.Indicators.address(text, hit)
		}
		if p.kind&(kindName|kindHash) == 0 {
			continue
		}
		if p.hosts {
			s.o.Indicators.host(text, hit)
		} else {
			s.o.Indicators.name(text, hit)
		}
	}
}

// hit notes that an indicator was seen.
func (s *seeking) hit(e *event.Event, field event.FieldID, indicator, text string) {
	k := key{indicator, e.Class, field}
	at := time.Unix(0, event.Time.Get(e)).UTC()
	g := s.found[k]
	if g == nil {
		g = &Sighting{
			Indicator: indicator, Table: e.Class.String(), Field: event.Lookup(field).Name, First: at, Last: at,
			Values: []string{}, Who: []string{}, Where: []string{}, EventUIDs: []string{},
		}
		s.found[k] = g
	}
	g.Events++
	if at.Before(g.First) {
		g.First = at
	}
	if at.After(g.Last) {
		g.Last = at
	}
	if !strings.EqualFold(text, indicator) {
		g.Values = note(g.Values, text)
	}
	for _, f := range whoIn {
		if who := f.Get(e); who != "" {
			g.Who = note(g.Who, who)
			break
		}
	}
	where := event.K8sNamespace.Get(e)
	if pod := event.K8sPod.Get(e); pod != "" {
		where += "/" + pod
	}
	g.Where = note(g.Where, where)
	if len(g.EventUIDs) < maxUIDs {
		g.EventUIDs = append(g.EventUIDs, strings.Clone(event.MetadataUID.Get(e)))
	}
}

// note adds a text that is not there, while there is room.
func note(list []string, text string) []string {
	if text == "" || len(list) >= maxTexts || slices.Contains(list, text) {
		return list
	}
	return append(list, strings.Clone(text))
}
