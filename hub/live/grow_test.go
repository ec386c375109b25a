package live_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/hub/live"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/store/lake"
)

// toil is a lake that takes a while to write.
type toil struct {
	live.Lake
	now *time.Time
}

func (s toil) Begin(partition string, from, to uint64) live.Append {
	return toilsome{s.Lake.Begin(partition, from, to), s.now}
}

type toilsome struct {
	live.Append
	now *time.Time
}

func (a toilsome) Commit(ctx context.Context) error {
	*a.now = a.now.Add(300 * time.Millisecond)
	return a.Append.Commit(ctx)
}

// Where it takes long to write findings, those that only grow are written rarely, and what is new at once. Of what was not
// written when the server was killed, none is missing after the next start.
func TestGrowthIsWrittenRarely(t *testing.T) {
	loaded := load.Texts(files.File{Name: "miner.yml", Text: minerRule})
	if len(loaded.Errors) > 0 || len(loaded.Rules) != 1 {
		t.Fatal(loaded.Errors)
	}
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	now := time.Unix(1_800_000_000, 0)
	clock := func() time.Time { return now }
	j, _ := judgeInto(t, loaded.Rules[0], toil{live.Lake{Lake: k}, &now}, k, clock)
	runs := uint64(0)
	run := func(workload string) {
		runs++
		e := &event.Event{Class: event.ClassProcess}
		event.MetadataUID.Set(e, fmt.Sprintf("%032x", runs))
		event.Time.Set(e, now.UnixNano())
		event.ReceivedTime.Set(e, now.UnixNano())
		event.K8sCluster.Set(e, "prod")
		event.K8sNamespace.Set(e, "shop")
		event.K8sWorkloadKind.Set(e, "Deployment")
		event.K8sPod.Set(e, workload+"-1")
		event.K8sWorkload.Set(e, workload)
		event.Activity.Set(e, "Launch")
		event.ProcessCmdLine.Set(e, "xmrig")
		if !j.Take(e) {
			t.Fatal("an event is not to be stored")
		}
		a := k.Begin("p", runs, runs)
		if err := a.Add(e); err != nil {
			t.Fatal(err)
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tell := func(j *live.Judge) {
		now = now.Add(time.Second)
		if err := j.Tell(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	// stored returns how often findings were written, and what they count by workload.
	stored := func() (writes int, counts map[string]int64) {
		latest := map[string]int64{}
		counts = map[string]int64{}
		if err := k.Scan(t.Context(), lake.All(event.ClassFinding), func(e *event.Event) error {
			workload := event.K8sWorkload.Get(e)
			revision, _ := event.MetadataRevision.Get(e)
			if _, there := latest[workload]; !there || revision > latest[workload] {
				latest[workload] = revision
				counts[workload], _ = event.Count.Get(e)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, revision := range latest {
			writes += int(revision) + 1
		}
		return writes, counts
	}
	for range 30 {
		run("web")
		tell(j)
	}
	if writes, counts := stored(); writes < 4 || writes > 6 || counts["web"] < 15 {
		t.Errorf("in half a minute it was written %d times, at last of %d programs", writes, counts["web"])
	}
	run("cart")
	for range 6 { // as long as a match waits for others
		run("web")
		tell(j)
	}
	if _, counts := stored(); counts["cart"] != 1 {
		t.Error("what is new is not written")
	}
	run("web")
	tell(j)
	total := int64(runs) - 1
	after, find := judgeInto(t, loaded.Rules[0], live.Lake{Lake: k}, k, clock) // the other one was killed
	if _, err := after.Restore(t.Context(), find); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	tell(after)
	if _, counts := stored(); counts["web"] != total || counts["cart"] != 1 {
		t.Errorf("after the next start %v are counted, of %d", counts, total)
	}
}
