//go:build linux && cgo

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/internal/sensortest"
)

// A server that is started as root hands its policies on to the sensor: what they forbid is killed, is a row with the pod
// and a finding that says so, and an alert is posted. A file that changes is read again when the keeper is told.
func TestUpEnforces(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole way through two programs, a dozen times")
	}
	c := sensortest.NewContainer(t)
	var alerts lockedBuffer
	falcosidekick := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(&alerts, r.Body) }))
	t.Cleanup(falcosidekick.Close) // after the server, which posts until it ends
	dir := t.TempDir()
	policy := filepath.Join(dir, "policies.yaml")
	write := func(mode string) {
		t.Helper()
		text := fmt.Sprintf("{policies: [{name: no-miners, mode: %s, action: kill-process, pods: [{namespace: shop}], match: {names: [xmrig]}}]}", mode)
		if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("observe")
	up, data, _ := upWithSensor(t, "--policy", policy, "--falco-http", falcosidekick.URL,
		"--runtime", sensortest.Runtime(t, map[string]container.Names{c.ID: {Container: "main", Namespace: "shop", Pod: "web-0", PodUID: c.PodUID}}))
	miner := sensortest.Program(t, filepath.Join(dir, "xmrig"), sensortest.Writes())
	mine := func() (out string, killed bool) {
		b, err := c.Command(miner).CombinedOutput()
		var exit *exec.ExitError
		return string(b), errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	}
	asked(t, data, "process | where activity == 'Running' | count | project n = Count > 0", "true") // the sensor is at work
	for range 2 {                                                                                   // at the first it is not known yet whose container it is
		if out, killed := mine(); out != "x" || killed {
			t.Errorf("observed: %q, killed %v", out, killed)
		}
		asked(t, data, "process | where k8s.pod == 'web-0' | count | project n = Count > 0", "true")
	}
	asked(t, data, "process | where activity == 'Enforce' and policy.name == 'no-miners' | project strcat(k8s.pod, ' ', disposition) | take 1", "web-0 Detected")
	write("enforce")
	if err := syscall.Kill(childOf(t, up.Process.Pid), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the miner is killed before its first instruction", func() error {
		if out, killed := mine(); out != "" || !killed {
			return fmt.Errorf("it wrote %q, killed %v", out, killed)
		}
		return nil
	})
	asked(t, data, "process | where activity == 'Enforce' and policy.verdict == 'Denied' | project strcat(k8s.pod, ' ', disposition) | take 1", "web-0 Blocked")
	const title = "Program stopped by a policy"
	asked(t, data, "finding | where finding_info.title == '"+title+"' and raw_data has '\"denied\":true' | project finding_info.about", "shop/web-0")
	eventually(t, "the finding is posted", func() error {
		if !strings.Contains(alerts.String(), title) {
			return fmt.Errorf("posted: %q", alerts.String())
		}
		return nil
	})
}
