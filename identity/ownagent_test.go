package identity

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/own"
)

func TestOwnAgent(t *testing.T) {
	secret := []byte("of the installation")
	const uri = "/api/v1/secrets?limit=500"
	key := own.NewKey(secret, "uid-1", "prod")
	id := key.AuditID(start, uri)
	base := func() *event.Event {
		e := call{user: "kubernetes-admin", ip: "10.0.0.1", do: "list secrets"}.event()
		event.APIRequestUID.Set(e, id)
		event.HTTPRequestURLPath.Set(e, uri)
		event.AuditRequestTime.Set(e, start.UnixNano())
		event.K8sCluster.Set(e, "prod")
		event.K8sClusterUID.Set(e, "uid-1")
		return e
	}
	for name, test := range map[string]struct {
		change func(*event.Event)
		want   bool
	}{
		"as it was made": {func(*event.Event) {}, true},
		"said before": {func(e *event.Event) {
			event.AuditOwnAgent.Set(e, true)
			event.HTTPRequestURLPath.Set(e, "/api/v1/pods")
		}, false},
		"another request": {func(e *event.Event) { event.HTTPRequestURLPath.Set(e, "/api/v1/secrets") }, false},
		"another verb":    {func(e *event.Event) { event.APIOperation.Set(e, "deletecollection") }, false},
		"another cluster": {func(e *event.Event) { event.K8sClusterUID.Set(e, "uid-2") }, false},
		"no cluster":      {func(e *event.Event) { e.Clear(event.K8sClusterUID.ID()) }, false},
		"much later": {func(e *event.Event) {
			event.AuditRequestTime.Set(e, start.Add(time.Hour).UnixNano())
		}, false},
		"no time":              {func(e *event.Event) { e.Clear(event.AuditRequestTime.ID()) }, false},
		"as somebody else":     {func(e *event.Event) { event.AuditImpersonatedUserName.Set(e, "jane") }, false},
		"an ID used again":     {func(e *event.Event) { event.AuditReusedID.Set(e, true) }, false},
		"an ID of the cluster": {func(e *event.Event) { event.APIRequestUID.Set(e, "b") }, false},
	} {
		c, err := NewCallers(CallersOptions{Agent: func(uid, name string) own.Key { return own.NewKey(secret, uid, name) }})
		if err != nil {
			t.Fatal(err)
		}
		e := base()
		test.change(e)
		c.Observe(e)
		if got := event.AuditOwnAgent.Get(e); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	// What was found out when it was stored stays where there are no keys.
	c, err := NewCallers(CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e := base()
	event.AuditOwnAgent.Set(e, true)
	if c.Observe(e); !event.AuditOwnAgent.Get(e) {
		t.Error("forgotten")
	}
}
