package identity

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// document is what these tests need of an audit.k8s.io/v1 Event.
type document struct {
	Verb string
	User struct {
		Username string
		Groups   []string
		Extra    map[string][]string
	}
	SourceIPs []string
	ObjectRef struct {
		Resource, Subresource, Namespace, Name, UID string
	}
	RequestURI     string
	ResponseStatus struct{ Code int64 }
	StageTimestamp time.Time
}

func decode(t testing.TB, raw []byte) *event.Event {
	var d document
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	e := &event.Event{}
	e.Reset(event.ClassAudit)
	e.Raw = raw
	event.Time.Set(e, d.StageTimestamp.UnixNano())
	event.APIOperation.Set(e, d.Verb)
	event.AuditUserName.Set(e, d.User.Username)
	event.ActorUserName.Set(e, d.User.Username)
	event.AuditUserGroups.Set(e, d.User.Groups)
	if n := len(d.SourceIPs); n > 0 {
		event.SrcEndpointIP.Set(e, d.SourceIPs[n-1])
	}
	if d.ResponseStatus.Code != 0 {
		event.APIResponseCode.Set(e, d.ResponseStatus.Code)
	}
	event.HTTPRequestURLPath.Set(e, d.RequestURI)
	for _, f := range []struct {
		set func(*event.Event, string)
		v   string
	}{
		{event.ResourceType.Set, d.ObjectRef.Resource}, {event.ResourceSubresource.Set, d.ObjectRef.Subresource},
		{event.K8sNamespace.Set, d.ObjectRef.Namespace}, {event.ResourceName.Set, d.ObjectRef.Name}, {event.ResourceUID.Set, d.ObjectRef.UID},
	} {
		if f.v != "" {
			f.set(e, f.v)
		}
	}
	for key, set := range map[string]func(*event.Event, string){
		"authentication.kubernetes.io/credential-id": event.AuditCredentialID.Set,
		"authentication.kubernetes.io/pod-uid":       event.AuditTokenPodUID.Set,
		"authentication.kubernetes.io/pod-name":      event.AuditTokenPodName.Set,
	} {
		if v := d.User.Extra[key]; len(v) > 0 {
			set(e, v[0])
		}
	}
	return e
}

// realEvents are those of the real log, in its order.
func realEvents(t testing.TB) []*event.Event {
	t.Helper()
	f, err := os.Open(filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []*event.Event
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		out = append(out, decode(t, append([]byte(nil), sc.Bytes()...)))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRealLog gives a real cluster's callers a public address, as a cluster
// has whose API server sees its nodes through one: the cluster's own calls
// must not look like an outsider's once they have settled.
func TestRealLog(t *testing.T) {
	for _, ip := range []string{"", "192.0.2.2", "203.0.113.10"} {
		c, err := NewCallers(CallersOptions{})
		if err != nil {
			t.Fatal(err)
		}
		events := realEvents(t)
		for i, e := range events {
			if ip != "" {
				event.SrcEndpointIP.Set(e, ip)
			}
			if settled := c.Observe(e); settled && event.AuditCallerOutside.Get(e) != "no" {
				t.Fatalf("address %q: event %d is %s, settled", ip, i, event.AuditCallerOutside.Get(e))
			}
			if n, ok := event.AuditCredentialPlaces.Get(e); ok && n != 1 {
				t.Fatalf("event %d: a credential in %d places", i, n)
			}
		}
		for i, e := range events {
			if c.Resolve(e); event.AuditCallerOutside.Get(e) != "no" {
				t.Fatalf("address %q: event %d is %s in the end", ip, i, event.AuditCallerOutside.Get(e))
			}
		}
		outsider := call{at: 1e9, user: "system:node:node1", ip: "198.51.100.7", do: "list secrets"}.event()
		if c.Observe(outsider); event.AuditCallerOutside.Get(outsider) != "yes" {
			t.Errorf("address %q: an outsider is %s", ip, event.AuditCallerOutside.Get(outsider))
		}
	}
}

func BenchmarkObserve(b *testing.B) {
	events := realEvents(b)
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Observe(events[i%len(events)])
	}
}

func FuzzObserve(f *testing.F) {
	f.Add([]byte(`{"requestObject":{"metadata":{"name":"n1"},"status":{"addresses":[{"address":"10.0.0.1"}]},"spec":{"podCIDRs":["10.1.0.0/16"]}}}`), "nodes", "203.0.113.66")
	f.Add([]byte(`{"responseObject":{"items":[{"metadata":{"uid":"u"},"status":{"podIP":"10.0.0.1","hostIPs":[{"ip":"10.0.0.1"}]}}]}}`), "pods", "::1")
	f.Fuzz(func(t *testing.T, raw []byte, resource, ip string) {
		c, err := NewCallers(CallersOptions{Bytes: 1 << 12})
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range []string{"patch", "list", "delete"} {
			e := call{user: "system:node:n1", ip: ip, do: verb + " x n1", cred: resource, podUID: ip}.event()
			event.ResourceType.Set(e, resource)
			e.Raw = raw
			c.Observe(e)
			switch event.AuditCallerOutside.Get(e) {
			case "yes", "no", "unknown":
			default:
				t.Errorf("outside is %q", event.AuditCallerOutside.Get(e))
			}
		}
	})
}
