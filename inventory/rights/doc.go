// Package rights compares what an account of a cluster may do, by the roles
// that are bound to it (RBAC), with what it did, by the audit log.
//
// What a rule allows follows Kubernetes' own authorizer, as documented at
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/. Rights that
// come from elsewhere (the node authorizer, webhooks, the group
// system:masters) are in no role: see [Everything] and [Deed.Reason].
package rights
