package kube

import (
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

const rbacGroup = "rbac.authorization.k8s.io"

// rbacResources say who may do what.
func rbacResources() []Resource {
	return []Resource{
		{Group: rbacGroup, Version: "v1", Name: "roles", Kind: "Role", fill: typed(fillRole)},
		{Group: rbacGroup, Version: "v1", Name: "rolebindings", Kind: "RoleBinding", fill: typed(fillRoleBinding)},
		{Group: rbacGroup, Version: "v1", Name: "clusterroles", Kind: "ClusterRole", fill: typed(fillClusterRole)},
		{Group: rbacGroup, Version: "v1", Name: "clusterrolebindings", Kind: "ClusterRoleBinding", fill: typed(fillClusterRoleBinding)},
	}
}

func fillRole(_ *inventory.Object, r *rbacv1.Role) body { return body{"rules": r.Rules} }

func fillClusterRole(_ *inventory.Object, r *rbacv1.ClusterRole) body {
	b := body{"rules": r.Rules}
	if r.AggregationRule != nil {
		b["aggregationRule"] = r.AggregationRule
	}
	return b
}

func fillRoleBinding(_ *inventory.Object, r *rbacv1.RoleBinding) body {
	return body{"subjects": r.Subjects, "roleRef": r.RoleRef}
}

func fillClusterRoleBinding(_ *inventory.Object, r *rbacv1.ClusterRoleBinding) body {
	return body{"subjects": r.Subjects, "roleRef": r.RoleRef}
}
