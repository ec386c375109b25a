// Package webhook takes audit events that API servers post: the receiving end
// of the webhook backend (--audit-webhook-config-file), and of anything else
// that posts audit documents.
//
// A body is parsed while it arrives, so that its size costs no memory, and the
// answer 200 is given when its events are durable and not before. Whoever gets
// another answer, or none, sends the batch again; events that had become
// durable come twice then, which audit.Requests notices.
//
// The facts about what API servers send, and how they try again, come from
// https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ and the flags of
// kube-apiserver; docs/intake.md has them.
package webhook
