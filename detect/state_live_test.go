package detect

import (
	"reflect"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/rule"
)

func TestChangedTellsEachGrowthOnce(t *testing.T) {
	b := newBed(t, StateOptions{Lateness: time.Second}, execRule(nil))
	b.observe(exec(0, "a", "jane", "web-1", 101), exec(10, "b", "joe", "web-1", 101), exec(20, "x", "ann", "web-9", 101))
	if got, want := lines(b.state.Changed()), []string{"exec medium 1 [a]", "exec medium 1 [b]"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := b.state.Changed(); len(got) != 0 {
		t.Errorf("told again: %q", lines(got))
	}
	b.observe(exec(30, "c", "jane", "web-1", 101), exec(50, "y", "ann", "web-9", 101))
	if got, want := lines(b.state.Changed()), []string{"exec medium 2 [a c]", "exec medium 1 [x]"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A request that has begun to do what was asked for is found while it runs, and is the same finding when it ends; one of which
// only the receipt is known waits for its answer.
func TestFoundWhileItRuns(t *testing.T) {
	b := newBed(t, StateOptions{Lateness: time.Second}, execRule(nil))
	stage := func(c call, name string) call {
		c.stage = name
		return c
	}
	received := stage(exec(0, "r", "joe", "web-2", 0), "RequestReceived")
	b.observe(received, stage(exec(1, "a", "jane", "web-1", 101), "ResponseStarted"), exec(20, "x", "ann", "web-9", 101))
	first := b.state.Changed()
	if got, want := lines(first), []string{"exec medium 1 [a]"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("while it runs: %q, want %q", got, want)
	}
	ended := exec(1, "a", "jane", "web-1", 101)
	refused := exec(0, "r", "joe", "web-2", 403)
	b.observe(exec(3000, "y", "ann", "web-9", 101), ended, refused, exec(6000, "z", "ann", "web-9", 101))
	got := b.state.Finish()
	if got, want := lines(got), []string{"exec medium 1 [a]", "exec medium 3 [x y z]", "exec low 1 failed=1 [r]; the request failed"}; !reflect.DeepEqual(got, want) {
		t.Errorf("in the end: %q, want %q", got, want)
	}
	if got[0].ID != first[0].ID {
		t.Errorf("it was %s and became %s", first[0].ID, got[0].ID)
	}
}

// TestRestart holds that a State which is given the findings of an earlier
// run, and the end of its input again, finds what one run finds.
func TestRestart(t *testing.T) {
	var calls []call
	for i, user := range []string{"jane", "joe", "jane", "jane", "ann", "joe", "jane", "ann"} {
		calls = append(calls, exec(float64(i*10), string(rune('a'+i)), user, "web-1", 101))
	}
	rules := []*rule.Rule{execRule(nil)}
	whole := newBed(t, StateOptions{Lateness: time.Second}, rules...)
	whole.observe(calls...)
	want := lines(whole.state.Finish())
	for cut := range calls {
		before := newBed(t, StateOptions{Lateness: time.Second}, rules...)
		before.observe(calls[:cut]...)
		told := before.state.Changed() // what was stored when the run was killed
		after := newBed(t, StateOptions{Lateness: time.Second}, rules...)
		for _, f := range told {
			after.state.Restore(f)
		}
		after.state.Replay(true)
		after.observe(calls[max(0, cut-3):cut]...)
		after.state.Replay(false)
		after.observe(calls[cut:]...)
		if got := lines(after.state.Finish()); !reflect.DeepEqual(got, want) {
			t.Errorf("cut at %d: got\n %q, want\n %q", cut, got, want)
		}
	}
}

// Requests of one moment count each, though the first of them makes the
// finding as late as they are.
func TestReplayCountsRequestsOfOneMoment(t *testing.T) {
	rules := []*rule.Rule{execRule(nil)}
	before := newBed(t, StateOptions{Lateness: time.Second}, rules...)
	before.observe(exec(0, "a", "jane", "web-1", 101), exec(5, "x", "ann", "web-9", 101))
	after := newBed(t, StateOptions{Lateness: time.Second}, rules...)
	for _, f := range before.state.Changed() {
		after.state.Restore(f)
	}
	after.state.Replay(true)
	after.observe(exec(0, "a", "jane", "web-1", 101), exec(10, "b", "jane", "web-1", 101), exec(10, "c", "jane", "web-1", 101), exec(20, "y", "ann", "web-9", 101))
	after.state.Replay(false)
	if got, want := lines(after.state.Changed())[0], "exec medium 3 [a c b]"; got != want { // of one moment, by identity
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestForget(t *testing.T) {
	b := newBed(t, StateOptions{Lateness: time.Second}, execRule(nil))
	b.observe(exec(0, "a", "jane", "web-1", 101), exec(3600, "b", "joe", "web-1", 101), exec(3700, "c", "ann", "web-1", 101))
	b.state.Forget(start.Add(time.Minute), func(string) bool { return false })
	if got, want := lines(b.state.Findings()), []string{"exec medium 1 [b]"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if b.state.findings.bytes <= 0 {
		t.Errorf("account of memory: %d bytes", b.state.findings.bytes)
	}
}

func TestRestoreIgnoresWhatItCannotPlace(t *testing.T) {
	b := newBed(t, StateOptions{}, execRule(nil))
	b.state.Restore(&Finding{ID: "no hash", Rule: execRule(nil)})
	b.state.Restore(&Finding{ID: "00112233445566778899aabbccddeeff", Rule: &rule.Rule{ID: "gone"}})
	if got := b.state.Findings(); len(got) != 0 {
		t.Errorf("got %q", lines(got))
	}
}
