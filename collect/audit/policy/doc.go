// Package policy is the audit policy of a Kubernetes API server
// (audit.k8s.io/v1 Policy) as the server reads it: its form, which policies
// the server refuses, which entry decides about a request, and what is left
// of an audit event at each level.
//
// Facts are those of kube-apiserver 1.36 (k8s.io/apiserver/pkg/audit/policy
// and pkg/apis/audit/validation), and were tried on it.
package policy
