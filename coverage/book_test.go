package coverage

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

func sensorAccount(node string, from time.Time, change ...func(*Account)) *Account {
	a := &Account{Key: Key{"prod", node, SensorSource}, Role: Sensor, Kind: Total, Reporter: SensorSource, From: from, To: from.Add(ReportEvery), Counts: Counts{Seen: 1000}}
	for _, f := range change {
		f(a)
	}
	return a
}

func auditAccount(source string, from time.Time, stored int64) *Account {
	return &Account{Key: Key{Cluster: "prod", Source: source}, Role: Audit, Kind: Total, Reporter: HubReporter, From: from, To: from.Add(time.Minute), Counts: Counts{Seen: stored, Stored: stored}}
}

// line is what a book says at the end of what it was told.
func line(b *Book, q Question, now time.Time) string {
	s := b.State(q, now)
	if s == nil {
		return "nil"
	}
	return s.Line()
}

var processes = []event.Class{event.ClassProcess}

func TestBook(t *testing.T) {
	f := func(name string, q Question, now time.Time, want string, accounts ...*Account) {
		t.Helper()
		for _, reverse := range []bool{false, true} {
			b := NewBook(0)
			for i := range accounts {
				if reverse {
					i = len(accounts) - 1 - i
				}
				b.Add(accounts[i])
			}
			if got := line(b, q, now); got != want {
				t.Errorf("%s (reversed: %v):\n%s, want\n%s", name, reverse, got, want)
			}
		}
	}
	hour := func(node string, leave ...int) (out []*Account) {
		for i := range 180 {
			skip := false
			for _, l := range leave {
				skip = skip || i == l
			}
			if !skip {
				out = append(out, sensorAccount(node, noon.Add(time.Duration(i)*ReportEvery)))
			}
		}
		return out
	}
	end := noon.Add(time.Hour)
	all := Question{Tables: processes}
	f("nothing", all, end, "1 gap: no sensor source has ever reported")
	f("nothing at all", Question{}, end, "unknown: no source has reported")
	f("about Lynceus itself", Question{Tables: []event.Class{event.ClassHealth}}, end, "nil")
	f("whole", all, end, "complete", hour("w1")...)
	f("a report is due", all, end.Add(50*time.Second), "complete", hour("w1")...)
	f("silent", all, end.Add(51*time.Second), "1 gap: node w1 of cluster prod said nothing since 2026-03-02 13:00:00", hour("w1")...)
	f("a hole", all, end, "1 gap: node w1 of cluster prod said nothing 2026-03-02 12:10:00 - 12:10:40", hour("w1", 30, 31)...)
	f("a hole before", Question{From: noon.Add(30 * time.Minute), Tables: processes}, end, "complete", hour("w1", 30, 31)...)
	f("half a hole", Question{From: noon.Add(10*time.Minute + 10*time.Second), To: noon.Add(11 * time.Minute), Tables: processes}, end, "1 gap: node w1 of cluster prod said nothing 2026-03-02 12:10:10 - 12:10:40", hour("w1", 30, 31)...)
	f("another node", Question{Node: "w1", Tables: processes}, end, "complete", append(hour("w1"), hour("w2", 4)...)...)
	f("before the ledger", Question{From: noon.Add(-time.Hour), Tables: processes}, end, "1 gap: the ledger begins at 2026-03-02 12:00:00", hour("w1")...)
	f("ended", all, end.Add(time.Hour), "complete", append(hour("w1"), &Account{Key: Key{"prod", "w1", SensorSource}, Role: Sensor, Kind: Ended, From: end, To: end.Add(time.Second)})...)
	f("no sensor", all, end, "1 gap: node w9 of cluster prod had no sensor since 2026-03-02 12:30:00", append(hour("w1"),
		&Account{Key: Key{"prod", "w9", SensorSource}, Role: Sensor, Kind: Absent, Reporter: HubReporter, From: noon.Add(30 * time.Minute), To: end})...)
	f("a sensor came", all, end, "1 gap: node w9 of cluster prod said nothing 2026-03-02 12:00:00 - 12:59:40", sensorAccount("w9", end.Add(-ReportEvery)),
		&Account{Key: Key{"prod", "w9", SensorSource}, Role: Sensor, Kind: Absent, Reporter: HubReporter, From: noon, To: end})
	f("lost", all, end, "1 gap: node w1 of cluster prod: 50 events (5.0 %) went missing at ring 2026-03-02 12:59:40 - 13:00:00", sensorAccount("w1", end.Add(-ReportEvery), func(a *Account) {
		a.Seen = 950
		a.Lose(Ring, 50)
	}))
	f("the hub lost some of it", all, end, "1 gap: node w1 of cluster prod: 150 events (5.0 %) went missing at bus 2026-03-02 12:59:00 - 13:00:00", sensorAccount("w1", end.Add(-ReportEvery)), sensorAccount("w1", end.Add(-time.Minute), func(a *Account) {
		a.Reporter, a.To, a.Counts = HubReporter, end, Counts{Stored: 2850}
		a.Lose(Bus, 150)
	}), sensorAccount("w1", end.Add(-2*ReportEvery)), sensorAccount("w1", end.Add(-3*ReportEvery)))
	audit := Question{Tables: []event.Class{event.ClassAudit}}
	f("audit pauses", audit, noon.Add(12*time.Minute), "complete", auditAccount("a.log", noon, 4), auditAccount("a.log", noon.Add(time.Minute), 0), auditAccount("a.log", noon.Add(9*time.Minute), 4))
	f("audit stops", audit, noon.Add(12*time.Minute), "1 gap: a.log of cluster prod said nothing since 2026-03-02 12:01:00", auditAccount("a.log", noon, 4), auditAccount("a.log", noon.Add(11*time.Minute), 0))
	f("sensors do not matter to audit", audit, end, "1 gap: no audit source has ever reported", hour("w1")...)
}

// What is said of loss, over all minutes, is what was lost, whatever the order; and memory has bounds.
func TestBookBounds(t *testing.T) {
	b := NewBook(0)
	r := rand.New(rand.NewPCG(3, 4))
	var lost int64
	for _, i := range r.Perm(3000) {
		b.Add(sensorAccount("w1", noon.Add(time.Duration(2*i)*time.Minute), func(a *Account) {
			n := 1 + r.Int64N(50)
			lost += n
			a.Lose(Hop(r.IntN(int(Hops))), n)
		}))
	}
	tr := b.tracks[Key{"prod", "w1", SensorSource}]
	if len(tr.covered) > maxSpans || len(tr.missing) > maxMissing {
		t.Errorf("%d spans, %d stretches", len(tr.covered), len(tr.missing))
	}
	var got, atHops int64
	for _, g := range b.State(Question{Tables: processes}, noon.Add(100*time.Hour)).Gaps {
		got += g.Lost
		for _, n := range g.Missing {
			atHops += n
		}
	}
	if got != lost || atHops != lost {
		t.Errorf("%d lost, %d at all hops, want %d", got, atHops, lost)
	}
	for i := range maxTracks + 10 {
		b.Add(sensorAccount(time.Duration(i).String(), noon))
	}
	if len(b.tracks) != maxTracks || b.others == 0 {
		t.Errorf("%d tracks, %d accounts beyond", len(b.tracks), b.others)
	}
}

func TestSources(t *testing.T) {
	b := NewBook(0)
	b.Add(sensorAccount("w1", noon, func(a *Account) { a.Offset, a.Timed, a.Waiting = time.Second, true, 5 }))
	b.Add(sensorAccount("w1", noon.Add(ReportEvery)))
	b.Add(auditAccount("a.log", noon, 7))
	got := b.Sources(noon.Add(2 * time.Minute))
	if len(got) != 2 || got[0].Source != "a.log" || got[0].Silent || got[1].Node != "w1" || !got[1].Silent || got[1].Seen != 2000 || got[1].Offset != time.Second || got[1].Waiting != 0 {
		t.Errorf("%+v", got)
	}
}

// A statement survives JSON.
func TestStatementJSON(t *testing.T) {
	b := NewBook(0)
	b.Add(sensorAccount("w1", noon, func(a *Account) { a.Lose(Ring, 3); a.Drop(Queue, 4) }))
	s := b.State(Question{From: noon.Add(-time.Hour), Tables: processes}, noon.Add(time.Hour))
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Statement
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&back, s) || !strings.Contains(string(text), `"missing":{"queue":4,"ring":3}`) {
		t.Errorf("%s\n%+v\n%+v", text, back, *s)
	}
}

// A clock that is ahead hides no silence, one that is behind makes none, and what comes late is taken as it is.
func TestByHub(t *testing.T) {
	received := noon.Add(ReportEvery)
	f := func(name string, from time.Time, offset time.Duration, timed bool, want time.Time) {
		t.Helper()
		a := sensorAccount("w1", from, func(a *Account) { a.Offset, a.Timed = offset, timed })
		a.ByHub(received)
		if !a.From.Equal(want) || a.To.Sub(a.From) != ReportEvery {
			t.Errorf("%s: from %v to %v", name, a.From, a.To)
		}
	}
	f("right", noon, 0, true, noon)
	f("a little off", noon.Add(time.Second/2), time.Second/2, true, noon.Add(time.Second/2))
	f("ahead", noon.Add(time.Hour), time.Hour, true, noon)
	f("ahead, not measured", noon.Add(time.Hour), 0, false, noon)
	f("behind", noon.Add(-time.Hour), -time.Hour, true, noon)
	f("late", noon.Add(-time.Hour), 0, true, noon.Add(-time.Hour))
	f("late and ahead", noon.Add(-time.Hour), time.Minute, true, noon.Add(-time.Hour-time.Minute))
	a := sensorAccount("w1", noon.Add(time.Hour), func(a *Account) { a.Reporter = HubReporter })
	if a.ByHub(received); !a.From.Equal(noon.Add(time.Hour)) {
		t.Error("the hub's own account was moved")
	}
}
