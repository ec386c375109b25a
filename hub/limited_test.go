//go:build cgo

package hub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// Words of what somebody limited must not see: in another namespace of their
// cluster, and in another cluster.
const (
	hiddenNamespace = "zanzibar"
	hiddenCluster   = "quokka"
)

// unknownID is of nothing.
const unknownID = "0123456789abcdef"

// limitedWorld is a server with something of one namespace that somebody may
// see, and, unless it is bare, of others that they may not.
type limitedWorld struct {
	*Up
	admin string
	// own and other are ids of what may be seen and what not, by kind.
	own, other map[string]string
}

// described are the routes of openapi.yaml, by operationId.
func describedRoutes(t *testing.T) map[string][2]string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]yaml.Node
	}
	if err := yaml.Unmarshal(api.OpenAPI, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for path, item := range doc.Paths {
		for method, node := range item {
			if method == "parameters" {
				continue
			}
			var op struct {
				ID string `yaml:"operationId"`
			}
			if err := node.Decode(&op); err != nil {
				t.Fatal(err)
			}
			out[op.ID] = [2]string{strings.ToUpper(method), path}
		}
	}
	return out
}

// call sends a request and returns its answer, headers and all, as one text.
func (w *limitedWorld) call(t *testing.T, bearer, method, path, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, w.Address()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("Accept", "application/json")
	r.Header.Set(api.ConsoleHeader, "1")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Header.Del("Date")
	var head bytes.Buffer
	if err := resp.Header.Write(&head); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, head.String() + "\n" + string(b)
}

// must is call as the admin, and returns a member of the answer.
func (w *limitedWorld) must(t *testing.T, method, path, body, member string) string {
	t.Helper()
	status, text := w.call(t, w.admin, method, path, body)
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	_, doc, _ := strings.Cut(text, "\r\n\n")
	var m map[string]any
	if err := json.Unmarshal([]byte(doc), &m); err != nil && member != "" {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return fmt.Sprint(m[member])
}

// worldOf starts a server on the same requests of two clusters and two
// namespaces, of which a bare one gets only those of one namespace.
func worldOf(t *testing.T, bare bool, at time.Time) *limitedWorld {
	t.Helper()
	dir := t.TempDir()
	u := startUp(t, UpOptions{Dir: dir, Webhook: manyClusters("east", hiddenCluster), Gate: &GateOptions{Listen: "127.0.0.1:0"}, Log: logs(t)})
	w := &limitedWorld{Up: u, own: map[string]string{}, other: map[string]string{}}
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, w.admin, err = tokens.Create(token.New{Name: "boss", Role: token.Admin, By: "test"}); err != nil {
		t.Fatal(err)
	}
	n := 2
	postAs(t, u.WebhookAddress, "east", [][]byte{[]byte(execIn("o1", "jane", "198.51.100.7", "payments", at)), []byte(execIn("o2", "jill", "192.0.2.5", "payments", at.Add(time.Second)))})
	if !bare {
		n = 7
		for i := range 3 {
			postAs(t, u.WebhookAddress, "east", [][]byte{[]byte(execIn(fmt.Sprint("z", i), hiddenNamespace+"-mallory", "203.0.113.9", hiddenNamespace, at.Add(time.Duration(i)*time.Millisecond)))})
		}
		for i := range 2 {
			postAs(t, u.WebhookAddress, hiddenCluster, [][]byte{[]byte(execIn(fmt.Sprint("q", i), hiddenCluster+"-eve", "203.0.113.77", hiddenCluster+"-space", at.Add(time.Duration(i)*time.Millisecond)))})
		}
	}
	stored(t, u, time.Minute, n)
	return w
}

// judged waits until what was posted is found, and makes words of others.
func (w *limitedWorld) judged(t *testing.T, bare bool) {
	t.Helper()
	n := 4
	if bare {
		n = 2
	}
	until(t, time.Minute, "not all is found", func() bool { return number(t, w.store, "incident | count") == fmt.Sprint(n) })
	until(t, time.Minute, "the source is not known", func() bool {
		_, text := w.call(t, w.admin, "GET", "/api/v1/sources", "")
		return strings.Contains(text, `"east"`)
	})
	w.learn(t, bare)
	if !bare {
		w.decideOfOthers(t)
	}
}

// learn notes ids of what there is.
func (w *limitedWorld) learn(t *testing.T, bare bool) {
	for _, of := range []struct {
		into      map[string]string
		namespace string
	}{{w.own, "payments"}, {w.other, hiddenNamespace}} {
		if bare && of.namespace != "payments" {
			continue
		}
		of.into["finding"] = number(t, w.store, fmt.Sprintf("finding | where k8s.namespace == '%s' | summarize min(finding_info.uid)", of.namespace))
		of.into["incident"] = number(t, w.store, fmt.Sprintf("incident | where finding_info.namespaces has '%s' | summarize min(finding_info.uid)", of.namespace))
	}
	w.own["rule"] = number(t, w.store, "finding | where k8s.namespace == 'payments' | summarize min(finding_info.analytic.uid)")
	if w.own["finding"] == "" || w.own["rule"] == "" {
		t.Fatalf("nothing was found: %v", w.own)
	}
}

// decideOfOthers leaves words of others wherever somebody can write some.
func (w *limitedWorld) decideOfOthers(t *testing.T) {
	both := hiddenNamespace + " and " + hiddenCluster
	w.must(t, "POST", "/api/v1/incidents/"+w.other["incident"]+"/comments", `{"text":"`+hiddenNamespace+`"}`, "")
	w.must(t, "PATCH", "/api/v1/incidents/"+w.other["incident"]+"/case", `{"revision":0,"assignee":"`+hiddenNamespace+`"}`, "")
	w.other["exclusion"] = w.must(t, "POST", "/api/v1/exclusions", `{"rules":["`+w.own["rule"]+`"],"scope":{"cluster":"`+hiddenCluster+`","namespace":"`+hiddenNamespace+`"},"reason":"`+both+`"}`, "id")
	w.must(t, "PUT", "/api/v1/rules/"+w.own["rule"]+"/off", `{"cluster":"`+hiddenCluster+`","reason":"`+hiddenCluster+`"}`, "")
	w.must(t, "PUT", "/api/v1/queries/"+hiddenNamespace+"-"+hiddenCluster, `{"query":"// `+both+`\naudit | where k8s.namespace == '`+hiddenNamespace+`' or k8s.cluster == '`+hiddenCluster+`'"}`, "")
	w.must(t, "POST", "/api/v1/triage", `{"ids":["`+w.other["finding"]+`"],"comment":"`+hiddenNamespace+`"}`, "")
	w.other["own"] = "own_" + hiddenCluster
	w.must(t, "PUT", "/api/v1/own-rules/"+w.other["own"], `{"document":"title: `+both+`\nid: `+w.other["own"]+`\nlogsource: {product: kubernetes, service: audit}\ndetection: {selection: {k8s.namespace: `+hiddenNamespace+`-too}, condition: selection}\nlevel: low\n","on":true,"note":"`+both+`"}`, "")
	w.other["token"] = w.must(t, "POST", "/api/v1/tokens", `{"name":"`+both+`","role":"viewer","seconds":600}`, "id")
	w.must(t, "PUT", "/api/v1/nodes/sets", `{"revision":0,"cluster":"`+hiddenCluster+`","reason":"`+both+`","policies":{},"rules":null,"builtin":false}`, "")
	w.must(t, "POST", "/api/v1/session", `{"token":"`+w.admin+`"}`, "")
	sessions := w.must(t, "GET", "/api/v1/sessions", "", "sessions")
	if w.other["session"] = regexp.MustCompile(`[A-Z2-7]{26}`).FindString(sessions); w.other["session"] == "" {
		t.Fatalf("no session: %s", sessions)
	}
	w.other["cluster"] = hiddenCluster + "-uid"
	agent := w.must(t, "POST", "/api/v1/tokens", `{"name":"agent","role":"agent","cluster":"`+hiddenCluster+`","seconds":600}`, "secret")
	hello := `{"name":"` + hiddenCluster + `","uid":"` + w.other["cluster"] + `","waiting":4711,"waiting_bytes":4711,"coalesced":4711,"unseen":["` + hiddenNamespace + `"]}`
	if status, text := w.call(t, agent, "PUT", "/api/v1/clusters/"+w.other["cluster"]+"/agent", hello); status != http.StatusOK {
		t.Fatalf("agent: %d %s", status, text)
	}
}

// limitedRequest is what is asked of a route: the rest of its path, and a body.
type limitedRequest struct{ path, body string }

// limitedRequests are what somebody limited tries, by operationId. Each route
// of openapi.yaml is in it, those that refuse them too: whoever adds a route
// adds what would show others through it.
func limitedRequests(w *limitedWorld) map[string][]limitedRequest {
	other := func(kind string) string { return cmp.Or(w.other[kind], unknownID) }
	ids := func(format, kind, body string) (out []limitedRequest) {
		for _, id := range []string{w.own[kind], other(kind)} {
			if id != "" {
				out = append(out, limitedRequest{fmt.Sprintf(format, id), body})
			}
		}
		return out
	}
	at := func(paths ...string) (out []limitedRequest) {
		for _, p := range paths {
			out = append(out, limitedRequest{path: p})
		}
		return out
	}
	asked := func(path string) (out []limitedRequest) {
		for _, q := range limitedQueries {
			b, _ := json.Marshal(map[string]any{"query": q}) // a text
			out = append(out, limitedRequest{path, string(b)})
		}
		return out
	}
	lists := func(path string) []limitedRequest {
		return at(path, path+"?limit=1", path+"?since=3650d", path+"?severity=critical", path+"?namespace="+hiddenNamespace, path+"?namespace=payments", path+"?user="+hiddenNamespace+"-mallory", path+"?user="+hiddenCluster+"-eve")
	}
	v1 := "/api/v1"
	rule := w.own["rule"]
	return map[string][]limitedRequest{
		"health": at("/healthz"), "ready": at("/readyz"), "metrics": at("/metrics"), "openapi": at(v1 + "/openapi.yaml"), "sign_in_ways": at(v1 + "/sign-in"),
		"status": at(v1 + "/status"), "coverage": at(v1+"/coverage", v1+"/coverage?cluster="+hiddenCluster), "list_sources": at(v1 + "/sources"), "schema": at(v1 + "/schema"),
		"query": asked(v1 + "/query"), "explain": asked(v1 + "/query/explain"), "check": asked(v1 + "/query/check"),
		"complete": {
			{v1 + "/query/complete", `{"query":"audit | where k8s.namespace == \"z\"","offset":35}`},
			{v1 + "/query/complete", `{"query":"audit | where ","offset":14}`},
		},
		"watch":         nil, // watchesOwn
		"list_findings": append(lists(v1+"/findings"), at(v1+"/findings?documents=yes&excluded=any", v1+"/findings?incident="+other("incident"), v1+"/findings?rule="+rule)...),
		"get_finding":   ids(v1+"/findings/%s", "finding", ""), "propose_exclusion": ids(v1+"/findings/%s/exclusion", "finding", ""),
		"list_incidents": append(lists(v1+"/incidents"), at(v1+"/incidents?assignee="+hiddenNamespace, v1+"/incidents?status=open")...),
		"get_incident":   ids(v1+"/incidents/%s", "incident", ""),
		"get_case":       ids(v1+"/incidents/%s/case", "incident", ""),
		"change_case":    ids(v1+"/incidents/%s/case", "incident", `{"revision":0,"assignee":"me"}`),
		"case_history":   ids(v1+"/incidents/%s/case/history", "incident", ""),
		"add_comment":    ids(v1+"/incidents/%s/comments", "incident", `{"text":"seen"}`),
		"list_rules":     at(v1 + "/rules"), "get_rule": at(v1 + "/rules/" + rule),
		"switch_rule_off": {{v1 + "/rules/" + rule + "/off", `{"reason":"x"}`}}, "switch_rule_on": at(v1 + "/rules/" + rule + "/off?cluster=" + hiddenCluster),
		"rule_switches": at(v1+"/rules/"+rule+"/off", v1+"/rules/"+rule+"/off?cluster="+hiddenCluster),
		"list_queries":  at(v1 + "/queries"), "get_query": at(v1+"/queries/secrets", v1+"/queries/"+hiddenNamespace+"-"+hiddenCluster),
		"save_query": {{v1 + "/queries/mine", `{"query":"audit"}`}}, "remove_query": at(v1 + "/queries/" + hiddenNamespace + "-" + hiddenCluster),
		"list_exclusions": at(v1 + "/exclusions"), "get_exclusion": ids(v1+"/exclusions/%s", "exclusion", ""),
		"add_exclusion":    {{v1 + "/exclusions?try=yes", `{"rules":["` + rule + `"],"reason":"x"}`}, {v1 + "/exclusions", `{"rules":["` + rule + `"],"reason":"x"}`}},
		"change_exclusion": ids(v1+"/exclusions/%s", "exclusion", `{"rules":["`+rule+`"],"reason":"x","revision":1}`), "remove_exclusion": ids(v1+"/exclusions/%s", "exclusion", ""),
		"exclusion_history": ids(v1+"/exclusions/%s/history", "exclusion", ""),
		"get_session":       at(v1 + "/session"), "sign_in": {{v1 + "/session", `{"code":"` + hiddenNamespace + `"}`}, {v1 + "/session", `{}`}}, "sign_out": at(v1 + "/session"),
		"make_sign_in_code": {{v1 + "/session/code", `{}`}}, "begin_sign_in": {{v1 + "/session/oidc", `{"redirect":"http://` + hiddenCluster + `/sign-in"}`}},
		"list_sessions": at(v1 + "/sessions"), "end_session": ids(v1+"/sessions/%s", "session", ""),
		"list_tokens": at(v1 + "/tokens"), "create_token": {{v1 + "/tokens", `{"name":"x","role":"viewer"}`}},
		"revoke_token":  ids(v1+"/tokens/%s", "token", ""),
		"list_clusters": at(v1 + "/clusters"), "forget_cluster": ids(v1+"/clusters/%s", "cluster", ""),
		"account_access": at(v1+"/account?at="+everAfter+"&user=jo", v1+"/account?at="+everAfter+"&user="+hiddenNamespace+"-mallory", v1+"/account?at="+everAfter+"&user=jo&cluster="+hiddenCluster),
		"enroll":         {{v1 + "/enroll", `{"request":"x","cluster":"` + hiddenCluster + `"}`}},
		"list_nodes":     at(v1 + "/nodes"), "list_node_sets": at(v1 + "/nodes/sets"), "put_node_set": {{v1 + "/nodes/sets", `{"revision":0}`}},
		"remove_node_set": at(v1 + "/nodes/sets?cluster=" + hiddenCluster), "node_set_history": at(v1+"/nodes/sets/history", v1+"/nodes/sets/history?cluster="+hiddenCluster),
		"command_node":       {{v1 + "/nodes/command", `{"cluster":"` + hiddenCluster + `","node":"","kind":"report"}`}},
		"summarize_findings": append(lists(v1+"/summary/findings"), at(v1+"/summary/findings?by=user", v1+"/summary/findings?by=cluster", v1+"/summary/findings?text="+hiddenNamespace)...),
		"list_triage":        at(v1 + "/triage"), "undo_triage": ids(v1+"/triage/%s", "triage", ""),
		"triage_findings": {
			{v1 + "/triage", `{"all":true,"comment":"seen"}`}, {v1 + "/triage", `{"filter":"namespace=` + hiddenNamespace + `","status":"closed"}`},
			{v1 + "/triage", `{"ids":["` + other("finding") + `"],"comment":"seen"}`},
		},
		"attack": at(v1+"/attack", v1+"/attack?since=3650d"), "backtest_rules": {{v1 + "/rules/backtest", `{"rules":["` + rule + `"],"since":"3650d"}`}, {v1 + "/rules/backtest", `{"rules":["` + other("own") + `"]}`}},
		"rule_from_query": {{v1 + "/query/rule", `{"query":"audit | where k8s.namespace == '` + hiddenNamespace + `'","title":"x","since":"3650d"}`}, {v1 + "/query/rule", `{"query":"audit | where actor.user.name != ''","title":"x","since":"3650d"}`}},
		"list_own_rules":  at(v1 + "/own-rules"), "get_own_rule": ids(v1+"/own-rules/%s", "own", ""), "own_rule_history": ids(v1+"/own-rules/%s/history", "own", ""),
		"save_own_rule": {
			{v1 + "/own-rules/" + other("own"), `{"document":"title: x","on":true}`},
			{v1 + "/own-rules/" + other("own"), ownDocument(other("own"), `,"on":true`)}, {v1 + "/own-rules/own_free", ownDocument("own_free", `,"on":true`)},
		},
		"remove_own_rule": ids(v1+"/own-rules/%s", "own", ""),
		"check_rule":      {{v1 + "/rules/check", ownDocument("own_x", "")}, {v1 + "/rules/check", ownDocument(other("own"), "")}},
		"map":             at(v1+"/map", v1+"/map?since=3650d", v1+"/map?new=20", v1+"/map?since=3650d&focus="+hiddenNamespace),
		"agent_hello":     ids(v1+"/clusters/%s/agent", "cluster", `{"uid":"x","waiting":0,"waiting_bytes":0,"coalesced":0,"unseen":[]}`),
		"agent_known":     ids(v1+"/clusters/%s/objects", "cluster", ""), "agent_intake": ids(v1+"/clusters/%s/intake", "cluster", ""),
	}
}

// ownDocument is a body with a rule of that id that can be kept, and more members.
func ownDocument(id, more string) string {
	return `{"document":"title: x\nid: ` + id + `\nlogsource: {product: kubernetes, service: audit}\ndetection: {selection: {resource.type: secrets}, condition: selection}\nlevel: low\n"` + more + `}`
}

// everAfter is a time that all of a question about an account is before.
const everAfter = "2200-01-01T00:00:00Z&since=100000d"

// limitedQueries are questions of whose answers nothing may depend on others.
var limitedQueries = []string{
	"audit | sort by actor.user.name asc | project actor.user.name, k8s.namespace",
	"union withsource=t audit, finding, incident, inventory, selfaudit, health | summarize n = count() by t | sort by t asc",
	"search in (audit, finding) '" + hiddenNamespace + "' | count",
	"print toscalar(finding | summarize dcount(k8s.namespace))",
	"audit | where k8s.namespace == ",
}

// volatile are members of answers that differ between two servers that hold
// the same: times of the day, ids that are made at random, how long it took,
// and whether a source has been silent meanwhile.
var volatile = []string{"elapsed_ns", "scanned_bytes", "changed", "code", "expires", "first_seen", "from", "to", "revision", "time", "id", "complete", "more_gaps", "elapsed_ms", "since", "before", "as_of"}

// plainAnswer is the body of an answer without what is volatile, and with one
// name for whatever id was asked for that cannot be seen.
func plainAnswer(text string, other map[string]string) string {
	_, body, _ := strings.Cut(text, "\r\n\n")
	for _, id := range append(slices.Collect(maps.Values(other)), unknownID) {
		body = strings.ReplaceAll(body, id, "what is not seen")
	}
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		return body
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			maps.DeleteFunc(v, func(name string, _ any) bool { return slices.Contains(volatile, name) })
			for _, of := range v {
				walk(of)
			}
		case []any:
			for _, of := range v {
				walk(of)
			}
		}
	}
	walk(v)
	b, _ := json.Marshal(v) // what was unmarshalled
	return string(b)
}

// readingFirst are the ids of routes: what is decided is seen in other answers
// some time later, on one server sooner than on the other.
func readingFirst(routes map[string][2]string) []string {
	order := []string{"GET", "POST"} // others after them
	ids := slices.Sorted(maps.Keys(routes))
	slices.SortStableFunc(ids, func(a, b string) int {
		at := func(id string) uint { return uint(slices.Index(order, routes[id][0])) } // -1 becomes the last
		return cmp.Compare(at(a), at(b))
	})
	return ids
}

// TestLimitedSeesNothingElse tries every route as a viewer, an analyst and a
// responder who are limited to a namespace, to a cluster, and to both. No
// answer holds a word of others, and none differs from that of a server which
// holds nothing of others, so that counts tell nothing either.
func TestLimitedSeesNothingElse(t *testing.T) {
	t.Parallel()
	at := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	full, bare := worldOf(t, false, at), worldOf(t, true, at)
	full.judged(t, false)
	bare.judged(t, true)
	requests, twins := limitedRequests(full), limitedRequests(bare)
	routes := describedRoutes(t)
	open := map[string]bool{"health": true, "ready": true} // they tell everybody the same, and name nobody
	all := []token.Role{token.Viewer, token.Analyst, token.Responder}
	for _, as := range []struct {
		name   string
		roles  []token.Role
		scope  scope.Scope
		hidden []string
		twin   bool // a bare server holds all that may be seen
	}{
		{"one namespace of one cluster", all, scope.Scope{Clusters: []string{"east"}, Namespaces: []string{"pay*"}}, []string{hiddenNamespace, hiddenCluster}, true},
		// Whoever sees a namespace of all clusters may know which clusters there are.
		{"one namespace", all[2:], scope.Scope{Namespaces: []string{"payments"}}, []string{hiddenNamespace, hiddenCluster + "-space", hiddenCluster + "-eve"}, false},
		{"one cluster", all[2:], scope.Scope{Clusters: []string{"east"}}, []string{hiddenCluster}, false},
	} {
		for _, role := range as.roles {
			t.Run(as.name+"/"+role.String(), func(t *testing.T) {
				n := 0
				for _, id := range readingFirst(routes) {
					route := routes[id]
					list, ok := requests[id]
					if !ok {
						t.Errorf("%s %s (%s) was not thought of: add to limitedRequests what would show others through it", route[0], route[1], id)
					}
					for i, r := range list {
						n++
						answer := full.try(t, role, as.scope, route[0], r)
						for _, word := range as.hidden {
							// What somebody asked for may be said back to them.
							if strings.Contains(answer.text, word) && !strings.Contains(r.path+r.body, word) {
								t.Errorf("%s %s %s tells of others: %d %s", route[0], r.path, r.body, answer.status, answer.text)
							}
						}
						// Who sees all of a cluster is told what watches it.
						if own := len(as.scope.Namespaces) == 0 && (id == "list_sources" || id == "coverage"); own && (answer.status != http.StatusOK || id == "list_sources" && !strings.Contains(answer.text, `"east"`)) {
							t.Errorf("%s %s: the sources of the cluster are not told: %d %s", route[0], r.path, answer.status, answer.text)
						}
						if !as.twin || len(twins[id]) <= i || open[id] {
							continue
						}
						without := bare.try(t, role, as.scope, route[0], twins[id][i])
						if got, want := plainAnswer(answer.text, full.other), plainAnswer(without.text, bare.other); answer.status != without.status || got != want {
							t.Errorf("%s %s %s: the answer depends on others: %d %s, and without them %d %s", route[0], r.path, r.body, answer.status, got, without.status, want)
						}
					}
				}
				t.Logf("%d requests to %d routes", n, len(routes))
			})
		}
	}
	t.Run("watch", func(t *testing.T) { watchesOwn(t, bare, at) })
}

// triedAnswer is what one request was answered.
type triedAnswer struct {
	status int
	text   string
}

// try asks as somebody limited.
func (w *limitedWorld) try(t *testing.T, role token.Role, s scope.Scope, method string, r limitedRequest) triedAnswer {
	t.Helper()
	status, text := w.call(t, w.limited(t, role, s), method, r.path, r.body)
	return triedAnswer{status, text}
}

// limited returns a token.
func (w *limitedWorld) limited(t *testing.T, role token.Role, s scope.Scope) string {
	t.Helper()
	key := role.String() + s.String()
	if w.own[key] == "" {
		body, err := json.Marshal(api.NewToken{Name: "somebody", Role: role, Scope: s, Seconds: 600})
		if err != nil {
			t.Fatal(err)
		}
		w.own[key] = w.must(t, "POST", "/api/v1/tokens", string(body), "secret")
	}
	return w.own[key]
}

// watchesOwn holds that live events of others do not come to a bare world's.
func watchesOwn(t *testing.T, w *limitedWorld, at time.Time) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", w.Address()+"/api/v1/watch", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.limited(t, token.Analyst, scope.Scope{Clusters: []string{"east"}, Namespaces: []string{"payments"}}))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	postAs(t, w.WebhookAddress, "east", [][]byte{[]byte(execIn("w1", hiddenNamespace+"-mallory", "203.0.113.9", hiddenNamespace, at))})
	postAs(t, w.WebhookAddress, hiddenCluster, [][]byte{[]byte(execIn("w2", hiddenCluster+"-eve", "203.0.113.9", "payments", at))})
	stored(t, w.Up, time.Minute, 4)
	postAs(t, w.WebhookAddress, "east", [][]byte{[]byte(execIn("w3", "jo", "203.0.113.9", "payments", at))})
	var said []byte
	for b := make([]byte, 4096); !bytes.Contains(said, []byte("w3")); {
		n, err := resp.Body.Read(b)
		said = append(said, b[:n]...)
		if err != nil {
			t.Fatalf("%v after %s", err, said)
		}
	}
	if bytes.Contains(said, []byte(hiddenNamespace)) || bytes.Contains(said, []byte(hiddenCluster)) {
		t.Errorf("the live events tell of others: %s", said)
	}
}
