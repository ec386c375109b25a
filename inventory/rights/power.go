package rights

// power is what a right leads to that is more than it says.
type power struct {
	says string
	by   []Deed
}

func of(group, resource, sub string, verbs ...string) (out []Deed) {
	for _, v := range verbs {
		out = append(out, Deed{Verb: v, Group: group, Resource: resource, Subresource: sub})
	}
	return out
}

func either(lists ...[]Deed) (out []Deed) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// powers are the rights by which one gets others, after
// https://kubernetes.io/docs/concepts/security/rbac-good-practices/ (section
// "Privilege escalation risks").
func powers() []power {
	return []power{
		{"read secrets", of("", "secrets", "", "get", "list", "watch")},
		{"run commands in pods", either(of("", "pods", "exec", "create", "get"), of("", "pods", "attach", "create", "get"), of("", "pods", "ephemeralcontainers", "update", "patch"))},
		{"start pods, as any account of the namespace", either(
			of("", "pods", "", "create"), of("", "replicationcontrollers", "", "create", "update", "patch"),
			of("apps", "deployments", "", "create", "update", "patch"), of("apps", "replicasets", "", "create", "update", "patch"),
			of("apps", "daemonsets", "", "create", "update", "patch"), of("apps", "statefulsets", "", "create", "update", "patch"),
			of("batch", "jobs", "", "create"), of("batch", "cronjobs", "", "create", "update", "patch"))},
		{"make tokens of accounts", of("", "serviceaccounts", "token", "create")},
		{"give roles that it does not have", either(of(rbacGroup, "roles", "", "escalate", "bind"), of(rbacGroup, "clusterroles", "", "escalate", "bind"))},
		{"act as others", either(of("", "users", "", "impersonate"), of("", "groups", "", "impersonate"), of("", "serviceaccounts", "", "impersonate"))},
		{"reach into nodes", of("", "nodes", "proxy", "get", "create")},
		{"sign certificates", either(of("certificates.k8s.io", "certificatesigningrequests", "approval", "update", "patch"), of("certificates.k8s.io", "signers", "", "approve", "sign"))},
		{"change or see what is written, by admission webhooks", either(
			of("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", "create", "update", "patch"),
			of("admissionregistration.k8s.io", "validatingwebhookconfigurations", "", "create", "update", "patch"))},
		{"mount a node's files, by volumes", of("", "persistentvolumes", "", "create")},
	}
}

// Powers says in words what a right leads to that is more than it says; those
// of a rule about named objects are over these.
func (r *Right) Powers() []string {
	var out []string
	for _, p := range powers() {
		for _, d := range p.by {
			if !clusterWide[d.Resource] {
				d.Namespace = r.Namespace
			}
			if len(r.Rule.Names) > 0 {
				d.Name = r.Rule.Names[0]
			}
			if r.Allows(&d) {
				out = append(out, p.says)
				break
			}
		}
	}
	return out
}

// clusterWide are the resources of powers that are in no namespace.
var clusterWide = map[string]bool{
	"clusterroles": true, "users": true, "groups": true, "nodes": true, "certificatesigningrequests": true, "signers": true,
	"mutatingwebhookconfigurations": true, "validatingwebhookconfigurations": true, "persistentvolumes": true,
}
