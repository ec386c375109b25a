package rules_test

import (
	"slices"
	"testing"

	"github.com/lynceus-io/lynceus/rule"
)

// behaviour is something to be found, and the rules that find it.
type behaviour struct {
	what  string
	rules []string
}

// auditBehaviours are what audit logs must be searched for, and the rules
// that do it.
var auditBehaviours = []behaviour{
	{"anonymous success", []string{"anonymous_access_allowed"}},
	{"401 and 403 bursts", []string{"unauthorized_burst", "refused_request_burst"}},
	{"service account token from outside", []string{"cluster_account_outside"}},
	{"node account from outside", []string{"cluster_account_outside"}},
	{"token after its pod's death", []string{"token_of_deleted_pod"}},
	{"token from two places", []string{"credential_in_two_places"}},
	{"dashboard account abused, dashboard reached", []string{"dashboard_account_abused", "dashboard_reached"}},
	{"call from outside the declared networks", []string{"person_outside"}},
	{"person on a static token", []string{"static_token_person"}},
	{"first API call by an account", []string{"first_call_of_account"}},
	{"permission self-review", []string{"permissions_reviewed"}},
	{"resource enumeration", []string{"resources_enumerated"}},
	{"secrets listed", []string{"secrets_listed_in_namespace", "secrets_listed_everywhere"}},
	{"secret read by a new identity", []string{"secret_read"}},
	{"secret loop", []string{"secret_loop"}},
	{"token made for another account", []string{"service_account_token_created", "long_lived_token_created"}},
	{"exec, attach, port-forward, ephemeral container", []string{"command_in_container", "container_attached", "port_forwarded", "ephemeral_container_added"}},
	{"privileged pod", []string{"pod_privileged"}},
	{"hostPath", []string{"pod_host_path", "volume_host_path"}},
	{"hostNetwork, hostPID, hostIPC", []string{"pod_host_network", "pod_host_pid", "pod_host_ipc"}},
	{"added capabilities", []string{"pod_capabilities"}},
	{"runtime socket", []string{"pod_runtime_socket"}},
	{"unknown registry", []string{"image_registry_new"}},
	{"pod in kube-system", []string{"pod_in_system_namespace"}},
	{"static pod", []string{"static_pod_shown"}},
	{"sidecar added", []string{"workload_image_changed"}},
	{"DaemonSet", []string{"daemonset_created"}},
	{"workload by a person where a controller is usual", []string{"pod_bare", "job_created"}},
	{"CronJob or Job changed", []string{"cronjob_changed", "job_created"}},
	{"cluster-admin granted", []string{"cluster_admin_granted"}},
	{"wildcard granted", []string{"role_wildcard"}},
	{"escalate, bind, impersonate granted", []string{"role_escalation_verbs"}},
	{"rights for anonymous or all users", []string{"binding_to_everyone"}},
	{"role or binding changed", []string{"role_changed", "binding_changed", "system_role_modified"}},
	{"certificate request created and approved", []string{"csr_created", "csr_approved"}},
	{"admission webhook created or changed", []string{"webhook_changed"}},
	{"CoreDNS or kube-proxy changed", []string{"coredns_config_changed", "kube_proxy_config_changed"}},
	{"events deleted", []string{"events_deleted"}},
	{"network policy deleted or loosened", []string{"network_policy_deleted", "network_policy_changed"}},
	{"namespace, workload or many objects deleted", []string{"namespace_deleted", "workload_deleted", "object_deleted", "many_objects_deleted"}},
	{"node proxy to the kubelet", []string{"node_proxy_used"}},
	{"kubelet or node account impersonated", []string{"identity_impersonated"}},
	{"Tor or listed address", []string{"listed_address"}},
	{"vulnerability scanner", []string{"scanner_seen"}},
	{"NodePort or LoadBalancer opened", []string{"service_node_port", "service_load_balancer"}},
	{"Ingress host taken by another namespace", []string{"ingress_host_taken"}},
	{"object created or deleted by an unusual identity", []string{"object_changed_by_unusual_identity"}},
	{"provider identity maps changed", []string{"identity_map_changed"}},
	{"policies and profiles of Lynceus read by others", []string{"lynceus_objects_read"}},
	{"ConfigMap with credentials", []string{"config_map_with_credentials"}},
	{"service account created in kube-system", []string{"system_service_account_created"}},
	{"untrusted node joins", []string{"node_joined", "bootstrap_token_created"}},
	{"token checked by a person", []string{"token_reviewed"}},
	{"trust of the cluster changed", []string{"trust_changed"}},
	{"service diverted", []string{"endpoints_changed", "service_redirected"}},
	{"node reported dead", []string{"node_status_written"}},
	{"node debugged", []string{"node_debugged"}},
}

func TestEachBehaviourHasARule(t *testing.T) {
	all := builtin(t)
	for _, b := range slices.Concat(auditBehaviours, runtimeBehaviours) {
		for _, name := range b.rules {
			if !slices.ContainsFunc(all, func(r *rule.Rule) bool { return r.Name == name && !r.Silent && !r.Disabled }) {
				t.Errorf("%s: there is no rule %s", b.what, name)
			}
		}
	}
}
