//go:build cgo

package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/bench/synth"
	"github.com/lynceus-io/lynceus/store/lake"
)

// plantedNow is when the questions are asked.
var plantedNow = time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC)

// request is an API request that is planted among others.
type request struct {
	ago                                  time.Duration
	user, verb, resource, sub, ns, name  string
	group, ip, pod, outside, query, body string
	code                                 int
}

// planter writes events into a lake.
type planter struct {
	t    *testing.T
	a    *lake.Append
	live *audit.Live
	row  event.Event
	uids map[string]string // of requests and others by what the test calls them
	n    int
}

// text returns the audit event of a request.
func (p *planter) text(r request) []byte {
	at := plantedNow.Add(-r.ago)
	uri := "/api/v1/namespaces/" + r.ns + "/" + r.resource + "/" + r.name
	if r.sub != "" {
		uri += "/" + r.sub
	}
	if r.query != "" {
		uri += "?" + r.query
	}
	user := map[string]any{"username": r.user, "groups": []string{"system:authenticated"}}
	if r.pod != "" {
		user["extra"] = map[string][]string{"authentication.kubernetes.io/pod-name": {r.pod}}
	}
	if r.ip == "" {
		r.ip = "10.0.0.9"
	}
	p.n++
	doc := map[string]any{
		"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": fmt.Sprint("planted-", p.n), "stage": "ResponseComplete", "requestURI": uri,
		"verb": r.verb, "user": user, "sourceIPs": []string{r.ip}, "userAgent": "kubectl/v1.36.3",
		"objectRef":                map[string]any{"resource": r.resource, "subresource": r.sub, "namespace": r.ns, "name": r.name, "apiVersion": "v1", "apiGroup": r.group},
		"responseStatus":           map[string]any{"code": r.code},
		"requestReceivedTimestamp": timeText(at), "stageTimestamp": timeText(at.Add(time.Millisecond)),
	}
	if r.body != "" {
		doc["requestObject"] = json.RawMessage(r.body)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		p.t.Fatal(err)
	}
	return append(b, '\n')
}

// ask plants a request, and names it where name is not "".
func (p *planter) ask(name string, r request) {
	p.t.Helper()
	if r.code == 0 {
		r.code = 200
	}
	_, err := p.live.Stream(audit.Origin{Source: "planted"}, bytes.NewReader(p.text(r)), func(b *audit.Batch) error {
		for i := range b.Len() {
			e := b.Event(i)
			event.MetadataUID.Set(e, b.UID(i).String())
			event.MetadataSource.Set(e, "planted")
			event.ReceivedTime.Set(e, plantedNow.Add(-r.ago).UnixNano())
			if r.outside != "" {
				event.AuditCallerOutside.Set(e, r.outside)
			}
			p.uids[name] = b.UID(i).String()
			p.add(e)
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *planter) add(e *event.Event) {
	p.t.Helper()
	if err := p.a.Add(e); err != nil {
		p.t.Fatal(err)
	}
}

// happen plants an event of a sensor.
func (p *planter) happen(name string, c event.Class, ago time.Duration, pod string, fill func(e *event.Event)) {
	e := &p.row
	e.Reset(c)
	uid := event.NewUIDHasher().Sum("planted", fmt.Sprint(p.n)).String()
	p.n++
	p.uids[name] = uid
	event.MetadataUID.Set(e, uid)
	event.Time.Set(e, plantedNow.Add(-ago).UnixNano())
	event.ReceivedTime.Set(e, plantedNow.Add(-ago).UnixNano())
	event.K8sNamespace.Set(e, "vault")
	event.K8sPod.Set(e, pod)
	fill(e)
	p.add(e)
}

// plantedStore makes a store of n synthetic events, of the hours before
// plantedNow, and what plant adds.
func plantedStore(t *testing.T, n int64, plant func(p *planter)) (s *Store, uids map[string]string) {
	t.Helper()
	dir := t.TempDir()
	s, _, err := openStore(t.Context(), dir, lake.Options{Now: func() time.Time { return plantedNow }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	const span = 20 * time.Hour
	stream := synth.New(synth.Options{Seed: 1, Start: plantedNow.Add(-span), Rate: float64(n) / span.Seconds()})
	var e event.Event
	for done, seq := int64(0), uint64(1); done < n; seq++ {
		a := s.lake.Begin("synth", seq, seq)
		for ; done < n && a.Rows() < 65536; done++ {
			stream.Next(&e)
			if err := a.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if seq%20 == 0 {
			if _, err := s.lake.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	live, err := audit.NewLive(audit.LiveOptions{Redactor: redact.New([]byte("a key of tests")), Now: func() time.Time { return plantedNow }})
	if err != nil {
		t.Fatal(err)
	}
	p := &planter{t: t, a: s.lake.Begin("planted", 1, 1), live: live, uids: map[string]string{}}
	plant(p)
	if err := p.a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.lake.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, p.uids
}
