package live_test

import (
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule/files"
	"github.com/lynceus-io/lynceus/rule/load"
	"github.com/lynceus-io/lynceus/store/lake"
)

// What a program in a container set off is found before the request that started the program comes, because an API server
// collects its audit events for up to half a minute: the finding names the person once it has come, and counts once.
func TestFindingGetsItsPerson(t *testing.T) {
	loaded := load.Texts(files.File{Name: "miner.yml", Text: minerRule})
	if len(loaded.Errors) > 0 || len(loaded.Rules) != 1 {
		t.Fatal(loaded.Errors)
	}
	k, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	began := time.Unix(1_800_000_000, 0)
	now := began
	j, _ := judgeOf(t, loaded.Rules[0], k, func() time.Time { return now })
	const uid, process, command = "0123456789abcdef0123456789abcdef", "c0ffee", "xmrig --donate-level 1"
	take := func(class event.Class, set func(e *event.Event)) {
		e := &event.Event{Class: class}
		event.K8sCluster.Set(e, "prod")
		event.K8sNamespace.Set(e, "shop")
		event.K8sPod.Set(e, "web")
		event.Time.Set(e, began.UnixNano())
		event.ReceivedTime.Set(e, now.UnixNano())
		set(e)
		if !j.Take(e) {
			t.Fatal("an event is not to be stored")
		}
	}
	// found tells what was found after some time, and returns who is behind it as the store has it.
	found := func(after time.Duration) (user string, count int64, findings int) {
		for range int(after / time.Second) {
			now = now.Add(time.Second)
			if err := j.Tell(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		latest := int64(-1)
		ids := map[string]bool{}
		if err := k.Scan(t.Context(), lake.All(event.ClassFinding), func(e *event.Event) error {
			ids[event.MetadataUID.Get(e)] = true
			if n, _ := event.MetadataRevision.Get(e); n > latest {
				latest, user = n, event.ActorUserName.Get(e)
				count, _ = event.Count.Get(e)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return user, count, len(ids)
	}
	take(event.ClassProcess, func(e *event.Event) {
		event.MetadataUID.Set(e, uid)
		event.Activity.Set(e, "Launch")
		event.ProcessUID.Set(e, process)
		event.ProcessSessionRootUID.Set(e, process)
		event.ProcessEntered.Set(e, true)
		event.ProcessCmdLine.Set(e, command)
	})
	if user, count, findings := found(25 * time.Second); user != "" || count != 1 || findings != 1 {
		t.Fatalf("before the request is known: %q, %d events in %d findings", user, count, findings)
	}
	take(event.ClassAudit, func(e *event.Event) {
		event.MetadataUID.Set(e, "0123456789abcdef0123456789abcdee")
		event.ActorUserName.Set(e, "mira@example.com")
		event.AuditUserName.Set(e, "mira@example.com")
		event.ResourceType.Set(e, "pods")
		event.ResourceSubresource.Set(e, "exec")
		event.ResourceName.Set(e, "web")
		event.AuditExecCommandLine.Set(e, command)
		event.AuditRequestTime.Set(e, began.UnixNano())
		event.AuditStage.Set(e, "ResponseComplete")
	})
	if user, count, findings := found(10 * time.Second); user != "mira@example.com" || count != 1 || findings != 1 {
		t.Errorf("when the request is known: %q, %d events in %d findings", user, count, findings)
	}
}
