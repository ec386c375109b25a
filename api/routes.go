package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
)

// route is one thing that the API does.
type route struct {
	method, path string
	// action names it in metrics, logs and the record of uses; the document
	// has it as operationId.
	action string
	// role is the least that a token must have; 0 means that none is needed.
	role token.Role
	// quiet leaves it out of the record of uses: health checks come every few
	// seconds and concern nobody.
	quiet bool
	do    func(*call) error
}

// routes are all routes; openapi.yaml describes the same.
func routes() []route {
	return []route{
		{"GET", "/healthz", "health", 0, true, (*call).health},
		{"GET", "/readyz", "ready", 0, true, (*call).ready},
		{"GET", "/metrics", "metrics", token.Viewer, true, (*call).metricsPage},
		{"GET", "/api/v1/openapi.yaml", "openapi", 0, true, (*call).openapi},
		{"GET", "/api/v1/sign-in", "sign_in_ways", 0, true, (*call).signInWays},
		{"GET", "/api/v1/status", "status", token.Viewer, true, (*call).status},
		{"GET", "/api/v1/coverage", "coverage", token.Viewer, true, (*call).coverage},
		{"GET", "/api/v1/sources", "list_sources", token.Viewer, true, (*call).sources},
		{"GET", "/api/v1/schema", "schema", token.Viewer, true, (*call).schema},
		{"POST", "/api/v1/query", "query", token.Analyst, false, (*call).query},
		{"POST", "/api/v1/query/explain", "explain", token.Analyst, false, (*call).explain},
		{"POST", "/api/v1/query/check", "check", token.Analyst, true, (*call).check},
		{"POST", "/api/v1/query/rule", "rule_from_query", token.Analyst, true, (*call).ruleFromQuery},
		{"POST", "/api/v1/query/complete", "complete", token.Viewer, true, (*call).complete},
		{"GET", "/api/v1/map", "map", token.Analyst, false, (*call).whoTalks},
		{"GET", "/api/v1/watch", "watch", token.Analyst, false, (*call).watch},
		{"GET", "/api/v1/findings", "list_findings", token.Viewer, false, (*call).findings},
		{"GET", "/api/v1/summary/findings", "summarize_findings", token.Viewer, false, (*call).findingSummary},
		{"GET", "/api/v1/triage", "list_triage", token.Viewer, false, (*call).triageList},
		{"POST", "/api/v1/triage", "triage_findings", token.Responder, false, (*call).triageMake},
		{"DELETE", "/api/v1/triage/{id}", "undo_triage", token.Responder, false, (*call).triageUndo},
		{"GET", "/api/v1/findings/{id}", "get_finding", token.Viewer, false, (*call).finding},
		{"GET", "/api/v1/findings/{id}/exclusion", "propose_exclusion", token.Viewer, false, (*call).exclusionPropose},
		{"GET", "/api/v1/incidents", "list_incidents", token.Viewer, false, (*call).incidents},
		{"GET", "/api/v1/incidents/{id}", "get_incident", token.Viewer, false, (*call).incident},
		{"GET", "/api/v1/incidents/{id}/case", "get_case", token.Viewer, false, (*call).incidentCase},
		{"PATCH", "/api/v1/incidents/{id}/case", "change_case", token.Responder, false, (*call).caseChange},
		{"GET", "/api/v1/incidents/{id}/case/history", "case_history", token.Viewer, false, (*call).caseHistory},
		{"POST", "/api/v1/incidents/{id}/comments", "add_comment", token.Responder, false, (*call).commentAdd},
		{"GET", "/api/v1/rules", "list_rules", token.Viewer, false, (*call).rules},
		{"POST", "/api/v1/rules/backtest", "backtest_rules", token.Analyst, false, (*call).backtest},
		{"POST", "/api/v1/rules/check", "check_rule", token.Analyst, true, (*call).checkRule},
		{"GET", "/api/v1/rules/{id}", "get_rule", token.Viewer, false, (*call).rule},
		{"PUT", "/api/v1/rules/{id}/off", "switch_rule_off", token.Responder, false, (*call).ruleOff},
		{"DELETE", "/api/v1/rules/{id}/off", "switch_rule_on", token.Responder, false, (*call).ruleOn},
		{"GET", "/api/v1/rules/{id}/off", "rule_switches", token.Viewer, false, (*call).ruleSwitches},
		{"GET", "/api/v1/attack", "attack", token.Viewer, false, (*call).attack},
		{"GET", "/api/v1/own-rules", "list_own_rules", token.Viewer, false, (*call).ownRules},
		{"GET", "/api/v1/own-rules/{id}", "get_own_rule", token.Viewer, false, (*call).ownRule},
		{"PUT", "/api/v1/own-rules/{id}", "save_own_rule", token.Responder, false, (*call).ownRulePut},
		{"DELETE", "/api/v1/own-rules/{id}", "remove_own_rule", token.Responder, false, (*call).ownRuleRemove},
		{"GET", "/api/v1/own-rules/{id}/history", "own_rule_history", token.Viewer, false, (*call).ownRuleHistory},
		{"GET", "/api/v1/queries", "list_queries", token.Viewer, false, (*call).savedList},
		{"GET", "/api/v1/queries/{name}", "get_query", token.Viewer, false, (*call).savedGet},
		{"PUT", "/api/v1/queries/{name}", "save_query", token.Analyst, false, (*call).savedPut},
		{"DELETE", "/api/v1/queries/{name}", "remove_query", token.Analyst, false, (*call).savedDelete},
		{"GET", "/api/v1/exclusions", "list_exclusions", token.Viewer, false, (*call).exclusions},
		{"POST", "/api/v1/exclusions", "add_exclusion", token.Responder, false, (*call).exclusionAdd},
		{"GET", "/api/v1/exclusions/{id}", "get_exclusion", token.Viewer, false, (*call).exclusion},
		{"PUT", "/api/v1/exclusions/{id}", "change_exclusion", token.Responder, false, (*call).exclusionChange},
		{"DELETE", "/api/v1/exclusions/{id}", "remove_exclusion", token.Responder, false, (*call).exclusionRemove},
		{"GET", "/api/v1/exclusions/{id}/history", "exclusion_history", token.Viewer, false, (*call).exclusionHistory},
		{"GET", "/api/v1/session", "get_session", 0, true, (*call).sessionGet},
		{"POST", "/api/v1/session", "sign_in", 0, false, (*call).sessionOpen},
		{"DELETE", "/api/v1/session", "sign_out", 0, false, (*call).sessionClose},
		{"POST", "/api/v1/session/oidc", "begin_sign_in", 0, true, (*call).providerBegin},
		{"POST", "/api/v1/session/code", "make_sign_in_code", token.Viewer, false, (*call).sessionCode},
		{"GET", "/api/v1/sessions", "list_sessions", token.Viewer, false, (*call).sessionList},
		{"DELETE", "/api/v1/sessions/{id}", "end_session", token.Viewer, false, (*call).sessionEnd},
		{"GET", "/api/v1/tokens", "list_tokens", token.Admin, false, (*call).tokens},
		{"POST", "/api/v1/tokens", "create_token", token.Admin, false, (*call).tokenCreate},
		{"DELETE", "/api/v1/tokens/{id}", "revoke_token", token.Admin, false, (*call).tokenRevoke},
		{"GET", "/api/v1/clusters", "list_clusters", token.Viewer, false, (*call).clusters},
		{"DELETE", "/api/v1/clusters/{uid}", "forget_cluster", token.Admin, false, (*call).clusterForget},
		{"POST", "/api/v1/enroll", "enroll", 0, false, (*call).enroll},
		{"GET", "/api/v1/account", "account_access", token.Analyst, false, (*call).account},
		{"GET", "/api/v1/nodes", "list_nodes", token.Viewer, false, (*call).nodes},
		{"GET", "/api/v1/nodes/sets", "list_node_sets", token.Analyst, false, (*call).nodeSets},
		{"PUT", "/api/v1/nodes/sets", "put_node_set", token.Admin, false, (*call).nodeSetPut},
		{"DELETE", "/api/v1/nodes/sets", "remove_node_set", token.Admin, false, (*call).nodeSetRemove},
		{"GET", "/api/v1/nodes/sets/history", "node_set_history", token.Analyst, false, (*call).nodeSetHistory},
		{"POST", "/api/v1/nodes/command", "command_node", token.Responder, false, (*call).nodeCommand},
		{"PUT", "/api/v1/clusters/{uid}/agent", "agent_hello", token.Agent, true, (*call).agentHello},
		{"GET", "/api/v1/clusters/{uid}/objects", "agent_known", token.Agent, true, (*call).agentKnown},
		{"POST", "/api/v1/clusters/{uid}/intake", "agent_intake", token.Agent, true, (*call).agentTake},
	}
}

// mux returns the handler of all routes. What is none of them is told by the
// same document as every other problem.
func (s *Server) mux() http.Handler {
	m := http.NewServeMux()
	methods := map[string][]string{}
	for _, rt := range routes() {
		m.Handle(rt.method+" "+rt.path, s.handle(rt))
		methods[rt.path] = append(methods[rt.path], rt.method)
		if rt.method == "GET" {
			methods[rt.path] = append(methods[rt.path], "HEAD")
		}
	}
	for path, have := range methods {
		if beside(path, methods) {
			continue
		}
		slices.Sort(have)
		allow := strings.Join(have, ", ")
		m.Handle(path, s.handle(route{action: "none", quiet: true, do: func(c *call) error {
			c.w.Header().Set("Allow", allow)
			return problem.New(problem.NotAllowed, "%s takes %s, not %s", c.r.URL.Path, allow, c.r.Method)
		}}))
	}
	m.Handle("/", s.handle(route{action: "none", quiet: true, do: func(c *call) error {
		if reading := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead; reading && s.o.Console != nil && !strings.HasPrefix(c.r.URL.Path, "/api/") {
			s.o.Console.ServeHTTP(c.w, c.r)
			return nil
		}
		return problem.New(problem.NotFound, "there is no %s", c.r.URL.Path).Advise("GET /api/v1/openapi.yaml lists what there is")
	}}))
	return m
}

// beside reports whether another path stands for this one, too: /rules/{id}
// for /rules/backtest. That one refuses the methods that neither has.
func beside(path string, all map[string][]string) bool {
	own := strings.Split(path, "/")
	for other := range all {
		parts := strings.Split(other, "/")
		if other == path || len(parts) != len(own) {
			continue
		}
		covered := true
		for i, part := range parts {
			covered = covered && (part == own[i] || strings.HasPrefix(part, "{"))
		}
		if covered {
			return true
		}
	}
	return false
}
