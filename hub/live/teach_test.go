package live_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/store/lake"
)

const newProgramRule = `
title: New program
id: own_new_program
level: medium
logsource: {category: process_creation, product: linux}
detection:
  selection: {CommandLine|contains: tool}
  condition: selection
lynceus: {new: {key: [process.cmd_line]}}
`

// A rule that asks what is new learns from the store when it comes into force:
// it tells the known from the new at once. Once taught, and saved, it is not
// taught again; one that is not meant learns nothing.
func TestTaughtFromTheStore(t *testing.T) {
	loaded := load.Texts(files.File{Name: "own/own_new_program.yml", Text: newProgramRule})
	if len(loaded.Errors) > 0 || len(loaded.Rules) != 1 {
		t.Fatal(loaded.Errors)
	}
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	now := time.Now()
	launch := func(n int, at time.Time, line string) *event.Event {
		e := &event.Event{Class: event.ClassProcess}
		event.MetadataUID.Set(e, fmt.Sprintf("%032x", n))
		event.Time.Set(e, at.UnixNano())
		event.ReceivedTime.Set(e, at.UnixNano())
		event.Activity.Set(e, "Launch")
		event.ProcessCmdLine.Set(e, line)
		return e
	}
	a := k.Begin("p", 1, 1)
	const past = 60
	for i := range past {
		if err := a.Add(launch(i, now.Add(-time.Duration(past-i)*2*time.Hour), "usual tool")); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	start := func(learns func(*rule.Rule) bool, novelty *detect.Novelty) (*live.Judge, *detect.State, live.Restored) {
		t.Helper()
		set, err := detect.Compile(loaded.Rules, detect.Options{})
		if err != nil {
			t.Fatal(err)
		}
		callers, err := identity.NewCallers(identity.CallersOptions{})
		if err != nil {
			t.Fatal(err)
		}
		state, err := detect.NewState(loaded.Rules, detect.StateOptions{Context: callers, Novelty: novelty})
		if err != nil {
			t.Fatal(err)
		}
		find := func(string) *rule.Rule { return loaded.Rules[0] }
		j := live.NewJudge(live.Options{
			Set: set, State: state, Rule: find, Callers: callers, Requests: audit.NewRequests(0), Store: live.Lake{Lake: k}, Past: live.Lake{Lake: k}, Learns: learns,
			Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return now },
		})
		r, err := j.Restore(t.Context(), find)
		if err != nil {
			t.Fatal(err)
		}
		return j, state, r
	}
	all := func(*rule.Rule) bool { return true }
	found := func(j *live.Judge, s *detect.State) int {
		j.Take(launch(past+1, now, "usual tool"))
		j.Take(launch(past+2, now, "another tool"))
		s.Advance(now.Add(time.Hour).UnixNano())
		return len(s.Changed())
	}
	j, state, r := start(all, nil)
	if r.Taught == 0 || r.Taught >= past {
		t.Errorf("taught by %d events of %d", r.Taught, past)
	}
	saved, err := detect.DecodeNovelty(state.Novelty().Encode(), detect.NoveltyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := found(j, state); n != 1 {
		t.Errorf("it found %d things, and one is new", n)
	}
	j, state, r = start(all, saved)
	if n := found(j, state); r.Taught != 0 || n != 1 {
		t.Errorf("after a restart it was taught by %d events, and found %d things", r.Taught, n)
	}
	j, state, r = start(func(*rule.Rule) bool { return false }, nil)
	if n := found(j, state); r.Taught != 0 || n != 0 {
		t.Errorf("a rule that is not meant was taught by %d events, and found %d things", r.Taught, n)
	}
}
