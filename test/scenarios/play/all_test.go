package play

import (
	"regexp"
	"testing"
)

// Names are directories of recordings: what an evaluation takes for an attack or for ordinary work follows from them.
func TestNames(t *testing.T) {
	form := regexp.MustCompile(`^(attack|benign)-[a-z]+$`)
	seen := map[string]bool{}
	for _, sc := range All() {
		if !form.MatchString(sc.Name) || seen[sc.Name] || sc.Play == nil {
			t.Errorf("scenario %q", sc.Name)
		}
		seen[sc.Name] = true
	}
}

func TestPodRunning(t *testing.T) {
	const want = `apiVersion: v1
kind: Pod
metadata: {name: a, namespace: n, labels: {app: a}}
spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "i:1", imagePullPolicy: IfNotPresent, command: [sleep, "1"], tty: true}], hostPID: true}
`
	if got := podRunning("n", "a", "i:1", `[sleep, "1"]`, "hostPID: true", "tty: true"); got != want {
		t.Errorf("got %s", got)
	}
}
