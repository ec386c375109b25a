package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/plan"
	"github.com/lynceus-io/lynceus/kql/torule"
	"github.com/lynceus-io/lynceus/kql/value"
	"github.com/lynceus-io/lynceus/store/ownrules"
)

// Bounds of the tests that are made of stored events.
const (
	// maxSample is how long an event in a test may be, in bytes; parts of a
	// longer one that the rule does not look at are left out.
	maxSample = 16 << 10
	// maxCopies is how many events a test of a rule that counts may have.
	maxCopies = 200
	// history is how many events a novelty must have seen before it calls
	// something new (detect.DefaultMinMatches).
	history = 20
)

// testMaker makes tests of a rule of events that whoever asks may see. A test
// that the rule does not pass is none: an event that needs its surroundings
// to be found, say.
type testMaker struct {
	c       *call
	request hunt.Request
	draft   *torule.Draft
	head    torule.Header
	notes   []string
}

// cases returns a test that the rule finds and one that it does not, as far as
// there are events for them.
func (m *testMaker) cases(ctx context.Context) ([]torule.Case, error) {
	if m.c.s.o.OwnRules == nil {
		return nil, nil
	}
	from, err := torule.SamplesOf(m.request.KQL)
	if err != nil {
		return nil, err
	}
	found, err := m.matching(ctx, from.Matching)
	if err != nil {
		return nil, err
	}
	var out []torule.Case
	for _, x := range found {
		if m.holds(ctx, x) {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		m.notes = append(m.notes, "no stored event of the time shows the rule at work: write a test that it finds")
	}
	for _, q := range from.Others {
		events, err := m.ask(ctx, q+"\n| take 1")
		if err != nil {
			return nil, err
		}
		if len(events) == 0 {
			continue
		}
		if x := (torule.Case{Name: "an event that lacks something", Events: events}); m.holds(ctx, x) {
			return append(out, x), nil
		}
	}
	m.notes = append(m.notes, "there is no stored event near it to show what the rule does not find")
	return out, nil
}

// matching makes tests of events that the query gives.
func (m *testMaker) matching(ctx context.Context, q string) ([]torule.Case, error) {
	if len(m.draft.New) > 0 {
		return m.novel(ctx, q)
	}
	events, err := m.ask(ctx, q+"\n| take 1")
	if err != nil || len(events) == 0 {
		return nil, err
	}
	if m.draft.Count == nil {
		return []torule.Case{{Name: "an event that the query finds", Match: true, Events: events}}, nil
	}
	n := copies(m.draft.Count)
	if n == 0 {
		return nil, nil
	}
	many := events[0]
	many.Repeat = n
	out := []torule.Case{{Name: fmt.Sprintf("%d such events", n), Match: true, Events: []torule.Sample{many}}}
	if n > 1 {
		out = append(out, torule.Case{Name: "one such event", Events: events})
	}
	return out, nil
}

// copies is how many equal events a rule that counts finds; 0 where equal ones
// are not what it counts, or too many.
func copies(k *torule.Count) int {
	if k.Of != "" || len(k.Limits) != 1 {
		return 0
	}
	n := k.Limits[0].N
	switch k.Limits[0].Op {
	case "gt":
		n++
	case "gte", "eq":
	default:
		return 0
	}
	if n < 1 || n > maxCopies {
		return 0
	}
	return int(n)
}

// novel makes tests of what is new: an event after many of another, and one
// after many of its own.
func (m *testMaker) novel(ctx context.Context, q string) ([]torule.Case, error) {
	names := make([]string, len(m.draft.New))
	for i, n := range m.draft.New {
		names[i] = plan.ColumnName(n)
	}
	events, err := m.ask(ctx, fmt.Sprintf("%s\n| summarize arg_max(time, *) by %s\n| take 2", q, strings.Join(names, ", ")))
	if err != nil || len(events) == 0 {
		return nil, err
	}
	known := events[0]
	known.Repeat = history
	out := []torule.Case{{Name: "what was there before", History: []torule.Sample{known}, Events: events[:1]}}
	before, fresh := known, events[len(events)-1]
	if len(events) == 1 {
		if before.Document, err = another(known.Document); err != nil {
			return out, nil
		}
	}
	return append([]torule.Case{{Name: "what is new", Match: true, History: []torule.Sample{before}, Events: []torule.Sample{fresh}}}, out...), nil
}

// another is a test's event with somebody else in it, for when the store has
// events of one only.
func another(doc []byte) ([]byte, error) {
	const name = "somebody-known"
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if user, ok := m["user"].(map[string]any); ok { // a request
		user["username"] = name
	} else {
		m["actor.user.name"] = name
	}
	return json.Marshal(m)
}

// holds reports whether the rule passes a test.
func (m *testMaker) holds(ctx context.Context, x torule.Case) bool {
	text, err := m.draft.Document(m.head, x)
	return err == nil && m.c.s.o.OwnRules.Try(ctx, ownrules.Rule{ID: m.head.ID, Document: text, On: true}) == nil
}

// ask returns the events of an answer as tests have them.
func (m *testMaker) ask(ctx context.Context, q string) ([]torule.Sample, error) {
	r := m.request
	r.KQL, r.MaxRows = q, 2
	a, err := m.c.queries().Query(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	var out []torule.Sample
	row := make([]value.Value, len(a.Columns()))
	for a.Next(row) {
		doc, err := m.sample(a.Columns(), row)
		if err == nil {
			out = append(out, torule.Sample{Document: doc})
		}
	}
	return out, a.Err()
}

var errNoSample = errors.New("the event is too long for a test, or was not kept")

// sample writes a row as a test has it: the document of a request, else the
// fields of the row.
func (m *testMaker) sample(cols []plan.Column, row []value.Value) ([]byte, error) {
	if m.draft.Table == event.ClassAudit {
		for i, col := range cols {
			if col.Name == event.Lookup(event.RawData.ID()).Name {
				return m.trim(row[i].String())
			}
		}
		return nil, errNoSample
	}
	doc := map[string]json.RawMessage{}
	for i, col := range cols {
		f := event.ByName(col.Name)
		if f == nil || f.Origin == event.Derived || placed[col.Name] || row[i].Null || row[i].Type == value.TypeString && row[i].Text == "" {
			continue
		}
		doc[col.Name] = hunt.AppendValue(nil, row[i])
	}
	out, err := json.Marshal(doc)
	if err == nil && len(out) > maxSample {
		err = errNoSample
	}
	return out, err
}

// placed are fields that tests fill in: of another event each, at another time.
var placed = map[string]bool{"metadata.uid": true, "time": true, "raw_data": true, "metadata.revision": true}

// trim takes from a request's document what tests fill in, and where it is long
// the answer and the body, which few rules look at.
func (m *testMaker) trim(text string) ([]byte, error) {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	for _, name := range []string{"auditID", "requestReceivedTimestamp", "stageTimestamp"} {
		delete(doc, name)
	}
	for _, name := range []string{"", "responseObject", "requestObject"} {
		delete(doc, name)
		out, err := json.Marshal(doc)
		if err != nil || len(out) <= maxSample {
			return out, err
		}
	}
	return nil, errNoSample
}
