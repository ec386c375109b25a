package audit

import (
	"fmt"
	"sync"
	"testing"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// ask is a record of a request.
type ask struct {
	id, time, user, as, verb, uri, stage string
}

func (a ask) event(tb testing.TB) (*event.Event, event.UID) {
	tb.Helper()
	doc := fmt.Sprintf(`{"auditID":%q,"requestReceivedTimestamp":%q,"user":{"username":%q},"verb":%q,"requestURI":%q,"stage":%q`, a.id, a.time, a.user, a.verb, a.uri, a.stage)
	if a.as != "" {
		doc += fmt.Sprintf(`,"impersonatedUser":{"username":%q}`, a.as)
	}
	d, err := askDecoder()
	if err != nil {
		tb.Fatal(err)
	}
	var c collector
	d.DecodeAll([]byte(doc+"}"), &Arena{}, &c)
	return c.events[0], c.uids[0]
}

// askDecoder decodes all of them: making a decoder takes far longer than decoding a record.
var askDecoder = sync.OnceValues(func() (*Decoder, error) { return NewDecoder(DecoderOptions{}) })

func TestRequests(t *testing.T) {
	const t1, t2 = "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"
	base := ask{"a", t1, "u", "", "get", "/x", "ResponseComplete"}
	with := func(change func(*ask)) ask { b := base; change(&b); return b }
	for name, test := range map[string]struct {
		asks     []ask
		seen     []Seen
		reused   int // index of the record whose ID is found to be reused, -1 for none
		revision int64
	}{
		"one": {[]ask{base}, []Seen{SeenFirst}, -1, 0},
		"stages": {[]ask{
			with(func(a *ask) { a.stage = "RequestReceived" }), with(func(a *ask) { a.stage = "ResponseStarted" }), base,
		}, []Seen{SeenFirst, SeenAmended, SeenAmended}, -1, 2},
		"panic":      {[]ask{with(func(a *ask) { a.stage = "ResponseStarted" }), with(func(a *ask) { a.stage = "Panic" })}, []Seen{SeenFirst, SeenAmended}, -1, 1},
		"twice":      {[]ask{base, base}, []Seen{SeenFirst, SeenAgain}, -1, 0},
		"late stage": {[]ask{base, with(func(a *ask) { a.stage = "ResponseStarted" })}, []Seen{SeenFirst, SeenLate}, -1, 0},
		"no stage":   {[]ask{with(func(a *ask) { a.stage = "" }), with(func(a *ask) { a.stage = "" })}, []Seen{SeenFirst, SeenAgain}, -1, 0},
		"other user": {[]ask{base, with(func(a *ask) { a.user = "v"; a.time = t2 })}, []Seen{SeenFirst, SeenFirst}, 1, 0},
		"other verb": {[]ask{base, with(func(a *ask) { a.verb = "delete" })}, []Seen{SeenFirst, SeenFirst}, 1, 0},
		"other URI":  {[]ask{base, with(func(a *ask) { a.uri = "/y" })}, []Seen{SeenFirst, SeenFirst}, 1, 0},
		"aggregated": {[]ask{base, with(func(a *ask) { a.time = t2 })}, []Seen{SeenFirst, SeenFirst}, -1, 0},
		"aggregated and impersonated": {[]ask{
			with(func(a *ask) { a.as = "v" }), with(func(a *ask) { a.user = "v"; a.time = t2 }),
		}, []Seen{SeenFirst, SeenFirst}, -1, 0},
		"impersonation is known late": {[]ask{
			with(func(a *ask) { a.stage = "RequestReceived" }), with(func(a *ask) { a.as = "v" }), with(func(a *ask) { a.user = "v"; a.time = t2 }),
		}, []Seen{SeenFirst, SeenAmended, SeenFirst}, -1, 0},
		"no ID": {[]ask{with(func(a *ask) { a.id = "" }), with(func(a *ask) { a.id = ""; a.uri = "/y" })}, []Seen{SeenFirst, SeenFirst}, -1, 0},
	} {
		r := NewRequests(0)
		for i, a := range test.asks {
			e, uid := a.event(t)
			if got := r.Observe(e, uid); got != test.seen[i] {
				t.Errorf("%s: record %d is %d, want %d", name, i, got, test.seen[i])
			}
			if got := event.AuditReusedID.Has(e); got != (i == test.reused) {
				t.Errorf("%s: record %d: reused ID %v", name, i, got)
			}
			revision, ok := event.MetadataRevision.Get(e)
			if kept := test.seen[i] == SeenFirst || test.seen[i] == SeenAmended; ok != kept {
				t.Errorf("%s: record %d: revision %d, %v", name, i, revision, ok)
			}
			if i == len(test.asks)-1 && ok && revision != test.revision {
				t.Errorf("%s: revision %d, want %d", name, revision, test.revision)
			}
		}
	}
}

// TestRequestsAreBounded: complete ones are forgotten first, and what waits
// for its answer is counted when it has to go.
func TestRequestsAreBounded(t *testing.T) {
	r := NewRequests(100 * 2 * requestBytes) // 100 in a generation
	event := func(i int, stage string) Seen {
		e, uid := ask{fmt.Sprint(i), "2026-01-02T03:04:05Z", "u", "", "get", "/x", stage}.event(t)
		return r.Observe(e, uid)
	}
	event(0, "ResponseStarted")
	for i := 1; i < 1000; i++ {
		event(i, "ResponseComplete")
	}
	if n := len(r.current.stages) + len(r.previous.stages); n > 201 {
		t.Errorf("%d requests are held", n)
	}
	if got := event(0, "ResponseComplete"); got != SeenAmended {
		t.Errorf("the request that waited is %d", got)
	}
	if got := event(999, "ResponseComplete"); got != SeenAgain {
		t.Errorf("the latest request is %d", got)
	}
	if got := event(5, "ResponseComplete"); got != SeenFirst {
		t.Errorf("a request of long ago is %d", got)
	}
	var report coverage.Report
	r.Cover(&report)
	if report.Requests != 1001 || report.Duplicates != 1 || len(report.Evicted) != 0 {
		t.Errorf("account %+v", report)
	}
	for i := 2000; i < 2500; i++ {
		event(i, "ResponseStarted")
	}
	r.Cover(&report)
	if report.Evicted["requests"] == 0 {
		t.Errorf("nothing evicted: %+v", report)
	}
}

func BenchmarkRequests(b *testing.B) {
	d := newTestDecoder(b)
	docs := realEvents(b)
	events := make([]event.Event, len(docs))
	uids := make([]event.UID, len(docs))
	arenas := make([]Arena, len(docs))
	for i, doc := range docs {
		var err error
		if uids[i], err = d.Decode(doc, &arenas[i], &events[i]); err != nil {
			b.Fatal(err)
		}
	}
	r := NewRequests(0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := i % len(docs)
		uid := uids[n]
		uid[0] ^= byte(i / len(docs)) // a request of its own in each round
		r.Observe(&events[n], uid)
	}
}

// TestRequestsAreSeeded: what a store has counts as seen after a restart.
func TestRequestsAreSeeded(t *testing.T) {
	const t1, t2 = "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"
	base := ask{"a", t1, "u", "", "get", "/x", "ResponseComplete"}
	at := func(stage string) ask { b := base; b.stage = stage; return b }
	for name, test := range map[string]struct {
		stored   []ask
		now      ask
		seen     Seen
		revision int64 // of what is kept
		reused   bool
	}{
		"again":         {[]ask{base}, base, SeenAgain, -1, false},
		"late":          {[]ask{base}, at("RequestReceived"), SeenLate, -1, false},
		"both again":    {[]ask{at("RequestReceived"), base}, base, SeenAgain, -1, false},
		"answer":        {[]ask{at("RequestReceived")}, base, SeenAmended, 1, false},
		"second answer": {[]ask{at("RequestReceived"), at("ResponseStarted")}, base, SeenAmended, 2, false},
		"another":       {[]ask{base}, ask{"b", t2, "u", "", "get", "/x", "ResponseComplete"}, SeenFirst, 0, false},
		"reused ID":     {[]ask{base}, ask{"a", t2, "v", "", "get", "/x", "ResponseComplete"}, SeenFirst, 0, true},
	} {
		before, after := NewRequests(0), NewRequests(0)
		for _, a := range test.stored {
			e, uid := a.event(t)
			before.Observe(e, uid) // sets the revision that a store has
			after.Seed(e, uid)
		}
		e, uid := test.now.event(t)
		seen := after.Observe(e, uid)
		revision, ok := event.MetadataRevision.Get(e)
		if !ok {
			revision = -1
		}
		if seen != test.seen || revision != test.revision || event.AuditReusedID.Has(e) != test.reused {
			t.Errorf("%s: %d, revision %d, reused %v", name, seen, revision, event.AuditReusedID.Has(e))
		}
		var report coverage.Report
		after.Cover(&report)
		if wantCount := report.Requests; wantCount > 1 || test.seen == SeenFirst != (wantCount == 1) {
			t.Errorf("%s: account %+v", name, report)
		}
	}
}

// TestRequestsAreBoundedByAmendments: requests that are amended late do not
// make more room than there is.
func TestRequestsAreBoundedByAmendments(t *testing.T) {
	r := NewRequests(100 * 2 * requestBytes)
	for round := range 20 {
		for i := range 100 {
			for _, stage := range []string{"RequestReceived", "ResponseStarted", "ResponseComplete"}[:1+round%3] {
				e, uid := ask{fmt.Sprint(round/3, i), "2026-01-02T03:04:05Z", "u", "", "get", "/x", stage}.event(t)
				r.Observe(e, uid)
			}
		}
		if n := len(r.current.stages) + len(r.previous.stages); n > 201 {
			t.Fatalf("round %d: %d requests are held", round, n)
		}
	}
}
