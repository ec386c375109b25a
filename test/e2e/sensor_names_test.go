package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// eachStorm is how many containers start at about the same time: ten pods, which the kubelet starts together, with ten
// containers each.
const (
	stormPods, stormContainers = 10, 10
	eachStorm                  = stormPods * stormContainers
)

// TestSensorNames starts 100 containers at once, TestSoakSensorNames 1,000 in storms of 100.
func TestSensorNames(t *testing.T) { storms(t, 1) }

func TestSoakSensorNames(t *testing.T) {
	clustertest.Soak(t)
	storms(t, 10)
}

// stormJob is a Job whose pods run containers that live for a fifth of a second and start a process each.
func stormJob(namespace, image string, n int) string {
	var containers strings.Builder
	for i := range stormContainers {
		fmt.Fprintf(&containers, "      - {name: c%d, image: %q, command: [sh, -c, 'sleep 0.2; true']}\n", i, image)
	}
	return fmt.Sprintf(`
apiVersion: batch/v1
kind: Job
metadata: {name: storm-%[2]d, namespace: %[1]s}
spec:
  completions: %[3]d
  parallelism: %[3]d
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: default
      containers:
%[4]s`, namespace, n, stormPods, containers.String())
}

func storms(t *testing.T, n int) {
	c := clustertest.Start(t, cluster.Config{})
	image := clustertest.ShellImage(t, c)
	s := senseNode(t, c)
	namespace := clustertest.Namespace(t, c, "storm")
	pods := map[string]bool{} // by UID: other tests of this machine may make what looks like containers
	for i := range n {
		clustertest.Apply(t, c, stormJob(namespace, image, i))
		clustertest.Kubectl(t, c, "-n", namespace, "wait", "--for=condition=Complete", fmt.Sprintf("job/storm-%d", i), "--timeout=600s")
		for _, uid := range strings.Fields(clustertest.Kubectl(t, c, "-n", namespace, "get", "pods", "-o", "jsonpath={.items[*].metadata.uid}")) {
			pods[uid] = true
		}
		clustertest.Kubectl(t, c, "-n", namespace, "delete", "job", fmt.Sprintf("storm-%d", i), "--wait=false")
	}
	time.Sleep(5 * time.Second) // for amendments
	s.stop(t)

	all := slices.DeleteFunc(s.events(t), func(e sensorEvent) bool { return e.Container == "" || !pods[e.PodUID] })
	first, last := map[string]time.Time{}, map[string]time.Time{}
	for _, e := range all {
		if at, ok := first[e.Container]; !ok || e.Time.Before(at) {
			first[e.Container] = e.Time
		}
		if e.Time.After(last[e.Container]) {
			last[e.Container] = e.Time
		}
	}
	named := func(e sensorEvent) bool {
		return e.Pod != "" && e.Namespace != "" && e.Workload != "" && e.Image != "" && e.Account != ""
	}
	events, atOnce, complete := 0, 0, 0
	starts := map[string]int{}
	for _, e := range all {
		if e.Revision == 0 && last[e.Container].Sub(first[e.Container]) >= 100*time.Millisecond && named(e) {
			atOnce++
		}
	}
	for _, e := range latest(all) {
		if last[e.Container].Sub(first[e.Container]) < 100*time.Millisecond {
			continue
		}
		events++
		if named(e) {
			complete++
		} else if events-complete < 20 {
			t.Logf("lacks names: %s %q of container %s %q, pod %s/%s, workload %q, image %q", e.Activity, e.Command, e.Container[:12], e.Name, e.Namespace, e.Pod, e.Workload, e.Image)
		}
		if e.Namespace == namespace && e.Name != "" && e.Starts {
			starts[e.Container]++
			if !strings.HasPrefix(e.Command, "sh -c") || e.Kind != "Job" || e.Method != "owner" || e.Entered == nil || *e.Entered {
				t.Errorf("container %s starts with %q of %s, known by %q, entered %v", e.Container[:12], e.Command, e.Kind, e.Method, e.Entered)
			}
		}
	}
	t.Logf("%d containers; %d events of such that lived 100 ms or more: %d named at once (%.3f %%), %d in the end (%.3f %%)",
		len(starts), events, atOnce, 100*float64(atOnce)/float64(events), complete, 100*float64(complete)/float64(events))
	if len(starts) != n*eachStorm {
		t.Errorf("%d containers were seen to start, %d did", len(starts), n*eachStorm)
	}
	for id, times := range starts {
		if times != 1 {
			t.Errorf("container %s starts %d times", id, times)
		}
	}
	if float64(complete) < 0.999*float64(events) {
		t.Error("less than 99.9 % have their names")
	}
}
