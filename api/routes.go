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
		{"GET", "/api/v1/status", "status", token.Viewer, true, (*call).status},
		{"GET", "/api/v1/schema", "schema", token.Viewer, true, (*call).schema},
		{"POST", "/api/v1/query", "query", token.Analyst, false, (*call).query},
		{"POST", "/api/v1/query/explain", "explain", token.Analyst, false, (*call).explain},
		{"GET", "/api/v1/watch", "watch", token.Analyst, false, (*call).watch},
		{"GET", "/api/v1/findings", "list_findings", token.Viewer, false, (*call).findings},
		{"GET", "/api/v1/findings/{id}", "get_finding", token.Viewer, false, (*call).finding},
		{"GET", "/api/v1/findings/{id}/exclusion", "propose_exclusion", token.Viewer, false, (*call).exclusionPropose},
		{"GET", "/api/v1/incidents", "list_incidents", token.Viewer, false, (*call).incidents},
		{"GET", "/api/v1/incidents/{id}", "get_incident", token.Viewer, false, (*call).incident},
		{"GET", "/api/v1/incidents/{id}/case", "get_case", token.Viewer, false, (*call).incidentCase},
		{"PATCH", "/api/v1/incidents/{id}/case", "change_case", token.Responder, false, (*call).caseChange},
		{"GET", "/api/v1/incidents/{id}/case/history", "case_history", token.Viewer, false, (*call).caseHistory},
		{"POST", "/api/v1/incidents/{id}/comments", "add_comment", token.Responder, false, (*call).commentAdd},
		{"GET", "/api/v1/rules", "list_rules", token.Viewer, false, (*call).rules},
		{"GET", "/api/v1/rules/{id}", "get_rule", token.Viewer, false, (*call).rule},
		{"PUT", "/api/v1/rules/{id}/off", "switch_rule_off", token.Responder, false, (*call).ruleOff},
		{"DELETE", "/api/v1/rules/{id}/off", "switch_rule_on", token.Responder, false, (*call).ruleOn},
		{"GET", "/api/v1/rules/{id}/off", "rule_switches", token.Viewer, false, (*call).ruleSwitches},
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
		{"GET", "/api/v1/tokens", "list_tokens", token.Admin, false, (*call).tokens},
		{"POST", "/api/v1/tokens", "create_token", token.Admin, false, (*call).tokenCreate},
		{"DELETE", "/api/v1/tokens/{id}", "revoke_token", token.Admin, false, (*call).tokenRevoke},
		{"GET", "/api/v1/clusters", "list_clusters", token.Viewer, false, (*call).clusters},
		{"DELETE", "/api/v1/clusters/{uid}", "forget_cluster", token.Admin, false, (*call).clusterForget},
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
		slices.Sort(have)
		allow := strings.Join(have, ", ")
		m.Handle(path, s.handle(route{action: "none", quiet: true, do: func(c *call) error {
			c.w.Header().Set("Allow", allow)
			return problem.New(problem.NotAllowed, "%s takes %s, not %s", c.r.URL.Path, allow, c.r.Method)
		}}))
	}
	m.Handle("/", s.handle(route{action: "none", quiet: true, do: func(c *call) error {
		return problem.New(problem.NotFound, "there is no %s", c.r.URL.Path).Advise("GET /api/v1/openapi.yaml lists what there is")
	}}))
	return m
}
