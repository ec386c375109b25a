//go:build cgo

package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/rule"
)

// ofRecording reads a file of a recording of a real cluster.
func ofRecording(t *testing.T, name string) []byte {
	t.Helper()
	s, err := input.Open(input.File{Name: filepath.Join("../test/recordings/attack-matrix", name)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, err := io.ReadAll(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// allowedBy is how the API server names what allowed a request: the binding
// with its namespace, if it has one.
var allowedBy = regexp.MustCompile(`^RBAC: allowed by (?:Cluster)?RoleBinding "([^"]+)"`)

// TestAccountAgreesWithTheServer holds what accounts may do against what a real
// API server said when they did it: each request that it allowed by a binding
// is allowed by that one here, and none that it allowed otherwise is said to
// be by any.
func TestAccountAgreesWithTheServer(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(log, ofRecording(t, "audit.jsonl.zst"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Follow: []string{log}, Rules: []*rule.Rule{}, Log: logs(t)})
	var objects []*inventory.Object
	for d := inventory.NewDecoder(bytes.NewReader(ofRecording(t, "inventory.jsonl.zst"))); ; {
		var o inventory.Object
		err := d.Decode(&o)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, &o)
	}
	tell(t, u, objects...)
	stored(t, u, time.Minute, 2542)
	until(t, time.Minute, "the inventory is not stored", func() bool { return number(t, u.store, "inventory | count") == "469" })
	_, made := proof(t, dir, token.New{Name: "analyst", Role: token.Analyst, By: "test"})
	bearer := made.Token
	users, _ := answerOf(t, u.store, hunt.Request{KQL: "audit | distinct user = actor.user.name"})
	agreed, others := 0, 0
	for _, row := range users {
		user := row["user"]
		a := accessOf(t, u, bearer, url.Values{"user": {user}, "at": {"2026-11-22T08:12:51Z"}})
		if !a.Known || a.MoreDeeds || a.MoreRights {
			t.Errorf("%s: known %v, more deeds %v, more rights %v", user, a.Known, a.MoreDeeds, a.MoreRights)
		}
		for _, d := range a.Deeds {
			var by []string
			for _, i := range d.Rights {
				b := a.Rights[i].Binding
				by = append(by, strings.TrimSuffix(b.Name+"/"+b.Namespace, "/"))
			}
			m := allowedBy.FindStringSubmatch(d.Reason)
			switch {
			case m != nil && slices.Contains(by, m[1]):
				agreed++
			case m != nil:
				t.Errorf("%s %s %s/%s %s: the server said %q, and here are %q", user, d.Verb, d.Resource, d.Subresource, d.Namespace, d.Reason, by)
			case d.Requests > d.Refused && len(by) > 0 && !a.Everything:
				t.Errorf("%s %s %s %s: the server named no binding, and here are %q", user, d.Verb, d.Resource, d.Namespace, by)
			default:
				others++
			}
		}
	}
	if agreed < 300 || others < 100 {
		t.Errorf("%d agree, %d were allowed otherwise: that is not the recording", agreed, others)
	}
	// Before the attacker gave everybody the right to read secrets.
	for at, want := range map[string]bool{"2026-11-22T08:12:00Z": false, "2026-11-22T08:12:40Z": true} {
		a := accessOf(t, u, bearer, url.Values{"user": {"shop/default"}, "at": {at}, "since": {"1h"}})
		got := slices.ContainsFunc(a.Rights, func(r api.AccountRight) bool { return slices.Contains(r.Powers, "read secrets") })
		if got != want || a.Account != "system:serviceaccount:shop:default" {
			t.Errorf("at %s %s may read secrets: %v, want %v", at, a.Account, got, want)
		}
	}
}

// accessOf asks what an account may do and did.
func accessOf(t *testing.T, u *Up, bearer string, q url.Values) (a api.AccountAccess) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", u.Address()+"/api/v1/account?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", q, resp.StatusCode, b, err)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return a
}
