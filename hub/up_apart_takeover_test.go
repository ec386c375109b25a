//go:build cgo

package hub

import (
	"strings"
	"testing"
	"time"
)

// A detection process is killed: until others judge its partitions again their events wait, and then all are stored, each
// once. How long that took is printed: docs/scale.md has it.
func TestTakeover(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until leases of the usual length have ended")
	}
	t.Parallel()
	const partitions = 8
	clusters := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
	lines := logLines(t, demoLog)
	bus := apartBus{url: natsServer(t)}
	o := &BusOptions{URL: bus.url, Partitions: partitions}
	store := apart(t, UpOptions{Bus: o}, Storage, Answers)
	defer stopUp(t, store)
	in := apart(t, UpOptions{Bus: o, Webhook: manyClusters(clusters...)}, Intake)
	defer stopUp(t, in)
	victim := &apartChild{role: "detection", dir: withKey(t, t.TempDir())}
	victim.start(t, bus)
	heir := apart(t, UpOptions{Bus: o}, Detection)
	defer stopUp(t, heir)

	// holds counts the partitions that somebody judges, and those of the one who is to inherit.
	holds := func() (all, heirs int) {
		_, list := store.processes()
		for _, h := range list {
			if strings.HasPrefix(h.What, judgeLease) && h.Alive {
				all++
			}
		}
		heir.share.mu.Lock()
		defer heir.share.mu.Unlock()
		for _, owned := range heir.share.held {
			if owned.consumer != nil && owned.consumer.Ready() {
				heirs++
			}
		}
		return all, heirs
	}
	until(t, 2*time.Minute, "the partitions are not shared", func() bool {
		all, heirs := holds()
		return all == partitions && heirs == partitions/2
	})
	for _, c := range clusters {
		postAs(t, in.WebhookAddress, c, lines[:100])
	}
	until(t, 2*time.Minute, "not all is stored", func() bool { return !store.behind(t.Context()) })
	before := number(t, store.store, "audit | distinct metadata.uid | count")

	killed := time.Now()
	victim.kill(t)
	for _, c := range clusters {
		postAs(t, in.WebhookAddress, c, lines[100:150])
	}
	until(t, 3*time.Minute, "the partitions are not taken up", func() bool {
		_, heirs := holds()
		return heirs == partitions
	})
	judged := time.Since(killed)
	until(t, 3*time.Minute, "not all is stored", func() bool { return !store.behind(t.Context()) })
	t.Logf("from the kill of a process with %d of %d partitions until all are judged again: %.1f s; until what came meanwhile was stored: %.1f s", partitions/2, partitions,
		judged.Seconds(), time.Since(killed).Seconds())
	after := number(t, store.store, "audit | distinct metadata.uid | count")
	if all := number(t, store.store, "audit | count"); all != after || after == before {
		t.Errorf("%s rows, %s identities, %s before the kill", all, after, before)
	}
}
