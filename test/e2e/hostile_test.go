package e2e

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// goodEvent is an audit event as an API server posts it.
const goodEvent = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":%q,"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods",` +
	`"verb":"list","user":{"username":"mira@example.com"},"sourceIPs":["203.0.113.20"],"responseStatus":{"code":200},"requestReceivedTimestamp":%q,"stageTimestamp":%q}`

func event(id string) string {
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
	return fmt.Sprintf(goodEvent, id, now, now)
}

func list(items ...string) string {
	return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[` + strings.Join(items, ",") + `]}`
}

// post sends a body to the webhook under an Authorization header, "" for none, and returns the status and the answer.
func (r *receiver) post(t *testing.T, authorization, body string) (int, string) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(r.cert)
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	req, err := http.NewRequest(http.MethodPost, "https://"+r.hook+"/audit", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(bytes.TrimSpace(answer))
}

// TestHostileBatches posts what no API server would between what one does: each gets the answer that says what is wrong,
// good events of a bad batch are stored, bad ones are kept apart and counted, and the receiver goes on.
func TestHostileBatches(t *testing.T) {
	r := newReceiver(t, []string{"prod"})
	token := "Bearer " + r.tokens["prod"]
	pid := r.cmd.Process.Pid

	tests := []struct {
		name, authorization, body string
		want                      int
		says                      string // in the answer
	}{
		{"good", token, list(event("good-1")), 200, `"events":1`},
		{"no credential", "", list(event("stranger-1")), 401, "credential"},
		{"wrong token", "Bearer " + strings.Repeat("0", 52), list(event("stranger-2")), 401, "credential"},
		{"another scheme", "Basic " + r.tokens["prod"], list(event("stranger-3")), 401, "credential"},
		{"empty", token, "", 400, "empty"},
		{"no JSON", token, "audit events, believe me", 400, ""},
		{"cut off in its event", token, list(event("cut-1"))[:80], 200, `"rejected":1`},
		{"JSON, but no audit event", token, `{"kind":"Pod","metadata":{"name":"web"}}`, 400, ""},
		{"a list of pods", token, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"web"}}]}`, 400, "PodList"},
		{"deep", token, strings.Repeat(`{"a":`, 100_000), 400, ""},
		{"one bad among good", token, list(event("good-2"), `{"kind":"Event","auditID":"bad-1","verb":`+"\x01"+`}`, event("good-3")), 200, `"rejected":1`},
		{"one that is none among good", token, list(event("good-4"), `"a string"`, event("good-5")), 200, `"rejected":1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, answer := r.post(t, tt.authorization, tt.body)
			if status != tt.want || !strings.Contains(answer, tt.says) {
				t.Errorf("got %d %s, want %d with %q", status, answer, tt.want, tt.says)
			}
			if status != 200 && !json.Valid([]byte(answer)) {
				t.Errorf("the answer is no JSON: %s", answer)
			}
		})
	}
	if status, answer := r.post(t, token, list(event("good-6"))); status != 200 {
		t.Errorf("a good batch behind all that: %d %s", status, answer)
	}

	eventually(t, slow, "the good events are stored", func() error {
		rows, err := r.rows(`audit | order by api.request.uid asc | project id = api.request.uid`)
		got := ""
		for _, row := range rows {
			got += row["id"] + " "
		}
		if want := "good-1 good-2 good-3 good-4 good-5 good-6 "; err == nil && got != want {
			err = fmt.Errorf("stored %q, want %q", got, want)
		}
		return err
	})
	eventually(t, slow, "the bad ones are kept apart", func() error {
		rows, err := r.rows(`health | take 100`)
		if err == nil && len(rows) < 2 {
			err = fmt.Errorf("%d rows in health: %v", len(rows), rows)
		}
		return err
	})
	var status struct {
		Sources []struct {
			Name           string
			Events, Broken int
		}
	}
	if err := r.get("/api/v1/status", &status); err != nil {
		t.Fatal(err)
	}
	if len(status.Sources) != 1 || status.Sources[0].Events != 6 || status.Sources[0].Broken < 2 {
		t.Errorf("status has the sources %+v, want one with 6 events and at least two broken", status.Sources)
	}
	if r.cmd.Process.Pid != pid || r.ended() {
		t.Error("the receiver did not outlive what was posted to it")
	}
}

// ended reports whether the server's process is gone.
func (r *receiver) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}
