package lake

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// base is when the test events begin.
var base = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// maker makes events that look like a cluster's: few namespaces, more pods,
// many addresses, all of them distinct rows.
type maker struct {
	r *rand.Rand
	n int64
	// step is the time between events.
	step time.Duration
	at   time.Time
}

func newMaker(seed uint64) *maker {
	return &maker{r: rand.New(rand.NewPCG(seed, 1)), step: time.Millisecond, at: base}
}

func (m *maker) common(e *event.Event, c event.Class) {
	e.Reset(c)
	m.n++
	m.at = m.at.Add(m.step)
	var uid [16]byte
	for i := range uid {
		uid[i] = byte(m.r.Uint32())
	}
	event.MetadataUID.Set(e, hex.EncodeToString(uid[:]))
	event.MetadataRevision.Set(e, 0)
	event.Time.Set(e, m.at.UnixNano()-int64(m.r.IntN(50))*1_000_000)
	event.ReceivedTime.Set(e, m.at.UnixNano())
	event.MetadataSource.Set(e, "sensor")
	event.K8sCluster.Set(e, "2f6c1d7e-8a55-4b7e-9d3a-5f3f0f0a1b2c")
	ns := m.r.IntN(30)
	pod := m.r.IntN(1000)
	event.K8sNamespace.Set(e, fmt.Sprintf("team-%d", ns))
	event.K8sPod.Set(e, fmt.Sprintf("api-%d-7d9c6b5f4-%05d", pod%40, pod))
	event.K8sPodUID.Set(e, fmt.Sprintf("0d6c1d7e-8a55-4b7e-9d3a-5f3f0f%06d", pod))
	event.K8sWorkloadKind.Set(e, "Deployment")
	event.K8sWorkload.Set(e, fmt.Sprintf("api-%d", pod%40))
	event.K8sNode.Set(e, fmt.Sprintf("node-%d", pod%20))
	event.K8sServiceAccount.Set(e, fmt.Sprintf("team-%d/default", ns))
}

// network makes a connection.
func (m *maker) network(e *event.Event) {
	m.common(e, event.ClassNetwork)
	event.SrcEndpointIP.Set(e, fmt.Sprintf("10.0.%d.%d", m.r.IntN(8), m.r.IntN(250)))
	event.SrcEndpointPort.Set(e, int64(30000+m.r.IntN(30000)))
	event.DstEndpointIP.Set(e, fmt.Sprintf("%d.%d.%d.%d", 11+m.r.IntN(4), m.r.IntN(10), m.r.IntN(100), m.r.IntN(250)))
	event.DstEndpointPort.Set(e, []int64{80, 443, 8080, 5432, 53}[m.r.IntN(5)])
	event.DstEndpointHostname.Set(e, fmt.Sprintf("svc-%d.example.org", m.r.IntN(500)))
	event.Status.Set(e, "Success")
	event.ConnectionInfoProtocolName.Set(e, "tcp")
	event.ConnectionInfoInitiated.Set(e, true)
	event.ActorProcessFilePath.Set(e, "/usr/bin/curl")
	event.ActorProcessCmdLine.Set(e, fmt.Sprintf("/usr/bin/curl -s https://svc-%d.example.org/v1/items", m.r.IntN(2000)))
	event.ActorProcessPID.Set(e, int64(m.r.IntN(30000)))
	event.ActorProcessUID.Set(e, fmt.Sprintf("%032x", m.r.IntN(20000)))
}

// audit makes a request with its document of about 1.3 KB.
func (m *maker) audit(e *event.Event) {
	m.common(e, event.ClassAudit)
	user := fmt.Sprintf("system:serviceaccount:team-%d:default", m.r.IntN(30))
	id := fmt.Sprintf("%08x-%04x-4b7e-9d3a-%012x", m.r.Uint32(), m.r.IntN(1<<16), m.r.Int64N(1<<48))
	verb := []string{"get", "list", "watch", "create", "update", "patch", "delete"}[m.r.IntN(7)]
	name := fmt.Sprintf("config-%d", m.r.IntN(5000))
	event.ActorUserName.Set(e, user)
	event.ActorUserGroups.Set(e, []string{"system:serviceaccounts", "system:authenticated"})
	event.AuditUserName.Set(e, user)
	event.AuditUserGroups.Set(e, []string{"system:serviceaccounts", "system:authenticated"})
	event.SrcEndpointIP.Set(e, fmt.Sprintf("10.0.%d.%d", m.r.IntN(8), m.r.IntN(250)))
	event.APIOperation.Set(e, verb)
	event.APIRequestUID.Set(e, id)
	event.APIResponseCode.Set(e, 200)
	event.HTTPRequestURLPath.Set(e, "/api/v1/namespaces/"+event.K8sNamespace.Get(e)+"/configmaps/"+name)
	event.HTTPRequestUserAgent.Set(e, "manager/v0.0.0 (linux/amd64) kubernetes/$Format")
	event.ResourceVersion.Set(e, "v1")
	event.ResourceType.Set(e, "configmaps")
	event.ResourceName.Set(e, name)
	event.AuditStage.Set(e, "ResponseComplete")
	event.AuditLevel.Set(e, "RequestResponse")
	event.AuditRequestTime.Set(e, event.Time.Get(e)-3_000_000)
	event.AuditSourceIPs.Set(e, []string{event.SrcEndpointIP.Get(e)})
	event.AuditDecision.Set(e, "allow")
	event.AuditDecisionReason.Set(e, `RoleBinding "manager" of Role "manager" to ServiceAccount "default"`)
	event.AuditDialect.Set(e, "kubernetes")
	raw := fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":%q,"stage":"ResponseComplete","requestURI":%q,"verb":%q,"user":{"username":%q,"uid":"0d6c1d7e-8a55-4b7e-9d3a-%012x","groups":["system:serviceaccounts","system:authenticated"],"extra":{"authentication.kubernetes.io/pod-name":["manager-%x"],"authentication.kubernetes.io/pod-uid":["%x-8a55-4b7e-9d3a-5f3f0f0a1b2c"]}},"sourceIPs":[%q],"userAgent":"manager/v0.0.0 (linux/amd64) kubernetes/$Format","objectRef":{"resource":"configmaps","namespace":%q,"name":%q,"apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},"requestObject":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":%q,"resourceVersion":"%d","labels":{"app.kubernetes.io/managed-by":"manager","app.kubernetes.io/instance":"i-%d"}},"data":{"state":"redacted:%x:64"}},"responseObject":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":%q,"resourceVersion":"%d","creationTimestamp":"2026-03-01T09:00:00Z"}},"requestReceivedTimestamp":%q,"stageTimestamp":%q,"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RoleBinding manager of Role manager to ServiceAccount default"}}`,
		id, event.HTTPRequestURLPath.Get(e), verb, user, m.r.Int64N(1<<48), m.r.IntN(500), m.r.Uint32(), event.SrcEndpointIP.Get(e), event.K8sNamespace.Get(e), name, name, m.n, m.r.IntN(100), m.r.Uint64(), name, m.n+1,
		m.at.Format(time.RFC3339Nano), m.at.Format(time.RFC3339Nano))
	e.Raw = []byte(raw)
	event.RawData.Set(e, raw)
}

// clock is a clock that tests set.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// open opens a lake in dir, or fails.
func open(t testing.TB, opts Options) (*Lake, *Recovery) {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return base.Add(30 * time.Minute) }
	}
	l, r, err := Open(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, r
}

// store appends events as numbers from to to of a partition.
func store(t testing.TB, l *Lake, partition string, from, to uint64, events ...*event.Event) {
	t.Helper()
	a := l.Begin(partition, from, to)
	for _, e := range events {
		if err := a.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// scan returns clones of what a scan gives.
func scan(t testing.TB, l *Lake, sel Selection) []*event.Event {
	t.Helper()
	var out []*event.Event
	if err := l.Scan(context.Background(), sel, func(e *event.Event) error {
		out = append(out, e.Clone())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// uids returns the identities of events.
func uids(events []*event.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = event.MetadataUID.Get(e)
	}
	return out
}
