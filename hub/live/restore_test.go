package live_test

import (
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

const minerRule = `
title: Miner started
id: 7a0d9a0e-4c1b-4f3e-8d0a-0f6f1a2b3c4d
status: test
level: high
logsource: {category: process_creation, product: linux}
detection:
  selection: {CommandLine|contains: xmrig}
  condition: selection
`

// judgeOf returns a Judge with one rule on a store.
func judgeOf(t *testing.T, r *rule.Rule, k *lake.Lake, now func() time.Time) (*live.Judge, func(id string) *rule.Rule) {
	t.Helper()
	return judgeInto(t, r, live.Lake{Lake: k}, k, now)
}

// judgeInto returns a Judge with one rule that writes what it finds into a store of its own.
func judgeInto(t *testing.T, r *rule.Rule, into live.Store, k *lake.Lake, now func() time.Time) (*live.Judge, func(id string) *rule.Rule) {
	t.Helper()
	set, err := detect.Compile([]*rule.Rule{r}, detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	callers, err := identity.NewCallers(identity.CallersOptions{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := detect.NewState([]*rule.Rule{r}, detect.StateOptions{Context: callers, Lateness: live.Lateness})
	if err != nil {
		t.Fatal(err)
	}
	find := func(id string) *rule.Rule {
		if id == r.ID {
			return r
		}
		return nil
	}
	return live.NewJudge(live.Options{
		Set: set, State: state, Rule: find, Callers: callers, Requests: audit.NewRequests(0), Store: into, Past: live.Lake{Lake: k},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: now,
	}), find
}

// A process that was stored, and whose finding was not when the server was killed, is found at the next start: once, and
// not again at the start after that.
func TestRestoreFindsWhatWasNotTold(t *testing.T) {
	loaded := load.Texts(files.File{Name: "miner.yml", Text: minerRule})
	if len(loaded.Errors) > 0 || len(loaded.Rules) != 1 {
		t.Fatal(loaded.Errors)
	}
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	now := time.Now()
	a := k.Begin("p", 1, 1)
	for i, line := range []string{"xmrig --donate-level 1", "sleep 1"} {
		e := &event.Event{Class: event.ClassProcess}
		event.MetadataUID.Set(e, []string{"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdee"}[i])
		event.Time.Set(e, now.UnixNano())
		event.ReceivedTime.Set(e, now.UnixNano())
		event.Activity.Set(e, "Launch")
		event.ProcessCmdLine.Set(e, line)
		if err := a.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for start := range 2 {
		ahead := time.Duration(0)
		j, find := judgeOf(t, loaded.Rules[0], k, func() time.Time { return now.Add(ahead) })
		r, err := j.Restore(t.Context(), find)
		if err != nil {
			t.Fatal(err)
		}
		if r.Events != 2 || r.Findings != int64(start) {
			t.Errorf("start %d took up %+v", start, r)
		}
		ahead = time.Minute // in which nothing comes
		if err := j.Tell(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		found, count := 0, int64(0)
		err = k.Scan(t.Context(), lake.All(event.ClassFinding), func(e *event.Event) error {
			found++
			count, _ = event.Count.Get(e)
			return nil
		})
		if err != nil || found != 1 || count != 1 {
			t.Errorf("after start %d there are %d findings, of %d events: %v", start, found, count, err)
		}
	}
}
