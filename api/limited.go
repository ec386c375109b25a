package api

import (
	"context"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/kql/scope"
)

// forLimited are the actions that somebody may do who is limited to clusters
// and namespaces. They answer from the store, within the limit, or say what
// concerns nobody's cluster. Whatever else there is, or comes to be, is for
// those who see everything.
var forLimited = map[string]bool{
	"schema": true, "query": true, "explain": true, "complete": true, "check": true, "watch": true,
	"list_findings": true, "get_finding": true, "list_incidents": true, "get_incident": true,
	"summarize_findings": true, "list_triage": true, "triage_findings": true, "undo_triage": true,
	"get_case": true, "change_case": true, "case_history": true, "add_comment": true,
	"list_rules": true, "get_rule": true, "backtest_rules": true, "attack": true, "list_queries": true, "get_query": true, "list_clusters": true,
	"make_sign_in_code": true, "list_sessions": true, "end_session": true,
	"rule_from_query": true, "check_rule": true, "list_own_rules": true, "get_own_rule": true, "save_own_rule": true, "remove_own_rule": true, "own_rule_history": true,
	"account_access": true, "map": true,
}

// forClusters are those that somebody may do, too, who is limited to clusters
// but sees all namespaces of them: nodes and what is collected there are of no
// namespace.
var forClusters = map[string]bool{"coverage": true, "list_sources": true}

// permit returns why whoever asks may not use a route, nil where it may.
func permit(who *access.Principal, rt *route) error {
	if !who.Role.May(rt.role) {
		return problem.New(problem.Forbidden, "this needs the role %s, and %q has %s", rt.role, who.Name, who.Role).
			Advise("ask for that role (lynceus token create --role %s, or the rules of --access)", rt.role)
	}
	clusters := len(who.Scope.Namespaces) == 0 && forClusters[rt.action]
	if !who.Scope.All() && !forLimited[rt.action] && !clusters {
		return problem.New(problem.Forbidden, "this concerns the whole installation, and %q sees %s", who.Name, who.Scope).
			Advise("ask somebody who is not limited")
	}
	return nil
}

// queries are who answers from the store, within what whoever asks may see.
// Nothing else of this package asks Options.Queries.
func (c *call) queries() hunt.Querier { return within{c.s.o.Queries, c.who.Scope} }

// within answers within a scope.
type within struct {
	all   hunt.Querier
	scope scope.Scope
}

// Query implements hunt.Querier.
func (w within) Query(ctx context.Context, r hunt.Request) (hunt.Answer, error) {
	r.Scope = w.scope
	return w.all.Query(ctx, r)
}

// Explain implements hunt.Querier.
func (w within) Explain(ctx context.Context, r hunt.Request) (string, error) {
	r.Scope = w.scope
	return w.all.Explain(ctx, r)
}

// seesCluster reports whether whoever asks may know of a cluster.
func (c *call) seesCluster(name string) bool {
	return c.who.Scope.SeesCluster(name)
}
