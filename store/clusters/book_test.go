package clusters_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/store/clusters"
	"github.com/lynceus-io/lynceus/store/state"
)

func TestBook(t *testing.T) {
	events, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	now := time.Unix(1e9, 0).UTC()
	kept := state.New(events.JetStream(), state.Options{})
	open := func() *clusters.Book {
		t.Helper()
		b, err := clusters.Open(t.Context(), kept, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := open()
	meet := func(uid, name, version string) (clusters.Cluster, error) {
		return b.Meet(t.Context(), clusters.Cluster{UID: uid, Name: name, KubernetesVersion: version}, "test")
	}
	one, err := meet("u1", "prod", "v1")
	if err != nil || !one.FirstSeen.Equal(now) {
		t.Fatalf("%+v %v", one, err)
	}
	now = now.Add(time.Hour)
	if again, err := meet("u1", "prod", "v2"); err != nil || !again.FirstSeen.Equal(one.FirstSeen) || again.KubernetesVersion != "v2" {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := meet("u2", "prod", "v1"); !errors.Is(err, clusters.ErrTaken) || !strings.Contains(err.Error(), "u1") {
		t.Errorf("a taken name: %v", err)
	}
	if _, err := meet("u2", "dev", "v1"); err != nil {
		t.Error(err)
	}
	if _, err := meet("u2", "prod", "v1"); !errors.Is(err, clusters.ErrTaken) {
		t.Errorf("a cluster that takes another's name: %v", err)
	}
	for _, c := range []clusters.Cluster{
		{UID: "", Name: "x"}, {UID: "u", Name: ""}, {UID: "u", Name: "a b"}, {UID: "u\n", Name: "x"}, {UID: "u", Name: strings.Repeat("x", 254)},
		{UID: "u", Name: "x\xff"}, {UID: "u", Name: "x", Addresses: []string{""}}, {UID: "u", Name: "x", Addresses: make([]string, 65)}, {UID: "u", Name: "x", AgentVersion: strings.Repeat("x", 129)},
	} {
		if _, err := b.Meet(t.Context(), c, "test"); !errors.Is(err, clusters.ErrInvalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	b = open() // as after a restart
	if list := b.List(); len(list) != 2 || list[0].Name != "dev" || list[1].KubernetesVersion != "v2" {
		t.Errorf("%+v", list)
	}
	if b.UID("prod") != "u1" || b.UID("none") != "" {
		t.Errorf("UID %q", b.UID("prod"))
	}
	if gone, err := b.Forget(t.Context(), "u1", "ann"); err != nil || gone.Name != "prod" {
		t.Errorf("%+v %v", gone, err)
	}
	if _, err := b.Forget(t.Context(), "u1", "ann"); !errors.Is(err, clusters.ErrUnknown) {
		t.Error(err)
	}
	if _, err := meet("u3", "prod", "v1"); err != nil {
		t.Errorf("a name that was let go: %v", err)
	}
	if b = open(); b.UID("prod") != "u3" {
		t.Errorf("after a restart %+v", b.List())
	}
	if name := clusters.NameOf("12345678-abcd"); name != "cluster-12345678" {
		t.Error(name)
	}
}
