package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// driftPod is a pod with a volume on disk and one in memory.
const driftPod = `
apiVersion: v1
kind: Pod
metadata: {name: drift, namespace: %s}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: app
    image: %q
    volumeMounts: [{name: disk, mountPath: /disk}, {name: memory, mountPath: /memory}]
  volumes: [{name: disk, emptyDir: {}}, {name: memory, emptyDir: {medium: Memory}}]
`

// TestSensorDrift runs programs from everywhere that a container has files, among them one of the image of which only
// the mode was changed.
func TestSensorDrift(t *testing.T) {
	c := clustertest.Start(t, cluster.Config{})
	image := clustertest.ShellImage(t, c)
	namespace := clustertest.Namespace(t, c, "drift")
	clustertest.Apply(t, c, fmt.Sprintf(driftPod, namespace, image))
	clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Ready", "pod/drift", "--timeout=180s")
	s := senseNode(t, c)
	// Programs sleep, so that there is time to look at them before they end.
	script := `
/bin/busybox sleep 2.51
mkdir -p /tmp
cp /bin/busybox /tmp/written
/tmp/written sleep 2.52
cp /bin/busybox /disk/x; /disk/x sleep 2.53
cp /bin/busybox /memory/x; /memory/x sleep 2.54
chmod 0755 /bin/busybox
/bin/busybox sleep 2.55
cat /bin/busybox > /tmp/changed; echo more >> /tmp/changed; cat /tmp/changed > /bin/other; chmod 0755 /bin/other
/bin/other sleep 2.56
cp /bin/other /bin/new; mv /bin/new /bin/busybox
/bin/busybox sleep 2.57
`
	clustertest.Kubectl(t, c, "-n", namespace, "exec", "drift", "--", "sh", "-c", script)
	time.Sleep(3 * time.Second) // for amendments
	s.stop(t)

	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(busybox)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(b []byte) string {
		h := sha256.Sum256(b)
		return hex.EncodeToString(h[:])
	}
	own, changed := sum(text), sum(append(text, "more\n"...))
	wants := map[string]struct{ path, origin, sum string }{
		"2.51": {"/bin/busybox", "image", own},
		"2.52": {"/tmp/written", "dropped", own},
		"2.53": {"/disk/x", "volume", own},
		"2.54": {"/memory/x", "tmpfs", own},
		"2.55": {"/bin/busybox", "image", own}, // copied up, and the same
		"2.56": {"/bin/other", "dropped", changed},
		"2.57": {"/bin/busybox", "dropped", changed},
	}
	for _, e := range latest(s.events(t)) {
		_, nap, ok := strings.Cut(e.Command, "sleep ")
		want, wanted := wants[nap]
		if !ok || !wanted || e.Activity != "Launch" || e.Namespace != namespace {
			continue
		}
		delete(wants, nap)
		if e.Path != want.path || e.Origin != want.origin || e.SHA256 != want.sum {
			t.Errorf("%s: %s is of %q with hash %q, want %+v", e.Command, e.Path, e.Origin, e.SHA256, want)
		}
		if e.Entered == nil || !*e.Entered || e.Root == "" {
			t.Errorf("%s: not known to have come from outside", e.Command)
		}
	}
	if len(wants) > 0 {
		t.Errorf("not seen: %v", wants)
	}
}
