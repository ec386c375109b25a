package incident

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// entersPod are the subresources of a pod that put the caller inside it.
var entersPod = setOf("exec attach portforward ephemeralcontainers proxy")

// readVerbs change nothing.
var readVerbs = setOf("get list watch")

// workloads are the resources that become pods.
var workloads = setOf("pods deployments daemonsets statefulsets replicasets replicationcontrollers jobs cronjobs")

// bindings give rights to subjects.
var bindings = setOf("rolebindings clusterrolebindings")

// Evidence by which a rule that finds a binding says whom it binds.
const (
	evidenceSubjects   = "audit.rbac.subjects"
	evidenceKinds      = "audit.rbac.subject_kinds"
	evidenceNamespaces = "audit.request_object.subjects.namespace"
	evidenceRole       = "audit.rbac.role"
)

// evidence returns the words of an evidence value: lists are joined by commas.
func evidence(f *detect.Finding, field string) []string {
	var out []string
	for _, v := range f.Evidence {
		if v.Field != field {
			continue
		}
		for _, w := range strings.Split(v.Value, ",") {
			if w = strings.TrimSpace(w); w != "" {
				out = append(out, w)
			}
		}
	}
	return out
}

// evidenceAlert is evidence by which a rule says of which alert of another tool
// it tells.
const evidenceAlert = "alert.rule"

// alertRule returns what the tool calls what it warned of; "" where the finding
// tells of no other tool's alert.
func alertRule(f *detect.Finding) string {
	for _, v := range f.Evidence {
		if v.Field == evidenceAlert {
			return v.Value
		}
	}
	return ""
}

// boundSubjects returns the principals' names that a binding gives rights to.
// A service account's namespace is the one the binding names, else the
// binding's own; a cluster-wide binding that names several is not guessed at.
func boundSubjects(f *detect.Finding) []string {
	namespaces := evidence(f, evidenceNamespaces)
	slices.Sort(namespaces)
	namespaces = slices.Compact(namespaces)
	if len(namespaces) == 0 && f.Target.Namespace != "" {
		namespaces = []string{f.Target.Namespace}
	}
	kinds := evidence(f, evidenceKinds)
	subjects := evidence(f, evidenceSubjects)
	var out []string
	for i, s := range subjects {
		kind := ""
		if len(kinds) == len(subjects) {
			kind = kinds[i]
		} else if len(kinds) == 1 {
			kind = kinds[0]
		}
		if p := parsePrincipal(s); kind != "Group" && kind != "ServiceAccount" && (p.kind == Person || p.kind == ServiceAccount) {
			out = append(out, p.name)
		}
		if (kind == "ServiceAccount" || kind == "") && len(namespaces) == 1 {
			out = append(out, namespaces[0]+"/"+s)
		}
	}
	return out
}

// allFailed reports whether none of a finding's requests succeeded.
func allFailed(f *detect.Finding) bool { return f.Count > 0 && f.Failed >= f.Count }

// ownerNames returns the names that the owner of an object may have: its own,
// and what is left when the endings that controllers generate are taken
// off (of a Deployment: -hash and -hash-xxxxx, of a DaemonSet or Job: -xxxxx, of a
// StatefulSet: -0, of a CronJob: -minutes and -minutes-xxxxx).
func ownerNames(pod string) []string {
	out := []string{pod}
	head, last, ok := cutLast(pod)
	if !ok {
		return out
	}
	if !isNumber(last) && (!isGenerated(last) || len(last) < 5 || len(last) > 10) {
		return out
	}
	out = append(out, head)
	if owner, hash, ok := cutLast(head); ok && len(last) == 5 && len(hash) <= 10 && (isGenerated(hash) || isNumber(hash)) {
		out = append(out, owner)
	}
	return out
}

func cutLast(s string) (head, last string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i <= 0 || i == len(s)-1 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789") == "" }

// isGenerated reports whether s consists of the letters from which Kubernetes
// makes names (k8s.io/apimachinery/pkg/util/rand).
func isGenerated(s string) bool { return strings.Trim(s, "bcdfghjklmnpqrstvwxz2456789") == "" }
