package pods

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
)

func TestKnownIsBounded(t *testing.T) {
	k := newKnown()
	now := time.Unix(1e9, 0)
	for i := range 40_000 {
		uid := fmt.Sprint(i)
		k.put(&container.Pod{UID: uid, Name: strings.Repeat("n", 200)}, "h"+uid, now)
		if i >= 100 {
			k.end(fmt.Sprint(i-100), now)
		}
		if k.bytes > maxBytes || len(k.byUID) > 2*maxBytes/700 {
			t.Fatalf("%d UIDs, %d bytes", len(k.byUID), k.bytes)
		}
	}
	if p, _ := k.get("h39999"); p == nil {
		t.Error("the last is not known")
	}
	if _, _, refused := k.count(); refused > 0 {
		t.Errorf("%d refused although most were gone", refused)
	}
	k.endOthers(nil, now)
	k.put(&container.Pod{UID: "last"}, "", now.Add(keepGone+time.Second))
	if pods, bytes, _ := k.count(); pods != 1 || bytes > 1000 || len(k.deleted) != 0 {
		t.Errorf("%d pods, %d bytes, %d in the queue", pods, bytes, len(k.deleted))
	}
}

func TestKnownAgain(t *testing.T) {
	k := newKnown()
	now := time.Unix(1e9, 0)
	k.put(&container.Pod{UID: "u", Kind: "Deployment", ByName: true}, "h", now)
	k.owned("u", "Rollout", "r")
	k.end("u", now)
	k.put(&container.Pod{UID: "u", Kind: "Deployment", ByName: true}, "h", now) // it was there all the time
	k.forget(now.Add(2 * keepGone))
	p, _ := k.get("h")
	if p == nil || p.Kind != "Rollout" || p.ByName {
		t.Fatalf("%+v", p)
	}
	if _, bytes, _ := k.count(); bytes != k.byUID["u"].size {
		t.Errorf("%d bytes", bytes)
	}
}

func TestScheduled(t *testing.T) {
	made := time.Unix(60*29384156+10, 0)
	for job, want := range map[string]string{
		"once-29384156": "once", "on-ce-29384100": "on-ce", "once-29484156": "", "once-2": "", "once": "", "-29384156": "", "once-": "", "once-99999999999": "",
	} {
		if got, ok := scheduled(job, made); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %v", job, got, ok)
		}
	}
}
