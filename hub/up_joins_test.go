//go:build cgo

package hub

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/inventory"
)

// tell puts rows of the inventory on a server's bus, as an agent's intake does.
func tell(t *testing.T, u *Up, objects ...*inventory.Object) {
	t.Helper()
	var b wire.Builder
	b.Reset("agent", time.Now().UnixNano())
	var e event.Event
	for _, o := range objects {
		inventory.Fill(&e, o, inventory.Group{})
		event.ReceivedTime.Set(&e, time.Now().UnixNano())
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := u.bus.Publish(t.Context(), 0, b.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
}

// logged appends a request to a log.
func logged(t *testing.T, log, id, user, address, verb, name, extra string) {
	t.Helper()
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	now := time.Now().UTC().Format(time.RFC3339Nano)
	_, err = fmt.Fprintf(f, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":%q,"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods/%s","verb":%q,"user":{"username":%q,"groups":["system:authenticated"]%s},"sourceIPs":[%q],"objectRef":{"resource":"pods","namespace":"shop","name":%q,"apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":%q,"stageTimestamp":%q}`+"\n",
		id, name, verb, user, extra, address, name, now, now)
	if err != nil {
		t.Fatal(err)
	}
}

// What an inventory says late is added to what is stored already, and what it
// said is known after a restart.
func TestUpJoins(t *testing.T) {
	t.Parallel()
	now := time.Now()
	pod := func(name, uid, ip string) *inventory.Object {
		return &inventory.Object{
			Cluster: "prod", ClusterUID: "c1", Time: now.UnixNano(), Change: inventory.Present, Version: "v1", Resource: "pods", Kind: "Pod", Namespace: "shop",
			Name: name, UID: uid, ResourceVersion: "1", Created: now.Add(-time.Hour).UnixNano(), Node: "n1", ServiceAccount: "web", Phase: "Running",
			Addresses: []netip.Addr{netip.MustParseAddr(ip)}, Owner: inventory.Reference{Group: "apps", Kind: "StatefulSet", Name: "web", UID: "u-set"},
		}
	}
	log := filepath.Join(t.TempDir(), "audit.log")
	o := UpOptions{Dir: t.TempDir(), Follow: []string{log}, Cluster: "prod", Log: logs(t)}
	logged(t, log, "first", "mira", "10.20.0.1", "list", "none", "")
	u := startUp(t, o)
	stored(t, u, time.Minute, 1)
	tell(t, u, pod("web-0", "uid-0", "10.244.0.7"))
	until(t, time.Minute, "the row of the inventory is stored", func() bool { return number(t, u.store, "inventory | count") == "1" })

	token := `,"extra":{"authentication.kubernetes.io/pod-name":["web-1"],"authentication.kubernetes.io/pod-uid":["uid-1"]}`
	logged(t, log, "about", "mira", "10.20.0.1", "get", "web-1", "")
	logged(t, log, "stolen", "system:serviceaccount:shop:web", "10.244.0.7", "get", "web-0", token)
	stored(t, u, time.Minute, 3)
	row := func(id string) string {
		return number(t, u.store, fmt.Sprintf(`audit | where api.request.uid == %q | project strcat(k8s.pod_uid, " ", k8s.workload, " ", audit.caller_pod.name, " ", audit.token_pod.workload, " ", audit.token_at_home)`, id))
	}
	if got, want := row("about"), "    "; got != want {
		t.Errorf("before the pod is known: %q, want %q", got, want)
	}
	if got, want := row("stolen"), "uid-0 web web-0  unknown"; got != want {
		t.Errorf("before the token's pod is known: %q, want %q", got, want)
	}
	tell(t, u, pod("web-1", "uid-1", "10.244.0.8"))
	until(t, time.Minute, "what came late is not added", func() bool {
		return row("about") == "uid-1 web   " && row("stolen") == "uid-0 web web-0 StatefulSet/web no"
	})
	if got := number(t, u.store, "audit | count"); got != "3" {
		t.Errorf("%s rows, want 3", got)
	}
	stopUp(t, u)

	u = startUp(t, o)
	logged(t, log, "again", "mira", "10.20.0.1", "get", "web-1", "")
	stored(t, u, time.Minute, 4)
	if got, want := row("again"), "uid-1 web   "; got != want {
		t.Errorf("after a restart: %q, want %q", got, want)
	}
}

// A row of the inventory that the bus brings twice, before a restart and after
// it, is stored once; a later report of the same state is a row of its own.
func TestUpInventoryOnce(t *testing.T) {
	t.Parallel()
	o := UpOptions{Dir: t.TempDir(), Log: logs(t)}
	at := time.Now()
	state := func(at time.Time) *inventory.Object {
		return &inventory.Object{
			Cluster: "prod", ClusterUID: "c1", Time: at.UnixNano(), Change: inventory.Present, Version: "v1", Resource: "services", Kind: "Service", Namespace: "shop",
			Name: "web", UID: "uid-s", ResourceVersion: "1",
		}
	}
	last := func(name string) *inventory.Object {
		x := state(at)
		x.Name, x.UID = name, name
		return x
	}
	count := func(u *Up, q string) string {
		return number(t, u.store, "inventory | where resource.name == '"+q+"' | count")
	}

	u := startUp(t, o)
	tell(t, u, state(at), state(at))
	tell(t, u, state(at), last("first"))
	until(t, time.Minute, "the rows are stored", func() bool { return count(u, "first") == "1" })
	if n := count(u, "web"); n != "1" {
		t.Errorf("%s rows of what was delivered three times", n)
	}
	stopUp(t, u)

	u = startUp(t, o)
	tell(t, u, state(at), state(at.Add(time.Hour)), last("second"))
	until(t, time.Minute, "the rows after the restart are stored", func() bool { return count(u, "second") == "1" })
	if n := count(u, "web"); n != "2" {
		t.Errorf("%s rows of a state that was reported at two times", n)
	}
}
