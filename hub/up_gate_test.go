//go:build cgo

package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
)

// gated starts a server with a gate.
func gated(t *testing.T, dir string) *Up {
	t.Helper()
	return startUp(t, UpOptions{Dir: dir, Gate: &GateOptions{Listen: "127.0.0.1:0"}, Maintain: time.Hour, Log: logs(t)})
}

// proof makes a token of sensors.
func proof(t *testing.T, dir string, n token.New) (token.Token, enroll.Proof) {
	t.Helper()
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	made, text, err := tokens.Create(n)
	if err != nil {
		t.Fatal(err)
	}
	return made, enroll.Proof{Token: text}
}

// connect enrolls and dials.
func connect(t *testing.T, u *Up, p enroll.Proof, change func(*link.Options)) *link.Link {
	t.Helper()
	h, err := enroll.Hold(t.Context(), enroll.Options{Hub: enroll.Hub{URL: u.Address()}, Proof: func() (enroll.Proof, error) { return p, nil }, Log: logs(t)})
	if err != nil {
		t.Fatal(err)
	}
	o := link.Options{Gate: h.Gate(), Identity: h.Identity, Log: logs(t)}
	if change != nil {
		change(&o)
	}
	l, err := link.Dial(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if err := l.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l
}

// rowsOf is a batch of rows of a class, by their uids.
func rowsOf(t *testing.T, class event.Class, uids ...string) []byte {
	t.Helper()
	var b wire.Builder
	b.Reset("claimed", 1)
	for _, uid := range uids {
		var e event.Event
		e.Reset(class)
		event.MetadataUID.Set(&e, uid)
		event.Time.Set(&e, time.Now().UnixNano())
		event.ReceivedTime.Set(&e, 1)
		event.MetadataSource.Set(&e, "claimed")
		event.K8sCluster.Set(&e, "claimed")
		event.K8sClusterUID.Set(&e, "claimed")
		event.K8sNode.Set(&e, "claimed")
		event.Activity.Set(&e, "Launch")
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	return b.AppendTo(nil)
}

// A sensor enrolls, is who it is whatever it says, and what it sends again is there once: also when the server was
// killed between taking and answering, which the sensor cannot tell.
func TestGate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	u := gated(t, dir)
	made, p := proof(t, dir, token.New{Name: "sensors", Role: token.Sensor, Cluster: "prod", By: "test"})
	p.Node = "node-1.example"
	l := connect(t, u, p, nil)
	for n := uint64(1); n <= 3; n++ {
		for range 2 {
			if err := l.Send(t.Context(), peer.Events, "epoch", n, rowsOf(t, event.ClassProcess, fmt.Sprint("a", n), fmt.Sprint("b", n))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Send(t.Context(), peer.Findings, "epoch", 1, rowsOf(t, event.ClassFile, "f1")); err != nil {
		t.Fatal(err)
	}
	count := func(u *Up) string {
		return number(t, u.store, "union process, file | where k8s.cluster == 'prod' and k8s.node == 'node-1.example' and metadata.source == 'sensor' and received_time > ago(1h) | count")
	}
	until(t, 2*time.Minute, "not all is stored", func() bool { return count(u) == "7" })
	if n := u.counts.Resent.Load(); n != 3 {
		t.Errorf("%d batches came again", n)
	}
	for _, class := range []event.Class{event.ClassAudit, event.ClassInventory, event.ClassSelfAudit, event.ClassIncident, event.ClassK8sEvent} {
		if err := l.Send(t.Context(), peer.Events, "epoch", 4, rowsOf(t, class, "x")); !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), class.String()) {
			t.Errorf("rows of %s: %v", class, err)
		}
	}
	damaged := rowsOf(t, event.ClassProcess, "c")
	damaged[len(damaged)/2] ^= 1
	if err := l.Send(t.Context(), peer.Events, "epoch", 4, damaged); !errors.Is(err, link.ErrRefused) {
		t.Errorf("a damaged batch: %v", err)
	}
	until(t, 2*time.Minute, "the node's clock is not known", func() bool {
		list := u.peers.Nodes()
		return len(list) == 1 && list[0].Cluster == "prod" && list[0].Node == p.Node && list[0].Connected && list[0].Ahead != nil && list[0].Batches == 7
	})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	stopUp(t, u)

	u = gated(t, dir)
	l = connect(t, u, p, nil)
	for n := uint64(2); n <= 4; n++ {
		if err := l.Send(t.Context(), peer.Events, "epoch", n, rowsOf(t, event.ClassProcess, fmt.Sprint("a", n), fmt.Sprint("b", n))); err != nil {
			t.Fatal(err)
		}
	}
	until(t, 2*time.Minute, "not all is stored, once", func() bool { return count(u) == "9" && u.counts.Resent.Load() == 2 })

	// Its token is revoked: it is cut off, and not let in again, and does not enroll again.
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Revoke(made.ID); err != nil {
		t.Fatal(err)
	}
	until(t, 2*time.Minute, "it is still connected", func() bool { return !l.Connected() && u.peers.gate.Counts().Refused > 0 })
	if _, _, err := (enroll.Hub{URL: u.Address()}).Enroll(t.Context(), p); !errors.Is(err, enroll.ErrRefused) {
		t.Errorf("with a revoked token: %v", err)
	}
}

func TestEnrolmentsThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	u := gated(t, dir)
	_, anyNode := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	_, oneNode := proof(t, dir, token.New{Name: "n", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	_, viewer := proof(t, dir, token.New{Name: "v", Role: token.Viewer, By: "test"})
	_, admin := proof(t, dir, token.New{Name: "a", Role: token.Admin, By: "test"})
	_, short := proof(t, dir, token.New{Name: "e", Role: token.Sensor, Cluster: "prod", Life: time.Nanosecond, By: "test"})
	with := func(p enroll.Proof, change func(*enroll.Proof)) enroll.Proof {
		change(&p)
		return p
	}
	for _, tt := range []struct {
		name, want string
		proof      enroll.Proof
	}{
		{"no node", "node", anyNode},
		{"another node", `node "n1"`, with(oneNode, func(p *enroll.Proof) { p.Node = "n2" })},
		{"a node with a space", "spaces", with(anyNode, func(p *enroll.Proof) { p.Node = "a b" })},
		{"a viewer", "role sensor", with(viewer, func(p *enroll.Proof) { p.Node = "n" })},
		{"an admin", "role sensor", with(admin, func(p *enroll.Proof) { p.Node = "n" })},
		{"an expired token", "expired", with(short, func(p *enroll.Proof) { p.Node = "n" })},
		{"no such token", "not known", enroll.Proof{Token: "lyn_000000000000_x", Node: "n"}},
		{"no token", "needed", enroll.Proof{Node: "n"}},
		{"a cluster without agent", "no cluster", enroll.Proof{Token: "a.b.c", Kubernetes: true, Cluster: "prod"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := (enroll.Hub{URL: u.Address()}).Enroll(t.Context(), tt.proof); !errors.Is(err, enroll.ErrRefused) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
	until(t, 2*time.Minute, "refusals are not in the record of uses", func() bool {
		return number(t, u.store, "selfaudit | where action == 'enroll' and status == 'Failure' | count") == "9"
	})
}

// tokenOf is a text as a cluster's token looks.
const tokenOf = "eyJhbGciOiJub25lIn0.eyJhdWQiOlsibHluY2V1cyJdLCJleHAiOjk5OTk5OTk5OTl9.c2ln"

func TestSensorsEnrollWithTheirClustersToken(t *testing.T) {
	dir := t.TempDir()
	u := gated(t, dir)
	const uid = "11111111-2222-3333-4444-555555555555"
	if _, err := u.fleet.Hello(t.Context(), "prod", api.AgentHello{Name: "prod", UID: uid}); err != nil {
		t.Fatal(err)
	}
	hub := enroll.Hub{URL: u.Address()}
	kube := enroll.Proof{Token: tokenOf, Kubernetes: true, Cluster: "prod"}
	if _, _, err := hub.Enroll(t.Context(), kube); err == nil || errors.Is(err, enroll.ErrRefused) {
		t.Errorf("while the agent is away: %v", err)
	}
	_, agent := proof(t, dir, token.New{Name: "agent", Role: token.Agent, Cluster: "prod", By: "test"})
	answer := make(chan string, 1)
	connect(t, u, agent, func(o *link.Options) {
		o.Do = func(_ context.Context, c peer.Command) peer.Answer {
			if c.Kind != peer.TokenReview || !strings.Contains(string(c.Body), tokenOf) {
				return peer.Answer{Error: "unexpected"}
			}
			return peer.Answer{Body: []byte(<-answer)}
		}
	})
	answer <- `{"refused":"not a sensor's account"}`
	if _, _, err := hub.Enroll(t.Context(), kube); !errors.Is(err, enroll.ErrRefused) || !strings.Contains(err.Error(), "not a sensor's account") {
		t.Errorf("%v", err)
	}
	answer <- `{"node":"n1"}`
	other := kube
	other.Node = "n2"
	if _, _, err := hub.Enroll(t.Context(), other); !errors.Is(err, enroll.ErrRefused) || !strings.Contains(err.Error(), `on node "n1", not "n2"`) {
		t.Errorf("%v", err)
	}
	answer <- `{"node":"n1"}`
	l := connect(t, u, kube, nil)
	if n := l.Name(); n.Node != "n1" || n.ClusterUID != uid || n.Proof != peer.ByKubernetes {
		t.Errorf("%+v", n)
	}
	if _, err := l.Renew(t.Context(), "x"); !errors.Is(err, link.ErrRefused) || !strings.Contains(err.Error(), "again") {
		t.Errorf("renewed without a token: %v", err)
	}
	until(t, 2*time.Minute, "the commands are not in the record of uses", func() bool {
		return number(t, u.store, "selfaudit | where action == 'command_token-review' | count") == "5"
	})
	if got := number(t, u.store, "selfaudit | where message contains 'eyJ' or status_detail contains 'eyJ' | count"); got != "0" {
		t.Errorf("%s records hold a token", got)
	}
}

func TestCommandsOfPeople(t *testing.T) {
	dir := t.TempDir()
	u := gated(t, dir)
	_, p := proof(t, dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	connect(t, u, p, func(o *link.Options) {
		o.Do = func(_ context.Context, c peer.Command) peer.Answer {
			return peer.Answer{Body: []byte(`{"kind":"` + c.Kind + `"}`)}
		}
	})
	a, err := u.peers.Command(t.Context(), api.NodeCommand{Cluster: "prod", Node: "n1", Kind: peer.Report}, "ann")
	if err != nil || string(a.Body) != `{"kind":"report"}` {
		t.Errorf("%+v %v", a, err)
	}
	_, agent := proof(t, dir, token.New{Name: "agent", Role: token.Agent, Cluster: "prod", By: "test"})
	connect(t, u, agent, func(o *link.Options) {
		o.Do = func(_ context.Context, c peer.Command) peer.Answer {
			return peer.Answer{Body: []byte(`{"agent":"` + c.Kind + `"}`)}
		}
	})
	a, err = u.peers.Command(t.Context(), api.NodeCommand{Cluster: "prod", Kind: peer.Inventory}, "ann")
	if err != nil || string(a.Body) != `{"agent":"inventory"}` {
		t.Errorf("%+v %v", a, err)
	}
	for _, c := range []api.NodeCommand{{Cluster: "dev", Node: "n1"}, {Cluster: "prod", Node: "n2"}, {Cluster: "prod", Node: "n1", Kind: peer.Inventory}, {Cluster: "prod", Kind: peer.Hash}} {
		if _, err := u.peers.Command(t.Context(), c, "ann"); !errors.Is(err, api.ErrNotConnected) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
