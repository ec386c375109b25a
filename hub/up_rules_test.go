package hub

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/local"
	"github.com/lynceus-io/lynceus/store/ownrules"
)

// asked asks a running server's API as the owner of its directory.
func asked(t *testing.T, u *Up, method, path string, in, out any) int {
	t.Helper()
	_, secret, err := local.Read(u.o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, u.Address()+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	r.Header.Set("Accept", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode >= 300 {
		t.Logf("%s %s: %d %s", method, path, answer.StatusCode, text)
	} else if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, text)
		}
	}
	return answer.StatusCode
}

// demoFile is the recorded day of docs/demo, on disk.
func demoFile(t *testing.T) string {
	t.Helper()
	f, err := os.Open(demoLog)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A query becomes a rule with tests of stored events, is kept, finds what
// comes then without a restart, and after one, and ends when it is removed.
func TestOwnRule(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until a finding is told")
	}
	t.Parallel()
	dir, file := t.TempDir(), demoFile(t)
	o := UpOptions{Dir: dir, Follow: []string{file}, Log: logs(t)}
	u := startUp(t, o)
	query := `audit | where time > ago(3650d) and resource.type == "secrets" and api.operation == "list" and k8s.namespace == "payments" | project time, actor.user.name`
	until(t, 2*time.Minute, "the events are not stored", func() bool { return number(t, u.store, query+" | count") != "0" })
	var draft api.RuleDraft
	if status := asked(t, u, "POST", "/api/v1/query/rule", map[string]any{"query": query, "title": "Secrets of payments listed", "severity": "high", "tags": []string{"attack.t1552.007"}}, &draft); status != 200 {
		t.Fatal(status)
	}
	if draft.ID != "own_secrets_of_payments_listed" || len(draft.Problems) != 0 || len(draft.Tests) != 2 || !draft.Tests[0].Match || draft.Tests[1].Match || len(draft.Notes) != 1 {
		t.Fatalf("%+v\n%s", draft, draft.Document)
	}
	path := "/api/v1/own-rules/" + draft.ID
	var kept ownrules.Stored
	if status := asked(t, u, "PUT", path, api.NewOwnRule{Document: draft.Document, Query: query, On: true, Note: "tried"}, &kept); status != 200 || kept.Author == "" {
		t.Fatalf("%d %+v", status, kept)
	}
	wrong := strings.Replace(draft.Document, "api.operation|cased: list", "api.operation|cased: watch", 1)
	if status := asked(t, u, "PUT", path, api.NewOwnRule{Document: wrong, On: true, Revision: kept.Revision}, nil); wrong == draft.Document || status != 400 {
		t.Errorf("a rule that fails its tests: %d", status)
	}
	until(t, 2*time.Minute, "the rule is not in force", func() bool { return u.ruleByID(draft.ID) != nil })
	list := func(who string) {
		t.Helper()
		event := fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"own-%s","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/payments/secrets","verb":"list","user":{"username":%q},"sourceIPs":["10.0.0.9"],"objectRef":{"resource":"secrets","namespace":"payments","apiVersion":"v1"},"responseStatus":{"code":200},"requestReceivedTimestamp":%q,"stageTimestamp":%[3]q}`+"\n",
			who, who, time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"))
		f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(event); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		until(t, 2*time.Minute, "the rule does not find "+who, func() bool {
			return number(t, u.store, `finding | where finding_info.analytic.uid == "`+draft.ID+`" and actor.user.name == "`+who+`" | count`) == "1"
		})
	}
	list("mallory")
	stopUp(t, u)
	u = startUp(t, o)
	if u.ruleByID(draft.ID) == nil {
		t.Fatal("the rule is gone after a restart")
	}
	if status := asked(t, u, "DELETE", path, nil, nil); status != 204 {
		t.Fatal(status)
	}
	until(t, 2*time.Minute, "the rule is still in force", func() bool { return u.ruleByID(draft.ID) == nil })
	var history struct{ Changes []ownrules.Change }
	if status := asked(t, u, "GET", path+"/history", nil, &history); status != 200 || len(history.Changes) < 2 || history.Changes[len(history.Changes)-1].Rule != nil {
		t.Fatalf("%d %+v", status, history)
	}
}
