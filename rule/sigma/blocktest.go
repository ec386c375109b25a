package sigma

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule"
)

// testStart is when the first event of a rule's test happens, where the test
// does not say: a Thursday morning.
var testStart = time.Date(2026, time.January, 15, 10, 0, 0, 0, time.UTC)

const (
	// testHistory is the time before the first event over which what was
	// learned before is spread.
	testHistory = 30 * day
	// maxTestEvents bounds the events of one test, copies counted.
	maxTestEvents = 20_000
	// auditTime is how the API server writes a time.
	auditTime = "2006-01-02T15:04:05.000000Z07:00"
)

// tests reads the rule's own tests.
func (b *blockReader) tests(block *yaml.Node, x *rule.Extension) {
	_, list := member(block, "tests")
	if list == nil {
		return
	}
	if slices.Contains(b.tables, event.ClassNone) {
		b.d.unsupportedAt(pos(list), "lynceus.tests", "", "there are no events for a rule without a table")
		return
	}
	names := map[string]bool{}
	for _, v := range items(list) {
		t := rule.Test{At: pos(v), Name: b.text(v, "name")}
		if names[t.Name] {
			b.d.errorAt(pos(v), "lynceus.tests", "", "two tests are called %q", t.Name)
		}
		names[t.Name] = true
		_, match := member(v, "match")
		t.Match = scalarText(match) == "true"
		if _, s := member(v, "severity"); s != nil {
			t.Severity, _ = rule.ParseSeverity(s.Value)
			if !t.Match {
				b.d.errorAt(pos(s), "lynceus.tests", "", "where nothing is found there is no severity")
			}
		}
		_, history := member(v, "history")
		t.History = b.events(history, "history of "+t.Name, testStart.Add(-testHistory), testHistory)
		_, events := member(v, "events")
		t.Events = b.events(events, t.Name, testStart, 0)
		t.Feeds = b.feeds(v)
		x.Tests = append(x.Tests, t)
	}
}

// events writes the events of a test as documents of the audit log or as rows
// of other tables, one second apart from start on, or spread evenly over a time.
func (b *blockReader) events(list *yaml.Node, seed string, start time.Time, spread time.Duration) [][]byte {
	if list == nil {
		return nil
	}
	total := 0
	for _, e := range items(list) {
		b.checkEvent(e, spread > 0)
		total += b.copies(e)
	}
	if total > maxTestEvents {
		b.d.errorAt(pos(list), "lynceus.tests", "", "more than %d events", maxTestEvents)
		return nil
	}
	step := time.Second
	if spread > 0 && total > 0 {
		step = spread / time.Duration(total)
	}
	var out [][]byte
	at := start
	for _, e := range items(list) {
		if _, v := member(e, "_at"); v != nil {
			at = start.Add(b.span(e, "_at"))
		}
		table := b.table(e)
		if table != event.ClassAudit {
			b.checkRow(e, table)
		}
		for i := range b.copies(e) {
			seed := fmt.Sprintf("%s %s %d", b.d.rule.ID, seed, len(out))
			if table == event.ClassAudit {
				out = append(out, auditEvent(e, i, seed, at))
			} else {
				out = append(out, rowEvent(e, table, i, seed, at))
			}
			at = at.Add(step)
		}
	}
	return out
}

// copies returns how many events one entry makes.
func (b *blockReader) copies(e *yaml.Node) int {
	_, v := member(e, "_repeat")
	if v == nil {
		return 1
	}
	n, err := strconv.Atoi(scalarText(v))
	if err != nil {
		return 1
	}
	return n
}

func (b *blockReader) checkEvent(e *yaml.Node, history bool) {
	pairs(e, func(key, v *yaml.Node) {
		switch {
		case !strings.HasPrefix(key.Value, "_"):
		case key.Value == "_at" && history:
			b.d.errorAt(pos(key), "lynceus.tests", "", "history is spread evenly; _at belongs to events")
		case key.Value != "_at" && key.Value != "_repeat":
			b.d.errorAt(pos(key), "lynceus.tests", rule.DidYouMean(key.Value, []string{"_at", "_repeat"}), "%q is no member of an event", key.Value)
		}
	})
}

// auditEvent writes one audit.k8s.io/v1 event and fills in what every event
// has and a test need not say.
func auditEvent(e *yaml.Node, copyNumber int, seed string, at time.Time) []byte {
	sum := sha256.Sum256([]byte(seed))
	id := hex.EncodeToString(sum[:16])
	when := at.Format(auditTime)
	out := []byte{'{'}
	for _, m := range [...]struct{ name, value string }{
		{"kind", "Event"},
		{"apiVersion", "audit.k8s.io/v1"},
		{"level", "RequestResponse"},
		{"auditID", id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]},
		{"stage", "ResponseComplete"},
		{"requestReceivedTimestamp", when},
		{"stageTimestamp", when},
	} {
		if key, _ := member(e, m.name); key == nil {
			out = append(out, '"')
			out = append(out, m.name...)
			out = append(out, `":"`...)
			out = append(out, m.value...)
			out = append(out, `",`...)
		}
	}
	rest := appendJSON(nil, e, copyNumber, func(key string) bool { return strings.HasPrefix(key, "_") })
	if len(rest) == len("{}") {
		return append(out[:len(out)-1], '}')
	}
	return append(out, rest[1:]...)
}

func (b *blockReader) feeds(test *yaml.Node) map[string][]string {
	_, v := member(test, "feeds")
	if v == nil {
		return nil
	}
	out := map[string][]string{}
	pairs(v, func(key, list *yaml.Node) {
		for _, item := range items(list) {
			_, prefixErr := netip.ParsePrefix(item.Value)
			if _, err := netip.ParseAddr(item.Value); err != nil && prefixErr != nil {
				b.d.errorAt(pos(item), "lynceus.tests", "", "%q is neither an address nor a block of them", item.Value)
			}
			out[key.Value] = append(out[key.Value], item.Value)
		}
	})
	return out
}
