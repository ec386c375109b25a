package incident

import (
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// Kind says what sort of identity acted.
type Kind string

// The kinds of identity.
const (
	Person         Kind = "user"
	ServiceAccount Kind = "service account"
	System         Kind = "system component" // shared by design: joins by its name together with an external address
	Anonymous      Kind = "anonymous"        // nobody in particular: likewise
	Unnamed        Kind = "unknown"          // the source does not tell
)

const (
	saPrefix      = "system:serviceaccount:"
	systemPrefix  = "system:"
	anonymousUser = "system:anonymous"
)

// principal is the identity that is responsible: the user who signed in, also
// where somebody else was impersonated.
type principal struct {
	name string // namespace/name for a service account
	kind Kind
}

func principalOf(f *detect.Finding) principal {
	p := parsePrincipal(signedIn(f))
	if p.kind == Unnamed && f.Actor.ServiceAccount != "" {
		ns, name, _ := strings.Cut(f.Actor.ServiceAccount, "/")
		return parsePrincipal(saPrefix + ns + ":" + name)
	}
	return p
}

// signedIn is the user whose credential it was.
func signedIn(f *detect.Finding) string {
	if f.Actor.RealUser != "" {
		return f.Actor.RealUser
	}
	return f.Actor.User
}

func parsePrincipal(user string) principal {
	switch {
	case user == "":
		return principal{kind: Unnamed}
	case user == anonymousUser:
		return principal{user, Anonymous}
	case strings.HasPrefix(user, saPrefix):
		ns, name, ok := strings.Cut(user[len(saPrefix):], ":")
		if !ok {
			return principal{user, System}
		}
		if ns == "kube-system" && controllers[name] {
			return principal{ns + "/" + name, System}
		}
		return principal{ns + "/" + name, ServiceAccount}
	case strings.HasPrefix(user, systemPrefix):
		return principal{user, System}
	}
	return principal{user, Person}
}

// String is how the principal is called in a sentence.
func (p principal) String() string {
	switch p.kind {
	case ServiceAccount:
		return "service account " + clip(p.name)
	case Anonymous:
		return "an anonymous caller"
	case Unnamed:
		return "somebody"
	}
	return clip(p.name)
}

// impersonated returns the user that the finding's actor acted as, "" when it
// acted as itself.
func impersonated(f *detect.Finding) string {
	if f.Actor.RealUser == "" || f.Actor.RealUser == f.Actor.User {
		return ""
	}
	return f.Actor.User
}

// controllers are the service accounts in kube-system under which
// kube-controller-manager runs its controllers
// (--use-service-account-credentials). They act on everybody's behalf. Names:
// cmd/kube-controller-manager/names in Kubernetes 1.36 and before.
var controllers = setOf(`
	attachdetach-controller bootstrap-signer certificate-controller clusterrole-aggregation-controller cronjob-controller
	daemon-set-controller deployment-controller device-taint-eviction-controller disruption-controller endpoint-controller
	endpointslice-controller endpointslicemirroring-controller ephemeral-volume-controller expand-controller generic-garbage-collector
	horizontal-pod-autoscaler job-controller legacy-service-account-token-cleaner namespace-controller node-controller
	node-ipam-controller persistent-volume-binder pod-garbage-collector pv-protection-controller pvc-protection-controller
	replicaset-controller replication-controller resource-claim-controller resourcequota-controller root-ca-cert-publisher
	route-controller selinux-warning-controller service-account-controller service-cidrs-controller service-controller
	statefulset-controller storage-version-migrator-controller token-cleaner ttl-after-finished-controller ttl-controller
	validatingadmissionpolicy-status-controller volume-attributes-class-protection-controller`)

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// Responsible names who did what a finding tells: the user who signed in
// (namespace/name for a service account), and as whom, where somebody was
// impersonated.
func Responsible(f *detect.Finding) string {
	p := principalOf(f)
	name := p.name
	if p.kind == Unnamed {
		name = "somebody"
	}
	if as := impersonated(f); as != "" {
		name += " as " + parsePrincipal(as).name
	}
	return name
}
