// Package sample makes results of a scan for the tests of output formats: a
// quiet one and one with a long story, hostile names and unreadable lines.
// It is linked into tests only.
package sample

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/incident"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// Day is when the sample's events happened.
var Day = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

// Hostile is text as an attacker may write it into a name: escape sequences
// of terminals, markup, marks of direction, line breaks.
const Hostile = "evil\x1b[2J\x1b]0;owned\a\r\n\u202e\u200b\u009b31m<script>alert(1)</script>\"'&"

// Quiet returns the result of a scan that found nothing.
func Quiet() *report.Result {
	return &report.Result{Coverage: coverage.Report{
		Sources: []coverage.Source{{
			Name: "audit.log", Dialect: "kubernetes", Bytes: 6_812_332, Text: 6_812_332, Events: 2948,
			Span: coverage.Span{First: Day, Last: Day.Add(9 * time.Hour), Events: 2948},
		}},
		Requests: 2911, Rules: 96, Evicted: map[string]int64{}, Elapsed: 240 * time.Millisecond,
	}}
}

// Full returns the result of a scan that found two incidents, several single
// findings, and lines it could not read.
func Full() *report.Result {
	r := &report.Result{Findings: findings()}
	slices.SortStableFunc(r.Findings, func(a, b *detect.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), a.First.Compare(b.First), cmp.Compare(a.ID, b.ID))
	})
	r.Incidents = incident.Build(r.Findings, incident.Options{})
	r.Coverage = coverage.Report{
		Sources: []coverage.Source{
			{
				Name: "node-1/audit.log.gz", Dialect: "kubernetes", Bytes: 4_112_332, Text: 61_204_118, Events: 26_411, Broken: 2, Redacted: 318,
				Span: coverage.Span{First: Day, Last: Day.Add(9 * time.Hour), Events: 26_411},
				Problems: []coverage.Problem{
					{File: "node-1/audit.log.gz", Line: 17, Offset: 38_112, Text: "the JSON document ends in the middle of a string; the log was cut off while it was written"},
					{File: "node-1/audit.log.gz", Line: 9_204, Offset: 21_400_871, Text: "a line of 12.1 MB is longer than the limit of 10 MB"},
				},
			},
			{
				Name: "eks/export.jsonl", Dialect: "eks", Bytes: 1_882_112, Text: 1_882_112, Events: 802, Ignored: 12, Late: 3,
				Span: coverage.Span{First: Day.Add(time.Hour), Last: Day.Add(2 * time.Hour), Events: 802},
			},
			{Name: Hostile + ".log", Problems: []coverage.Problem{{File: Hostile + ".log", Text: "permission denied: run as a user who may read it"}}},
		},
		Requests: 26_950, Duplicates: 4, Rules: 96, Muted: []string{"api_forbidden_burst"}, Evicted: map[string]int64{"novelty": 12},
		Learned: coverage.Span{First: Day.AddDate(0, 0, -14), Last: Day, Events: 410_221}, Elapsed: 1400 * time.Millisecond,
	}
	return r
}

func newRule(id, title string, sev rule.Severity, risk string, runbook []string, tags ...string) *rule.Rule {
	return &rule.Rule{
		ID: id, Name: id, Title: title, Severity: sev, Tags: tags, Source: rule.Source{File: "builtin/audit/" + id + ".yml", Line: 1},
		Description: title + ", as the audit log shows it.", FalsePositives: []string{"An administrator at work."},
		Ext: &rule.Extension{Risk: risk, Runbook: runbook},
	}
}

func findings() []*detect.Finding {
	exec := newRule("exec_into_container", "Command run in a container", rule.Medium,
		"Whoever can run commands in a container has all its rights, its files and its service account's token.",
		[]string{"Ask the person whether they ran it.", "Look at what the same user did in the hour before and after."}, "attack.execution", "attack.t1609")
	review := newRule("permission_self_review", "Permissions looked up", rule.Low, "Attackers look first at what a stolen credential may do.",
		nil, "attack.discovery", "attack.t1613")
	secrets := newRule("secrets_listed_all", "Secrets of all namespaces listed", rule.High,
		"A list of secrets contains their values: every password, key and token of the cluster is to be taken as known to the caller.",
		[]string{"Disable the credential that was used.", "Rotate what the secrets hold, the most valuable first."}, "attack.credential_access", "attack.t1552.007")
	stolen := newRule("service_account_from_outside", "Service account used from outside the cluster", rule.High,
		"A pod's token that is used from outside its cluster was taken out of the pod.",
		[]string{"Delete the pod, which ends its token.", "Find out who had access to the pod."}, "attack.initial_access", "attack.t1078.004")
	pod := newRule("pod_host_path_root", "Pod that mounts the node's file system", rule.High,
		"A container that sees the node's root directory owns the node and every pod on it.",
		[]string{"Delete the pod.", "Take the node out of service."}, "attack.privilege_escalation", "attack.t1611")
	bind := newRule("cluster_admin_granted", "Cluster administration granted", rule.High, "Whoever has cluster-admin may do everything.",
		[]string{"Delete the binding.", "List what its subject did since."}, "attack.persistence", "attack.t1098.006")
	deny := newRule("api_forbidden_burst", "Many refused requests", rule.Medium, "Somebody tries what a credential may do.", nil, "attack.discovery")

	jane := detect.Actor{User: "jane", Groups: []string{"devs", "system:authenticated"}, IPs: []string{"203.0.113.66"}, Outside: "yes",
		UserAgents: []string{"kubectl/v1.36.0 (linux/amd64) kubernetes/1234567"}, CredentialID: "X509SHA256=9f86d081"}
	web := detect.Actor{User: "system:serviceaccount:payments:api", ServiceAccount: "payments/api", TokenPod: "api-6d4b75cb6d-hw2xk",
		IPs: []string{"203.0.113.66"}, Outside: "yes", UserAgents: []string{"curl/8.5.0"}}
	john := detect.Actor{User: "john", IPs: []string{"10.0.3.7"}, Outside: "no", UserAgents: []string{"kubectl/v1.35.1"}}
	evil := detect.Actor{User: Hostile, IPs: []string{"10.0.3.9"}, Outside: "no", UserAgents: []string{Hostile}}

	n := 0
	add := func(r *rule.Rule, sev rule.Severity, at time.Duration, a detect.Actor, t detect.Target) *detect.Finding {
		n++
		f := &detect.Finding{
			ID: fmt.Sprintf("%032x", n), Rule: r, Severity: sev, First: Day.Add(at), Last: Day.Add(at), Count: 1, Actor: a, Target: t,
			AuditIDs: []string{fmt.Sprintf("5ad7c0de-0000-4000-8000-%012d", n)}, AuditIDsTotal: 1, EventUIDs: []string{fmt.Sprintf("%032x", n+4096)},
		}
		return f
	}
	repeat := func(f *detect.Finding, count, failed int64, last time.Duration) *detect.Finding {
		f.Count, f.Failed, f.Last, f.AuditIDsTotal = count, failed, f.First.Add(last), count
		return f
	}
	out := []*detect.Finding{
		add(review, rule.Low, 62*time.Minute, jane, detect.Target{Verb: "create", Group: "authorization.k8s.io", Resource: "selfsubjectrulesreviews"}),
		add(exec, rule.High, 65*time.Minute, jane, detect.Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "payments",
			Name: "api-6d4b75cb6d-hw2xk", Command: "cat /var/run/secrets/kubernetes.io/serviceaccount/token"}),
		add(stolen, rule.High, 71*time.Minute, web, detect.Target{Verb: "list", Resource: "secrets"}),
		add(secrets, rule.High, 71*time.Minute, web, detect.Target{Verb: "list", Resource: "secrets"}),
		add(pod, rule.High, 83*time.Minute, web, detect.Target{Verb: "create", Resource: "pods", Namespace: "kube-system", Name: "kube-proxy-x7x2z"}),
		add(bind, rule.Critical, 95*time.Minute, web, detect.Target{Verb: "create", Group: "rbac.authorization.k8s.io", Resource: "clusterrolebindings", Name: "ops-admin"}),
		repeat(add(deny, rule.Medium, 3*time.Hour, john, detect.Target{Verb: "list", Resource: "secrets"}), 412, 412, 22*time.Minute),
		add(exec, rule.Medium, 4*time.Hour, evil, detect.Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: Hostile, Command: "sh -c " + Hostile}),
		repeat(add(review, rule.Low, 5*time.Hour, john, detect.Target{Verb: "create", Resource: "selfsubjectaccessreviews"}), 3, 0, time.Minute),
		add(review, rule.Informational, 6*time.Hour, detect.Actor{User: "maria", IPs: []string{"10.0.3.8"}, Outside: "no"}, detect.Target{Verb: "create", Resource: "selfsubjectrulesreviews"}),
	}
	out[3].AuditIDs = out[2].AuditIDs // one request, two rules
	out[1].Reasons = []string{"this identity never did so before"}
	out[1].Novelty = []detect.NoveltyAnswer{{Key: "actor.user.name", Answer: "new"}}
	out[5].Evidence = []detect.Value{{Field: "audit.rbac.role", Value: "cluster-admin"}, {Field: "audit.rbac.subjects", Value: "backup-operator"}}
	out[6].Parts = []string{fmt.Sprintf("%032x", 9001)}
	return out
}
