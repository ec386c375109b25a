package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// stages in the order in which a request goes through them.
var stages = map[string]int{"RequestReceived": 1, "ResponseStarted": 2, "ResponseComplete": 3, "Panic": 3}

// logged reads an API server's own audit log: the last stage of each audit ID, and how many lines it has. A line that is
// still being written is left out.
func logged(t *testing.T, c *cluster.Cluster) (requests map[string]string, lines int) {
	t.Helper()
	f, err := os.Open(c.AuditLog())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	requests = map[string]string{}
	scan := bufio.NewScanner(f)
	scan.Buffer(nil, 64<<20)
	for scan.Scan() {
		var e struct{ AuditID, Stage string }
		if json.Unmarshal(scan.Bytes(), &e) != nil {
			continue
		}
		lines++
		if stages[e.Stage] >= stages[requests[e.AuditID]] {
			requests[e.AuditID] = e.Stage
		}
	}
	if err := scan.Err(); err != nil {
		t.Fatal(err)
	}
	return requests, lines
}

// stored asks for the last stage of each audit ID that came from a client's API server.
func (r *receiver) stored(client string) (map[string]string, error) {
	rows, err := r.rows(fmt.Sprintf("audit | where k8s.cluster == %q | project api.request.uid, audit.stage", client))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, row := range rows {
		id := row["api.request.uid"]
		if out[id] != "" {
			return nil, fmt.Errorf("request %s is stored twice", id)
		}
		out[id] = row["audit.stage"]
	}
	return out, nil
}

// equalsLog waits until the store has every request that the API server has logged by now, at the stage that is logged or
// a later one, and then sees that it has no other. It returns how many were compared.
func (r *receiver) equalsLog(t *testing.T, c *cluster.Cluster, client string, limit time.Duration) int {
	t.Helper()
	want, lines := logged(t, c)
	began := time.Now()
	var got map[string]string
	eventually(t, limit, "the store has what the API server logged", func() (err error) {
		if got, err = r.stored(client); err != nil {
			return err
		}
		missing, early := 0, 0
		var example string
		for id, stage := range want {
			switch have, ok := got[id]; {
			case !ok:
				missing, example = missing+1, id
			case stages[have] < stages[stage]:
				early, example = early+1, id
			}
		}
		if missing+early > 0 {
			return fmt.Errorf("of %d requests %d are missing and %d lack their last stage, such as %s", len(want), missing, early, example)
		}
		return nil
	})
	after, _ := logged(t, c)
	for id := range got {
		if after[id] == "" {
			t.Errorf("request %s is stored, but not in the API server's log", id)
		}
	}
	t.Logf("%s: %d requests in %d log lines, all stored after %v; stored and not logged: none", client, len(want), lines, time.Since(began).Round(time.Second))
	return len(want)
}

// metric is the sum of the API server's samples of a metric that have all the labels, written name="value".
func metric(t *testing.T, c *cluster.Cluster, name string, labels ...string) float64 {
	t.Helper()
	sum := 0.0
	for line := range strings.Lines(clustertest.Kubectl(t, c, "get", "--raw", "/metrics")) {
		rest, ok := strings.CutPrefix(line, name)
		if !ok || rest == "" || (rest[0] != '{' && rest[0] != ' ') {
			continue
		}
		has := true
		for _, l := range labels {
			has = has && strings.Contains(rest, l)
		}
		fields := strings.Fields(rest)
		value, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		if err != nil {
			t.Fatalf("metric %s: %v", line, err)
		}
		if has {
			sum += value
		}
	}
	return sum
}

// nothingDropped reads the API server's own account of its webhook.
func nothingDropped(t *testing.T, c *cluster.Cluster) {
	t.Helper()
	for _, plugin := range []string{"webhook", "buffered", "log"} {
		if n := metric(t, c, "apiserver_audit_error_total", `plugin="`+plugin); n != 0 {
			t.Errorf("the API server dropped %v events of its backend %s", n, plugin)
		}
	}
	t.Logf("apiserver_audit_event_total %.0f, apiserver_audit_error_total %.0f", metric(t, c, "apiserver_audit_event_total"), metric(t, c, "apiserver_audit_error_total"))
}
