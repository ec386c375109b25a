//go:build linux

package sensorcmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/detect/node"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// ruleSet is a set of one file.
func ruleSet(t *testing.T, version, text string, off ...string) peer.RuleSet {
	t.Helper()
	files := peer.Files{}
	if text != "" {
		files["rules.yaml"] = text
	}
	packed, err := files.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return peer.RuleSet{Version: version, Packed: packed, Off: off}
}

// A sensor judges the rules that the hub gives it, from then on and again after a restart without the hub; what it sees
// while they change it tells once; ones that are broken change nothing.
func TestHubRules(t *testing.T) {
	require.BPF(t)
	h := newTrialHub(t)
	dir := t.TempDir()
	proof := filepath.Join(dir, "token")
	if err := os.WriteFile(proof, []byte(trialToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--hub", h.api.URL, "--hub-token-file", proof, "--state", filepath.Join(dir, "state"), "--node", "w1", "--hub-rules", "--runtime", "none"}
	stop := watchFor(t, args...)
	defer func() { stop() }()
	h.await("what runs already", func(e *event.Event) bool { return event.Activity.Get(e) == "Running" })
	give := func(set peer.RuleSet) (is peer.RuleState, refused string) {
		t.Helper()
		a, err := h.gate.Command(t.Context(), peer.Name{Kind: peer.Sensor, ClusterUID: "u1", Node: "w1"}, peer.Rules, set, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if a.Error == "" && json.Unmarshal(a.Body, &is) != nil {
			t.Fatalf("%s", a.Body)
		}
		return is, a.Error
	}
	found := func(title string) func(*event.Event) bool {
		return func(e *event.Event) bool {
			return e.Class == event.ClassFinding && event.FindingInfoTitle.Get(e) == title
		}
	}
	if is, refused := give(ruleSet(t, "v1", testRules)); is != (peer.RuleState{Version: "v1", Rules: 2, Left: 1}) {
		t.Errorf("%+v %s", is, refused)
	}
	runs := func(argument string) {
		t.Helper()
		if err := exec.Command("/bin/true", marker, argument).Run(); err != nil {
			t.Fatal(err)
		}
	}
	runs("first")
	h.await("a finding of a program", found("Marked program"))
	// Files are observed since rules ask for them.
	marked := filepath.Join(dir, marker)
	if err := os.WriteFile(marked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	read := func() {
		t.Helper()
		if err := exec.Command("/bin/cat", marked).Run(); err != nil {
			t.Fatal(err)
		}
	}
	read()
	h.await("a finding of a file", found("Marked file"))

	// Rules change again and again while programs run: each is told once.
	const each = 10
	for i := range 8 {
		for n := range each {
			runs(fmt.Sprintf("change-%d-%d", i, n))
		}
		text := testRules
		if i%2 == 0 {
			text = ""
		}
		if is, refused := give(ruleSet(t, fmt.Sprint("w", i), text)); is.Version != fmt.Sprint("w", i) {
			t.Errorf("%+v %s", is, refused)
		}
	}
	for i := range 8 {
		for n := range each {
			if _, times := h.await("a program", launched(fmt.Sprintf("change-%d-%d", i, n))); times != 1 {
				t.Errorf("change-%d-%d was told %d times", i, n, times)
			}
		}
	}
	if is, refused := give(ruleSet(t, "v9", "- rule: x\n  condition: and and\n")); refused == "" || !strings.Contains(refused, "rules are broken") {
		t.Errorf("%+v %s", is, refused)
	}
	stop()

	// The hub is away: what it gave last is judged.
	h.api.Close()
	if err := h.gate.Close(); err != nil {
		t.Fatal(err)
	}
	stop = watchFor(t, args...)
	before := h.count(found("Marked program"))
	h.open()
	h.await("what runs already, again", func(e *event.Event) bool { return event.Activity.Get(e) == "Running" })
	for deadline := time.Now().Add(2 * time.Minute); h.count(found("Marked program")) == before; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is found after a restart")
		}
		runs("restarted")
	}
	if hello := h.gate.Peers()[0].Hello; hello.Rules != "w7" || !slices.Equal(hello.Takes, []string{peer.Rules}) {
		t.Errorf("%+v", hello)
	}
}

// count returns how many events are wanted.
func (h *trialHub) count(want func(*event.Event) bool) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.events {
		if want(&h.events[i]) {
			n++
		}
	}
	return n
}

// What is kept is what is judged: a set that is broken, or that is not observed, changes neither.
func TestHubRulesKept(t *testing.T) {
	r := &hubRules{path: filepath.Join(t.TempDir(), rulesName)}
	p := plan.Plan{DNS: true}
	if judge, err := r.load(&p); judge != nil || err != nil || !p.Any || !p.DNS {
		t.Fatalf("%v, %v, %+v", judge, err, p)
	}
	var turns []int
	r.observe = func(j *node.Judge) {
		n := 0
		if j != nil {
			n = len(j.Rules())
		}
		turns = append(turns, n)
	}
	var plans []plan.Plan
	apply := func(p plan.Plan) error {
		plans = append(plans, p)
		if len(plans) == 3 {
			return errors.New("no such hooks")
		}
		return nil
	}
	damaged := ruleSet(t, "v5", testRules)
	damaged.Packed = damaged.Packed[:len(damaged.Packed)/2]
	for _, tt := range []struct {
		set   peer.RuleSet
		rules int
		fails string
	}{
		{ruleSet(t, "v1", testRules), 2, ""},
		{ruleSet(t, "v2", ""), 0, ""},
		{ruleSet(t, "v3", testRules), 0, "no such hooks"},
		{ruleSet(t, "v4", "title: x\n"), 0, "are broken"},
		{damaged, 0, "unpack"},
		{ruleSet(t, "v6", testRules), 2, ""},
	} {
		is, err := r.replace(&tt.set, apply)
		if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) || err == nil && is.Rules != tt.rules {
			t.Errorf("%s: %+v, %v", tt.set.Version, is, err)
		}
	}
	if r.version() != "v6" || !slices.Equal(turns, []int{2, 0, 2}) || !plans[0].DNS || plans[0].Files.Read.Empty() || !plans[1].Files.Read.Empty() {
		t.Errorf("%s, %v, %+v", r.version(), turns, plans)
	}
	again, p := &hubRules{path: r.path}, plan.Plan{}
	if judge, err := again.load(&p); err != nil || judge == nil || again.version() != "v6" || p.Files.Read.Empty() {
		t.Errorf("%v, %v, %+v", judge, err, p)
	}
	if err := os.WriteFile(r.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if judge, err := (&hubRules{path: r.path}).load(&p); err == nil || judge != nil {
		t.Error("a damaged file was taken")
	}
}

// A rule that is off finds nothing on the node.
func TestHubRulesOff(t *testing.T) {
	const text = "title: Shell\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {category: process_creation, product: linux}\ndetection: {a: {process.name: sh}, condition: a}\nlevel: high\n"
	e := &event.Event{Class: event.ClassProcess}
	event.MetadataUID.Set(e, strings.Repeat("1", 32))
	event.Activity.Set(e, "Launch")
	event.ProcessName.Set(e, "sh")
	for want, off := range [][]string{{"00000000-0000-4000-8000-000000000001"}, {"other"}} {
		set := ruleSet(t, "v", text, off...)
		j, err := judgeOf(&set)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(j.judge.Event(e)); n != want {
			t.Errorf("with %q off: %d findings", off, n)
		}
	}
}
