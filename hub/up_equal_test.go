//go:build cgo

package hub

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// What a server stores of a log that it follows is what a scan of the log
// finds: the same findings and incidents with the same ids, counts and
// severities.
func TestUpFindsWhatScanFinds(t *testing.T) {
	for name, log := range map[string]string{
		"demo": demoLog,
		"real": filepath.Join(require.Data(t), "audit-real-k8s-1.36.jsonl.gz"),
	} {
		if testing.Short() && name != "demo" { // the larger log shows no more of what is done at once
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := logFiles(t, "live", [][][]byte{logLines(t, log)})[0]
			want := scanResult(t, file)
			u := startUp(t, UpOptions{Dir: t.TempDir(), Follow: []string{file}, Log: logs(t)})
			stored(t, u, 3*time.Minute, len(requestsOf(t, file)))
			want.await(t, u.store)
			stopUp(t, u)
			s, err := OpenStore(t.Context(), u.o.Dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			want.compare(t, s)
		})
	}
}

// found is what was found, in a form to compare: ids with what is said of
// them.
type found struct{ findings, incidents map[string]string }

// requestsOf returns the identities of the requests of a log, with their
// audit ids.
func requestsOf(t *testing.T, files ...string) map[string]string {
	t.Helper()
	r, err := audit.Open(t.Context(), files, audit.Options{Key: []byte("a key of tests")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := map[string]string{}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out[rec.UID.String()] = event.APIRequestUID.Get(rec.Event)
	}
}

// scanResult returns what a scan finds.
func scanResult(t *testing.T, files ...string) found {
	t.Helper()
	r, err := Scan(context.Background(), ScanOptions{Files: files, Rules: builtinRules(t)})
	if err != nil {
		t.Fatal(err)
	}
	f := found{map[string]string{}, map[string]string{}}
	for _, x := range r.Findings {
		f.findings[x.ID] = fmt.Sprintf("%s %s count %d failed %d", x.Severity, x.Rule.Title, x.Count, x.Failed)
	}
	for _, x := range r.Incidents {
		f.incidents[x.ID] = fmt.Sprintf("%s %s requests %d findings %d", x.Severity, x.Title, x.Requests, len(x.Findings))
	}
	return f
}

// await waits until a store has what f says: what came last is judged some
// seconds later, once no more comes.
func (f found) await(t *testing.T, s hunt.Querier) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if maps.Equal(findingsOf(t, s), f.findings) && maps.Equal(incidentsOf(t, s), f.incidents) {
			return
		}
	}
	f.compare(t, s)
	t.FailNow()
}

// compare holds what a store has to what f says.
func (f found) compare(t *testing.T, s hunt.Querier) {
	t.Helper()
	compareFound(t, "finding", findingsOf(t, s), f.findings)
	compareFound(t, "incident", incidentsOf(t, s), f.incidents)
}

func findingsOf(t *testing.T, s hunt.Querier) map[string]string {
	t.Helper()
	rows, _ := answerOf(t, s, hunt.Request{KQL: `finding | where not(finding_info.types has "health") | project id = finding_info.uid, says = strcat(severity, " ", finding_info.title, " count ", count, " failed ", failed_count)`})
	return byID(t, rows)
}

func incidentsOf(t *testing.T, s hunt.Querier) map[string]string {
	t.Helper()
	rows, _ := answerOf(t, s, hunt.Request{KQL: `incident | where status != "merged" | project id = finding_info.uid, says = strcat(severity, " ", finding_info.title, " requests ", count, " findings ", array_length(related_events))`})
	return byID(t, rows)
}

func byID(t *testing.T, rows []map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, row := range rows {
		if was, ok := out[row["id"]]; ok {
			t.Errorf("%s is stored twice: %s and %s", row["id"], was, row["says"])
		}
		out[row["id"]] = row["says"]
	}
	return out
}

func compareFound(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if got[id] != want[id] {
			t.Errorf("%s %s:\nstored %q\nwant   %q", what, id, got[id], want[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(got)) {
		if want[id] == "" {
			t.Errorf("%s %s is stored and should not be: %s", what, id, got[id])
		}
	}
}
