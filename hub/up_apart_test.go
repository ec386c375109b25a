//go:build cgo

package hub

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/webhook"
	"github.com/lynceus-io/lynceus/hub/live"
)

// apart starts a process's worth of a server with some roles, on a bus that others share. It has a data directory of its
// own and the key of the installation.
func apart(t *testing.T, o UpOptions, roles ...Role) *Up {
	t.Helper()
	o.Roles, o.Listen, o.Log = roles, "127.0.0.1:0", logs(t)
	if o.Dir == "" {
		o.Dir = withKey(t, t.TempDir())
	}
	if o.Rules == nil {
		o.Rules = builtinRules(t)
	}
	u, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// withKey puts the key of the tests' installation into a data directory.
func withKey(t *testing.T, dir string) string {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, keyFile), []byte("the key of an installation: test"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// manyClusters takes what is posted for several clusters: each client's token is its name and more.
func manyClusters(names ...string) *WebhookOptions {
	o := &WebhookOptions{Listen: "127.0.0.1:0"}
	for _, n := range names {
		o.Clients = append(o.Clients, webhook.Client{Name: n, Cluster: n, TokenHash: webhook.HashToken(clientToken(n))})
	}
	return o
}

func clientToken(name string) string { return "a token of tests for " + name }

// postAs posts lines as one of manyClusters until they are taken.
func postAs(t *testing.T, address func() string, cluster string, lines [][]byte) {
	t.Helper()
	for len(lines) > 0 {
		n := min(200, len(lines))
		until(t, time.Minute, "nobody takes what is posted", func() bool {
			status, _ := postWith(address(), clientToken(cluster), lines[:n])
			return status == http.StatusOK
		})
		lines = lines[n:]
	}
}

// Roles in processes of their own find and store what one process does, also when one of two that judge hands back what
// it has.
func TestUpApart(t *testing.T) {
	t.Parallel()
	lines := logLines(t, demoLog)
	clusters := []string{"a", "b", "c", "d"}
	if testing.Short() { // the race detector needs them all, not all that they say
		lines = lines[:len(lines)/3]
	}
	one := apart(t, UpOptions{Webhook: manyClusters(clusters...)})
	for _, c := range clusters {
		postAs(t, one.WebhookAddress, c, lines)
	}

	o := &BusOptions{URL: natsServer(t), Partitions: 4}
	store := apart(t, UpOptions{Bus: o}, Storage, Answers)
	first := apart(t, UpOptions{Bus: o}, Detection)
	in := apart(t, UpOptions{Bus: o, Webhook: manyClusters(clusters...)}, Intake)
	second := apart(t, UpOptions{Bus: o}, Detection)
	for _, u := range []*Up{one, store, in, second} {
		defer stopUp(t, u)
	}
	half := len(lines) / 2
	for _, c := range clusters {
		postAs(t, in.WebhookAddress, c, lines[:half])
	}
	until(t, time.Minute, "nothing is stored", func() bool { return number(t, store.store, "audit | count") != "0" })
	stopUp(t, first)
	for _, c := range clusters {
		postAs(t, in.WebhookAddress, c, lines[half:])
	}
	until(t, time.Minute, "not all is stored", func() bool { return !one.behind(t.Context()) && !store.behind(t.Context()) })
	for _, kql := range []string{"audit | count", "audit | distinct metadata.uid | count"} {
		if got, want := number(t, store.store, kql), number(t, one.store, kql); got != want {
			t.Errorf("%s: %s, and %s by one process", kql, got, want)
		}
	}
	sameFound(t, store, one)
}

// sameFound waits until two servers have found the same, and nothing more comes: what came last is judged some seconds
// later.
func sameFound(t *testing.T, got, want *Up) {
	t.Helper()
	time.Sleep(2*live.Lateness + 3*time.Second)
	var before found
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(2 * time.Second) {
		w := found{findingsOf(t, want.store), incidentsOf(t, want.store)}
		if len(w.findings) > 0 && maps.Equal(w.findings, findingsOf(t, got.store)) && maps.Equal(w.incidents, incidentsOf(t, got.store)) {
			if maps.Equal(before.findings, w.findings) {
				t.Logf("%d findings, %d incidents", len(w.findings), len(w.incidents))
				return
			}
			before = w
		}
	}
	found{findingsOf(t, want.store), incidentsOf(t, want.store)}.compare(t, got.store)
	t.Fatal("they have not found the same")
}
