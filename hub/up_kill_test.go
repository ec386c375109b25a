//go:build cgo

package hub

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/store/lake"
)

// The child of the kill tests is this test binary, told by variables of the
// environment where its data and the log are.
const (
	childData = "LYNCEUS_TEST_UP_DATA"
	childLogs = "LYNCEUS_TEST_UP_LOGS"
)

// keptConnections is how long the child keeps events of the table network;
// those of oldConnections ago are dropped, those of newConnections ago merged.
const (
	keptConnections = 24 * time.Hour
	oldConnections  = 30 * time.Hour
	newConnections  = 5 * time.Hour
)

func killOptions(dir, logs string) UpOptions {
	hook := webhookForTests()
	hook.Clients[0].Cluster = hookOwner
	return UpOptions{
		Dir: dir, Follow: []string{filepath.Join(logs, "audit*.log")}, Webhook: hook, Maintain: 200 * time.Millisecond,
		Retention: map[event.Class]time.Duration{event.ClassNetwork: keptConnections},
	}
}

// TestUpChild serves until it is killed. It is the other half of TestKillUp.
func TestUpChild(t *testing.T) {
	dir := os.Getenv(childData)
	if dir == "" {
		t.Skip("the other half of TestKillUp")
	}
	o := killOptions(dir, os.Getenv(childLogs))
	o.Listen, o.Rules = "127.0.0.1:0", builtinRules(t)
	o.Log = slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn}))
	u, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("found %s\n", u.Recovery())
	fmt.Printf("hook %s\n", u.WebhookAddress())
	t.Fatal(u.Wait(context.Background()))
}

// A server that is killed at any moment loses nothing that it acknowledged,
// keeps nothing twice, and finds what one that is left in peace finds.
func TestKillUp(t *testing.T) { killUp(t, 5) }

func TestSoakKillUp(t *testing.T) {
	require.Soak(t)
	killUp(t, 50)
}

func killUp(t *testing.T, rounds int) {
	if testing.Short() {
		t.Skip("kills processes for half a minute")
	}
	t.Parallel()
	dir := t.TempDir()
	l := startLoad(t, time.Duration(rounds)*2500*time.Millisecond)
	seeds := &seeds{kept: map[string]bool{}}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range rounds {
		if round%2 == 0 {
			seeds.plant(t, dir, round)
		}
		// Every fourth is killed while it starts.
		started, after := round%4 != 3, time.Duration(500+r.IntN(3000))*time.Millisecond
		if !started {
			after = time.Duration(r.IntN(700)) * time.Millisecond
		}
		l.kill(t, dir, round, started, after)
	}
	l.finish(t, dir, seeds)
}

// kill runs a server and kills it some time after it started to listen, or
// after it was called.
func (l *load) kill(t *testing.T, dir string, round int, started bool, after time.Duration) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestUpChild$", "-test.v")
	cmd.Env = append(os.Environ(), childData+"="+dir, childLogs+"="+l.dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	kill := func() { time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) }
	if !started {
		kill()
	}
	var said []string
	for scan := bufio.NewScanner(out); scan.Scan(); {
		line := scan.Text()
		said = append(said, line)
		if address, ok := strings.CutPrefix(line, "hook "); ok {
			l.hook.Store(address)
			if started {
				kill()
			}
		}
		if strings.HasPrefix(line, "found ") || strings.Contains(line, "level=ERROR") {
			t.Logf("round %d after %v: %s", round, time.Since(begun).Round(time.Millisecond), line)
		}
	}
	l.hook.Store("")
	if _ = cmd.Wait(); cmd.ProcessState.Exited() { // a killed process did not exit
		t.Fatalf("round %d: the server ended by itself:\n%s", round, strings.Join(said, "\n"))
	}
	t.Logf("round %d: killed after %v", round, time.Since(begun).Round(time.Millisecond))
}

// finish lets the load end at a server that is left in peace, and looks at
// what it stored.
func (l *load) finish(t *testing.T, dir string, seeds *seeds) {
	t.Helper()
	u := startUp(t, killOptions(dir, l.dir))
	t.Logf("the last start found: %s", u.Recovery())
	l.hook.Store(u.WebhookAddress())
	l.end()
	want := map[string]bool{}
	for uid := range seeds.kept {
		want[uid] = true
	}
	for _, line := range l.file {
		want["/"+string(auditIDText.FindSubmatch(line)[1])] = true
	}
	for _, line := range l.posted {
		want[hookOwner+"/"+string(auditIDText.FindSubmatch(line)[1])] = true
	}
	stored(t, u, 3*time.Minute, len(want))
	l.checkRequests(t, u, want)
	seeds.check(t, u)
	peace := l.inPeace(t)
	for deadline := time.Now().Add(3 * time.Minute); len(findingsOf(t, u.store)) < len(peace.findings) && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
	}
	time.Sleep(2 * time.Second) // for what must not come
	peace.compare(t, u.store)
	if p := u.problems(t.Context()); len(p) > 0 {
		t.Errorf("problems: %q", p)
	}
	t.Logf("%d requests and %d findings are there, once", len(want), len(peace.findings))
}

// checkRequests holds that each request is stored once, by its identity and
// by its audit id.
func (l *load) checkRequests(t *testing.T, u *Up, want map[string]bool) {
	t.Helper()
	rows, notes := answerOf(t, u.store, hunt.Request{KQL: `audit | project uid = metadata.uid, id = strcat(k8s.cluster, "/", api.request.uid)`, MaxRows: 10_000_000})
	if len(notes) > 0 {
		t.Errorf("notes: %q", notes)
	}
	ids, uids := map[string]int{}, map[string]int{}
	for _, row := range rows {
		ids[row["id"]]++
		uids[row["uid"]]++
	}
	for id := range want {
		if ids[id] != 1 {
			t.Errorf("request %s is there %d times", id, ids[id])
		}
	}
	for id := range ids {
		if !want[id] {
			t.Errorf("request %s is there, which nobody sent", id)
		}
	}
	for uid, n := range uids {
		if n != 1 {
			t.Errorf("identity %s is there %d times", uid, n)
		}
	}
}

// inPeace returns what a server finds in the same events that nobody kills.
func (l *load) inPeace(t *testing.T) found {
	t.Helper()
	logs := filepath.Dir(logFiles(t, "audit", [][][]byte{l.file})[0])
	u := startUp(t, killOptions(t.TempDir(), logs))
	for lines := l.posted; len(lines) > 0; lines = lines[min(500, len(lines)):] {
		if status, body := postStatus(u.WebhookAddress(), lines[:min(500, len(lines))]); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
	}
	ids := map[string]bool{}
	for _, line := range l.file {
		ids[string(auditIDText.FindSubmatch(line)[1])] = true
	}
	n := len(ids)
	clear(ids)
	for _, line := range l.posted {
		ids[string(auditIDText.FindSubmatch(line)[1])] = true
	}
	stored(t, u, 3*time.Minute, n+len(ids))
	time.Sleep(2*live.Lateness + 3*time.Second)
	return found{findingsOf(t, u.store), incidentsOf(t, u.store)}
}

// seeds are events that an earlier life of the store left: so many small
// segments of requests that they are to be merged, connections that are to be
// merged, and some that are to be dropped.
type seeds struct {
	n    uint64
	kept map[string]bool
	new  int
}

const seededSegments = 64

func (s *seeds) plant(t *testing.T, dir string, round int) {
	t.Helper()
	k, rec, err := lake.Open(t.Context(), lake.Options{Dir: filepath.Join(dir, lakeDir)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("round %d: the store was found with %s", round, rec)
	var e event.Event
	hasher := event.NewUIDHasher()
	begin := func(c event.Class, at time.Time, i int) string {
		id := fmt.Sprintf("seed-%d-%d", s.n, i)
		e.Reset(c)
		event.MetadataUID.Set(&e, hasher.Sum(id).String())
		event.Time.Set(&e, at.UnixNano())
		event.ReceivedTime.Set(&e, at.UnixNano())
		return id
	}
	for range seededSegments {
		s.n++
		a := k.Begin("seeds", s.n, s.n)
		now := time.Now()
		id := begin(event.ClassAudit, now, 0)
		event.K8sCluster.Set(&e, "seeds")
		event.APIRequestUID.Set(&e, id)
		event.ActorUserName.Set(&e, "system:kube-scheduler")
		event.APIOperation.Set(&e, "get")
		event.ResourceType.Set(&e, "leases")
		event.AuditRequestTime.Set(&e, now.UnixNano())
		event.AuditStage.Set(&e, "ResponseComplete")
		s.kept["seeds/"+id] = true
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
		for i, age := range []time.Duration{oldConnections, newConnections, newConnections} {
			begin(event.ClassNetwork, now.Add(-age), i+1)
			if err := a.Add(&e); err != nil {
				t.Fatal(err)
			}
		}
		s.new += 2
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

// check holds that the connections that are to be kept are there, and those
// that are to be dropped are not.
func (s *seeds) check(t *testing.T, u *Up) {
	t.Helper()
	until(t, 3*time.Minute, "old connections are not dropped", func() bool {
		return number(t, u.store, "network | count") == fmt.Sprint(s.new)
	})
	if n := number(t, u.store, "network | summarize dcount(metadata.uid)"); n != fmt.Sprint(s.new) {
		t.Errorf("%s different connections of %d", n, s.new)
	}
	merged := false
	for _, table := range u.store.lake.Stats().Tables {
		merged = merged || table.Class == event.ClassAudit && table.Segments < seededSegments*2
	}
	if !merged {
		t.Errorf("segments of requests were not merged: %+v", u.store.lake.Stats())
	}
}
