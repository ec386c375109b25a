//go:build cgo

package talk_test

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/talk"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/store/lake"
	"github.com/lynceus-io/lynceus/store/lake/duck"
)

// began is when the time begins that the tests ask for; it lasts an hour.
var began = time.Date(2026, 11, 18, 14, 0, 0, 0, time.UTC)

// planted is a store of rows that are put into it one by one.
type planted struct {
	t      *testing.T
	append *lake.Append
	n      int
}

// row adds a row so many minutes after began, and returns its identity.
func (p *planted) row(class event.Class, minute int, fill func(*event.Event)) string {
	p.t.Helper()
	p.n++
	var e event.Event
	e.Reset(class)
	uid := fmt.Sprintf("%032x", p.n)
	at := began.Add(time.Duration(minute) * time.Minute).UnixNano()
	event.Time.Set(&e, at)
	event.ReceivedTime.Set(&e, at)
	event.MetadataUID.Set(&e, uid)
	event.K8sCluster.Set(&e, "prod")
	fill(&e)
	if err := p.append.Add(&e); err != nil {
		p.t.Fatal(err)
	}
	return uid
}

// opens adds a connection that a pod of a workload opens.
func (p *planted) opens(minute int, namespace, workload string, port int64, more func(*event.Event)) string {
	p.t.Helper()
	return p.row(event.ClassNetwork, minute, func(e *event.Event) {
		event.Activity.Set(e, "Open")
		event.Status.Set(e, "Success")
		event.ConnectionInfoInitiated.Set(e, true)
		event.ConnectionInfoProtocolName.Set(e, "tcp")
		event.K8sNamespace.Set(e, namespace)
		event.K8sWorkloadKind.Set(e, "Deployment")
		event.K8sWorkload.Set(e, workload)
		event.K8sPod.Set(e, workload+"-1")
		event.SrcEndpointIP.Set(e, "10.244.0.7")
		event.DstEndpointPort.Set(e, port)
		more(e)
	})
}

func to(ip, kind, namespace, name, workload string) func(*event.Event) {
	return func(e *event.Event) {
		event.DstEndpointIP.Set(e, ip)
		event.DstEndpointKind.Set(e, kind)
		event.DstEndpointNamespace.Set(e, namespace)
		event.DstEndpointName.Set(e, name)
		event.DstEndpointWorkload.Set(e, workload)
	}
}

// asks adds a request to the API server.
func (p *planted) asks(minute int, user, verb, resource, namespace string, code int64, more func(*event.Event)) string {
	p.t.Helper()
	return p.row(event.ClassAudit, minute, func(e *event.Event) {
		event.ActorUserName.Set(e, user)
		event.APIOperation.Set(e, verb)
		event.ResourceType.Set(e, resource)
		event.K8sNamespace.Set(e, namespace)
		event.APIResponseCode.Set(e, code)
		if more != nil {
			more(e)
		}
	})
}

// store makes a store of what plant puts into it.
func store(t *testing.T, plant func(*planted)) hunt.Querier {
	t.Helper()
	dir := t.TempDir()
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: filepath.Join(dir, "lake")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	a := l.Begin("test", 1, 1)
	plant(&planted{t: t, append: a})
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	engine, err := duck.Open(l, duck.Options{Directories: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	return hunt.NewStore(engine, hunt.StoreOptions{Now: func() time.Time { return began.Add(time.Hour) }, Holds: func(context.Context, event.Class) (bool, error) { return true, nil }})
}

// scoped answers within a scope, as the API does.
type scoped struct {
	hunt.Querier
	scope scope.Scope
}

func (s scoped) Query(ctx context.Context, r hunt.Request) (hunt.Answer, error) {
	r.Scope = s.scope
	return s.Querier.Query(ctx, r)
}

func read(t *testing.T, q hunt.Querier, ask talk.Ask) *talk.Map {
	t.Helper()
	ask.From, ask.To = began, began.Add(time.Hour)
	m, err := talk.Read(t.Context(), scoped{q, ask.Scope}, ask)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// lines writes the edges of a map, in order of their text.
func lines(m *talk.Map) []string {
	var out []string
	for _, e := range m.Edges {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s > %s", e.Kind, m.Nodes[e.Src].ID, m.Nodes[e.Dst].ID)
		for _, n := range []struct {
			name  string
			count int64
		}{{"opened", e.Opened}, {"accepted", e.Accepted}, {"sent", e.OpenedBytes}, {"taken", e.AcceptedBytes}, {"requests", e.Requests}, {"refused", e.Refused}, {"findings", int64(e.Findings)}} {
			if n.count > 0 {
				fmt.Fprintf(&b, " %s=%d", n.name, n.count)
			}
		}
		if e.Severity != "" {
			b.WriteString(" " + e.Severity)
		}
		if e.New {
			b.WriteString(" new")
		}
		for _, v := range e.Via {
			fmt.Fprintf(&b, " %s=%d", v.Name, v.Count)
		}
		out = append(out, b.String())
	}
	slices.Sort(out)
	return out
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// plantAll is an hour of a cluster, and something of the hours before.
func plantAll(p *planted) {
	db := to("10.244.0.9", "pod", "data", "db-0", "StatefulSet/db")
	p.opens(-600, "shop", "web", 5432, db)
	p.opens(5, "shop", "web", 5432, db)
	p.opens(6, "shop", "web", 5432, db)
	p.opens(7, "shop", "web", 40123, db)
	p.row(event.ClassNetwork, 8, func(e *event.Event) { // its end
		event.Activity.Set(e, "Close")
		event.ConnectionInfoInitiated.Set(e, true)
		event.ConnectionInfoProtocolName.Set(e, "tcp")
		event.K8sNamespace.Set(e, "shop")
		event.K8sWorkloadKind.Set(e, "Deployment")
		event.K8sWorkload.Set(e, "web")
		event.SrcEndpointIP.Set(e, "10.244.0.7")
		event.DstEndpointPort.Set(e, 5432)
		event.TrafficBytesIn.Set(e, 1000)
		event.TrafficBytesOut.Set(e, 24)
		db(e)
	})
	p.row(event.ClassNetwork, 5, func(e *event.Event) { // the same, as the database sees it
		event.Activity.Set(e, "Accept")
		event.ConnectionInfoInitiated.Set(e, false)
		event.ConnectionInfoProtocolName.Set(e, "tcp")
		event.K8sNamespace.Set(e, "data")
		event.K8sWorkloadKind.Set(e, "StatefulSet")
		event.K8sWorkload.Set(e, "db")
		event.K8sPod.Set(e, "db-0")
		event.SrcEndpointIP.Set(e, "10.244.0.7")
		event.SrcEndpointKind.Set(e, "pod")
		event.SrcEndpointNamespace.Set(e, "shop")
		event.SrcEndpointName.Set(e, "web-1")
		event.SrcEndpointWorkload.Set(e, "Deployment/web")
		event.DstEndpointIP.Set(e, "10.244.0.9")
		event.DstEndpointPort.Set(e, 5432)
	})
	p.opens(-30, "shop", "old", 80, db) // idle now
	out := func(host string) func(*event.Event) {
		return func(e *event.Event) {
			to("198.51.100.7", "external", "", "", "")(e)
			event.DstEndpointHostname.Set(e, host)
		}
	}
	p.opens(9, "shop", "web", 443, out("pay.example.net"))
	bad := p.opens(10, "shop", "web", 4444, out(""))
	p.opens(11, "shop", "web", 4444, func(e *event.Event) {
		to("198.51.100.9", "external", "", "", "")(e)
		event.Status.Set(e, "Failure")
	})
	p.opens(12, "shop", "web", 9, to("127.0.0.1", "", "", "", "")) // itself
	p.opens(13, "shop", "web", 80, to("10.96.0.1", "apiserver", "default", "kubernetes", ""))
	p.opens(13, "shop", "web", 80, to("10.96.0.9", "service", "data", "db", ""))
	p.opens(14, "data", "cache", 6379, to("10.244.0.12", "pod", "data", "cache-2", "Deployment/cache")) // one replica to another
	p.opens(14, "shop", "web", 80, to("10.9.9.9", "unknown", "", "", ""))
	p.asks(-500, "system:serviceaccount:shop:web", "get", "configmaps", "shop", 200, nil)
	p.asks(15, "system:serviceaccount:shop:web", "get", "configmaps", "shop", 200, nil)
	stolen := p.asks(16, "system:serviceaccount:shop:web", "list", "secrets", "", 403, func(e *event.Event) {
		event.AuditCallerOutside.Set(e, "yes")
		event.SrcEndpointIP.Set(e, "203.0.113.66")
	})
	p.asks(17, "jane", "create", "pods", "data", 201, nil)
	p.asks(17, "system:node:n1", "get", "pods", "data", 200, nil)
	p.asks(17, "system:kube-scheduler", "get", "pods", "data", 200, func(e *event.Event) {
		event.AuditCallerPodNamespace.Set(e, "kube-system")
		event.AuditCallerPodWorkload.Set(e, "Pod/kube-scheduler")
	})
	finding := func(uid string, severity int64, events ...string) {
		p.row(event.ClassFinding, 20, func(e *event.Event) {
			event.FindingInfoUID.Set(e, uid)
			event.SeverityID.Set(e, severity)
			event.LastSeenTime.Set(e, began.Add(20*time.Minute).UnixNano())
			event.FirstSeenTime.Set(e, began.Add(20*time.Minute).UnixNano())
			event.K8sNamespace.Set(e, "shop")
			for _, id := range events {
				event.RelatedEvents.Append(e, id)
			}
		})
	}
	finding("f1", 5, bad, "nonsense\" or true")
	finding("f2", 3, bad, stolen)
}

func TestRead(t *testing.T) {
	m := read(t, store(t, plantAll), talk.Ask{})
	web := "workload|prod|shop|Deployment/web"
	equal(t, lines(m),
		"flow "+web+" > workload|prod|data|StatefulSet/db opened=3 accepted=1 sent=1024 tcp/5432=3 tcp (high port)=1",
		"flow "+web+" > external|||pay.example.net opened=1 new tcp/443=1",
		"flow "+web+" > external|||198.51.100.0/24 opened=2 refused=1 findings=2 critical new tcp/4444=2",
		"flow "+web+" > apiserver|prod||API server opened=1 new tcp/80=1",
		"flow "+web+" > service|prod|data|db opened=1 new tcp/80=1",
		"flow workload|prod|data|Deployment/cache > workload|prod|data|Deployment/cache opened=1 new tcp/6379=1",
		"flow "+web+" > unknown|prod||10.9.9.0/24 opened=1 new tcp/80=1",
		"request account|prod|shop|web > resource|prod|shop|configmaps requests=1 get=1",
		"request account|prod|shop|web > resource|prod||secrets requests=1 refused=1 findings=1 medium new list=1",
		"use external|||203.0.113.0/24 > account|prod|shop|web requests=1 refused=1 new",
		"request user|prod||jane > resource|prod|data|pods requests=1 new create=1",
		"request node|prod||n1 > resource|prod|data|pods requests=1 new get=1",
		"request system|prod||system:kube-scheduler > resource|prod|data|pods requests=1 new get=1",
		"use workload|prod|kube-system|Pod/kube-scheduler > system|prod||system:kube-scheduler requests=1 new",
	)
	want := talk.Totals{Nodes: 17, Edges: 14, Connections: 10, Bytes: 1024, Requests: 5, Refused: 2, New: 12, Found: 2}
	if m.Totals != want || m.Cut != (talk.Cut{}) || m.Compared != (talk.Compared{Flows: true, Requests: true}) || m.Latest != nil {
		t.Errorf("totals %+v, want %+v; cut %+v, compared %+v, latest %v", m.Totals, want, m.Cut, m.Compared, m.Latest)
	}
	if worst := m.Edges[0]; !slices.Equal(worst.FindingIDs, []string{"f1", "f2"}) || worst.First.Equal(worst.Last) {
		t.Errorf("first is %+v", worst)
	}
	if len(m.Nodes) != 17 {
		t.Errorf("%d nodes", len(m.Nodes))
	}
	for _, n := range m.Nodes {
		if n.Name == "203.0.113.0/24" && n.Address != "203.0.113.66" || n.Name == "198.51.100.0/24" && n.Address != "" {
			t.Errorf("%+v", n)
		}
	}
}

func TestReadClosely(t *testing.T) {
	q := store(t, plantAll)
	owner := func(a netip.Addr) string { return "of " + a.String() }
	equal(t, lines(read(t, q, talk.Ask{Focus: "external|||198.51.100.0/24", Owner: owner})),
		"flow workload|prod|shop|Deployment/web > address|||198.51.100.7 opened=1 findings=2 critical new tcp/4444=1",
		"flow workload|prod|shop|Deployment/web > address|||198.51.100.9 opened=1 refused=1 new tcp/4444=1",
	)
	equal(t, lines(read(t, q, talk.Ask{Focus: "workload|prod|data|StatefulSet/db"})),
		"flow workload|prod|shop|Deployment/web > pod|prod|data|db-0 opened=3 accepted=1 sent=1024 tcp/5432=4 tcp (high port)=1",
	)
	if _, err := talk.Read(t.Context(), q, talk.Ask{From: began, To: began.Add(time.Hour), Focus: "x"}); err == nil {
		t.Error("a focus that is none is taken")
	}
}

// TestReadWithin holds that whoever is limited learns no name of elsewhere.
func TestReadWithin(t *testing.T) {
	q := store(t, plantAll)
	m := read(t, q, talk.Ask{Scope: scope.Scope{Namespaces: []string{"data"}}})
	equal(t, lines(m),
		"flow elsewhere|prod||elsewhere > workload|prod|data|StatefulSet/db accepted=1 tcp/5432=1",
		"flow workload|prod|data|Deployment/cache > workload|prod|data|Deployment/cache opened=1 tcp/6379=1",
		"request user|prod||jane > resource|prod|data|pods requests=1 create=1",
		"request elsewhere|prod||elsewhere > resource|prod|data|pods requests=2 get=2",
	)
	m = read(t, q, talk.Ask{Scope: scope.Scope{Namespaces: []string{"shop"}}})
	for _, n := range m.Nodes {
		for _, secret := range []string{"db", "10.9.9", "n1", "kube", "jane"} {
			if strings.Contains(n.ID+n.Owner+n.Address, secret) {
				t.Errorf("%+v tells of %s", n, secret)
			}
		}
	}
	if len(m.Edges) != 5 {
		t.Errorf("%d edges: %v", len(m.Edges), lines(m))
	}
}

func TestReadBounded(t *testing.T) {
	q := store(t, plantAll)
	bounds := talk.DefaultBounds
	bounds.Edges, bounds.Nodes = 6, 5
	m := read(t, q, talk.Ask{Bounds: bounds})
	if len(m.Nodes) > 5 || len(m.Edges) > 6 || m.Cut.Edges != 14-len(m.Edges) || m.Cut.Nodes != 17-len(m.Nodes) || m.Edges[0].Severity != "critical" || m.Cut.Partial {
		t.Errorf("%d nodes, cut %+v:\n%s", len(m.Nodes), m.Cut, strings.Join(lines(m), "\n"))
	}
	if m.Totals.Connections != 10 || m.Totals.Requests != 5 {
		t.Errorf("totals %+v", m.Totals)
	}
	bounds = talk.DefaultBounds
	bounds.Rows = 2
	if m := read(t, q, talk.Ask{Bounds: bounds}); !m.Cut.Partial {
		t.Errorf("nothing says that rows were not read: %+v", m.Cut)
	}
}

// TestReadNew holds that the latest of the new edges are given, with their ends
// alone and the totals of all.
func TestReadNew(t *testing.T) {
	q := store(t, plantAll)
	all := read(t, q, talk.Ask{})
	m := read(t, q, talk.Ask{New: 3})
	if len(m.Edges) != 3 || len(m.Nodes) > 6 || all.Totals.New <= 3 {
		t.Fatalf("%d edges, %d nodes, of %+v", len(m.Edges), len(m.Nodes), all.Totals)
	}
	first := time.Time{}
	for i, e := range m.Edges {
		if !e.New || e.Findings != 0 || i > 0 && e.First.After(first) {
			t.Errorf("edge %d: %+v", i, e)
		}
		first = e.First
	}
	for _, e := range all.Edges {
		if e.New && e.First.After(m.Edges[0].First) {
			t.Errorf("left out a later one: %+v", e)
		}
	}
	if m.Totals.New != all.Totals.New || m.Totals.Edges != all.Totals.Edges || m.Cut.Edges != all.Totals.New-3 || m.Latest != nil {
		t.Errorf("totals %+v, cut %+v", m.Totals, m.Cut)
	}
	if young := read(t, store(t, func(p *planted) { p.asks(5, "jane", "get", "pods", "data", 200, nil) }), talk.Ask{New: 3}); len(young.Edges) != 0 || young.Totals.Edges != 1 || young.Compared.Requests || young.Latest != nil {
		t.Errorf("without a time before: %+v", young)
	}
}

// TestReadNothing holds that a time in which nothing happened says when
// something did.
func TestReadNothing(t *testing.T) {
	q := store(t, func(p *planted) { p.asks(-3000, "jane", "get", "pods", "data", 200, nil) })
	m := read(t, q, talk.Ask{})
	if len(m.Edges) != 0 || m.Nodes == nil || m.Latest == nil || !m.Latest.Equal(began.Add(-3000*time.Minute)) {
		t.Errorf("%+v", m)
	}
	if m := read(t, store(t, func(*planted) {}), talk.Ask{}); m.Latest != nil || m.Compared.Requests {
		t.Errorf("of an empty store: %+v", m)
	}
}
