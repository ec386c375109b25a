package incident

import (
	"strings"
	"unicode/utf8"
)

// verbWords are the verbs of Kubernetes in the past tense and as an
// infinitive.
var verbWords = map[string][2]string{
	"get":              {"read", "read"},
	"list":             {"listed", "list"},
	"watch":            {"watched", "watch"},
	"create":           {"created", "create"},
	"update":           {"changed", "change"},
	"patch":            {"changed", "change"},
	"delete":           {"deleted", "delete"},
	"deletecollection": {"deleted", "delete"},
	"impersonate":      {"impersonated", "impersonate"},
	"approve":          {"approved", "approve"},
	"bind":             {"bound", "bind"},
	"escalate":         {"escalated", "escalate"},
}

// kindWords are resources in everyday words, one and many.
var kindWords = map[string][2]string{
	"certificatesigningrequests":      {"certificate request", "certificate requests"},
	"clusterrolebindings":             {"cluster role binding", "cluster role bindings"},
	"clusterroles":                    {"cluster role", "cluster roles"},
	"configmaps":                      {"config map", "config maps"},
	"cronjobs":                        {"cron job", "cron jobs"},
	"customresourcedefinitions":       {"custom resource definition", "custom resource definitions"},
	"daemonsets":                      {"daemon set", "daemon sets"},
	"deployments":                     {"deployment", "deployments"},
	"endpoints":                       {"endpoints", "endpoints"},
	"events":                          {"event", "events"},
	"ingresses":                       {"ingress", "ingresses"},
	"jobs":                            {"job", "jobs"},
	"leases":                          {"lease", "leases"},
	"mutatingwebhookconfigurations":   {"mutating webhook", "mutating webhooks"},
	"namespaces":                      {"namespace", "namespaces"},
	"networkpolicies":                 {"network policy", "network policies"},
	"nodes":                           {"node", "nodes"},
	"persistentvolumeclaims":          {"volume claim", "volume claims"},
	"persistentvolumes":               {"persistent volume", "persistent volumes"},
	"pods":                            {"pod", "pods"},
	"replicasets":                     {"replica set", "replica sets"},
	"replicationcontrollers":          {"replication controller", "replication controllers"},
	"rolebindings":                    {"role binding", "role bindings"},
	"roles":                           {"role", "roles"},
	"secrets":                         {"secret", "secrets"},
	"serviceaccounts":                 {"service account", "service accounts"},
	"services":                        {"service", "services"},
	"statefulsets":                    {"stateful set", "stateful sets"},
	"users":                           {"user", "users"},
	"groups":                          {"group", "groups"},
	"validatingadmissionpolicies":     {"admission policy", "admission policies"},
	"validatingwebhookconfigurations": {"validating webhook", "validating webhooks"},
}

// clusterScoped are resources without a namespace: a list of them is not one
// "of all namespaces".
var clusterScoped = setOf(`certificatesigningrequests clusterrolebindings clusterroles customresourcedefinitions mutatingwebhookconfigurations
	namespaces nodes persistentvolumes users groups validatingadmissionpolicies validatingwebhookconfigurations storageclasses
	ingressclasses priorityclasses apiservices validatingadmissionpolicybindings runtimeclasses csidrivers csinodes volumeattachments`)

// one and many return a resource in words; one that the table does not have
// is called by its own name.
func one(resource string) string {
	if w, ok := kindWords[resource]; ok {
		return w[0]
	}
	return clip(resource)
}

func many(resource string) string {
	if w, ok := kindWords[resource]; ok {
		return w[1]
	}
	return clip(resource)
}

// withArticle puts a or an before a word.
func withArticle(word string) string {
	if word != "" && strings.IndexByte("aeio", word[0]) >= 0 {
		return "an " + word
	}
	return "a " + word
}

// maxName is how much of a name a sentence shows, in characters.
const maxName = 64

// clip shortens a name for a sentence, and keeps its beginning.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxName {
		return s
	}
	i := 0
	for range maxName - 1 {
		_, n := utf8.DecodeRuneInString(s[i:])
		i += n
	}
	return strings.TrimRight(s[:i], " ") + "…"
}
