package event

// podSpecs are the places where a pod's specification can stand in a request,
// for pods themselves, for workloads with a template, for cron jobs, and for
// PodTemplate objects.
var podSpecs = []string{
	"requestObject.spec",
	"requestObject.spec.template.spec",
	"requestObject.spec.jobTemplate.spec.template.spec",
	"requestObject.template.spec",
}

var containerLists = []string{"containers", "initContainers", "ephemeralContainers"}

// commands are the places in a container's specification that hold what is run
// in it: by itself, by its hooks and by its probes.
var commands = []string{
	"command", "args", "lifecycle.postStart.exec.command", "lifecycle.preStop.exec.command",
	"livenessProbe.exec.command", "readinessProbe.exec.command", "startupProbe.exec.command",
}

func inSpecs(rest ...string) []string {
	var out []string
	for _, s := range podSpecs {
		for _, r := range rest {
			out = append(out, s+"."+r)
		}
	}
	return out
}

func inContainers(rest ...string) []string {
	var out []string
	for _, s := range podSpecs {
		for _, l := range containerLists {
			for _, r := range rest {
				out = append(out, s+"."+l+"."+r)
			}
		}
	}
	return out
}

// podSpecFields are numbers 128 to 191: what the body of a request says about
// the pods it would start, and about rights and services, wherever in the
// body that stands. They are read from the document only when asked for.
var podSpecFields = []Field{
	{ID: 128, Name: "audit.pod.privileged", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.privileged", Origin: Derived, Doc: "securityContext.privileged of every container.", Paths: inContainers("securityContext.privileged")},
	{ID: 129, Name: "audit.pod.host_path", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.host_path", Origin: Derived, Doc: "Paths of the node mounted by hostPath volumes.", Paths: inSpecs("volumes.hostPath.path"), Sigma: []string{"audit:hostPath"}},
	{ID: 130, Name: "audit.pod.host_network", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.host_network", Origin: Derived, Doc: "hostNetwork.", Paths: inSpecs("hostNetwork"), Sigma: []string{"audit:hostNetwork"}},
	{ID: 131, Name: "audit.pod.host_pid", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.host_pid", Origin: Derived, Doc: "hostPID.", Paths: inSpecs("hostPID"), Sigma: []string{"audit:hostPID"}},
	{ID: 132, Name: "audit.pod.host_ipc", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.host_ipc", Origin: Derived, Doc: "hostIPC.", Paths: inSpecs("hostIPC"), Sigma: []string{"audit:hostIPC"}},
	{ID: 133, Name: "audit.pod.capabilities", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.capabilities", Origin: Derived, Doc: "Capabilities that containers add.", Paths: inContainers("securityContext.capabilities.add"), Sigma: []string{"audit:capabilities"}},
	{ID: 134, Name: "audit.pod.images", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.images", Origin: Derived, Doc: "Images of all containers.", Paths: inContainers("image")},
	{ID: 135, Name: "audit.pod.command", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.command", Origin: Derived, Doc: "Words of all containers' command and args, and of what their probes and lifecycle hooks run.", Paths: inContainers(commands...)},
	{ID: 136, Name: "audit.pod.service_account", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.service_account", Origin: Derived, Doc: "Service account the pods would run as.", Paths: inSpecs("serviceAccountName")},
	{ID: 137, Name: "audit.pod.host_port", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.host_port", Origin: Derived, Doc: "Ports of the node that containers ask for.", Paths: inContainers("ports.hostPort")},
	{ID: 138, Name: "audit.pod.owner_kind", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.owner_kind", Origin: Derived, Doc: "Kinds of the owners that the object names.", Paths: []string{"requestObject.metadata.ownerReferences.kind"}},
	{ID: 139, Name: "audit.pod.env_name", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.env_name", Origin: Derived, Doc: "Names of environment variables of all containers.", Paths: inContainers("env.name")},
	{ID: 140, Name: "audit.pod.run_as_user", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.run_as_user", Origin: Derived, Doc: "runAsUser of the pod and of every container.", Paths: append(inSpecs("securityContext.runAsUser"), inContainers("securityContext.runAsUser")...)},
	{ID: 141, Name: "audit.pod.escalation", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.escalation", Origin: Derived, Doc: "allowPrivilegeEscalation of every container.", Paths: inContainers("securityContext.allowPrivilegeEscalation")},
	{ID: 142, Name: "audit.pod.node_name", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.node_name", Origin: Derived, Doc: "Node the pod asks to run on.", Paths: inSpecs("nodeName")},
	{ID: 143, Name: "audit.pod.tolerations", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.tolerations", Origin: Derived, Doc: "Keys of the pod's tolerations.", Paths: inSpecs("tolerations.key")},
	{ID: 144, Name: "audit.labels", Type: TypeJSON, Tables: auditTable, OCSF: "unmapped.audit.labels", Origin: Derived, Doc: "Labels of the object that was sent.", Paths: []string{"requestObject.metadata.labels"}},
	{ID: 145, Name: "audit.mirror_pod", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.mirror_pod", Origin: Derived, Doc: "The annotation by which a kubelet shows a static pod to the API.", Paths: []string{"requestObject.metadata.annotations['kubernetes.io/config.mirror']"}},
	{ID: 150, Name: "audit.rbac.verbs", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.verbs", Origin: Derived, Doc: "Verbs that the rules of a role grant.", Paths: []string{"requestObject.rules.verbs"}, Falco: []string{"ka.req.role.rules.verbs"}},
	{ID: 151, Name: "audit.rbac.resources", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.resources", Origin: Derived, Doc: "Resources that the rules of a role grant.", Paths: []string{"requestObject.rules.resources"}, Falco: []string{"ka.req.role.rules.resources"}},
	{ID: 152, Name: "audit.rbac.groups", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.groups", Origin: Derived, Doc: "API groups that the rules of a role grant.", Paths: []string{"requestObject.rules.apiGroups"}, Falco: []string{"ka.req.role.rules.apiGroups"}},
	{ID: 153, Name: "audit.rbac.urls", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.urls", Origin: Derived, Doc: "Paths that are no objects and that the rules of a role grant.", Paths: []string{"requestObject.rules.nonResourceURLs"}, Falco: []string{"ka.req.role.rules.nonResourceURLs"}},
	{ID: 154, Name: "audit.rbac.role", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.role", Origin: Derived, Doc: "Name of the role that a binding gives.", Paths: []string{"requestObject.roleRef.name"}, Falco: []string{"ka.req.binding.role"}},
	{ID: 155, Name: "audit.rbac.subjects", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.subjects", Origin: Derived, Doc: "Names of those a binding gives a role to.", Paths: []string{"requestObject.subjects.name"}},
	{ID: 156, Name: "audit.rbac.subject_kinds", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.rbac.subject_kinds", Origin: Derived, Doc: "Kinds of those: User, Group, ServiceAccount.", Paths: []string{"requestObject.subjects.kind"}},
	{ID: 160, Name: "audit.service.type", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.service.type", Origin: Derived, Doc: "Type of a service: NodePort, LoadBalancer, ExternalName.", Paths: []string{"requestObject.spec.type"}, Falco: []string{"ka.req.service.type"}},
	{ID: 161, Name: "audit.service.external_ips", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.service.external_ips", Origin: Derived, Doc: "externalIPs of a service.", Paths: []string{"requestObject.spec.externalIPs"}},
	{ID: 162, Name: "audit.ingress.hosts", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.ingress.hosts", Origin: Derived, Doc: "Host names that an ingress claims.", Paths: []string{"requestObject.spec.rules.host", "requestObject.spec.tls.hosts"}},
	{ID: 163, Name: "audit.csr.signer", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.csr.signer", Origin: Derived, Doc: "Signer that a certificate request asks for.", Paths: []string{"requestObject.spec.signerName"}},
	{ID: 164, Name: "audit.csr.usages", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.csr.usages", Origin: Derived, Doc: "Usages that a certificate request asks for.", Paths: []string{"requestObject.spec.usages"}},
	{ID: 165, Name: "audit.config.keys", Type: TypeJSON, Tables: auditTable, OCSF: "unmapped.audit.config.keys", Origin: Derived, Doc: "data of a config map that was sent.", Paths: []string{"requestObject.data"}, Falco: []string{"ka.req.configmap.obj"}},
	{ID: 176, Name: "audit.pod.run_as_non_root", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.run_as_non_root", Origin: Derived, Doc: "runAsNonRoot of the pod and of every container.", Paths: append(inSpecs("securityContext.runAsNonRoot"), inContainers("securityContext.runAsNonRoot")...)},
	{ID: 177, Name: "audit.pod.proc_mount", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.proc_mount", Origin: Derived, Doc: "procMount of every container: Unmasked shows all of /proc.", Paths: inContainers("securityContext.procMount")},
	{ID: 178, Name: "audit.pod.seccomp", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.seccomp", Origin: Derived, Doc: "Type of the seccomp profile of the pod and of every container: Unconfined filters no system calls.", Paths: append(inSpecs("securityContext.seccompProfile.type"), inContainers("securityContext.seccompProfile.type")...)},
	{ID: 179, Name: "audit.pod.apparmor", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.apparmor", Origin: Derived, Doc: "Type of the AppArmor profile of the pod and of every container.", Paths: append(inSpecs("securityContext.appArmorProfile.type"), inContainers("securityContext.appArmorProfile.type")...)},
	{ID: 180, Name: "audit.pod.registries", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.registries", Origin: Derived, Doc: "Registries that the images of all containers come from; docker.io where an image names none.", Paths: inContainers("image"), Part: imageRegistry},
	{ID: 181, Name: "audit.pod.repositories", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.repositories", Origin: Derived, Doc: "Images of the containers of a pod that was sent, not of a template, without tag and digest.", Paths: []string{"requestObject.spec.containers.image"}, Part: imageRepository, Falco: []string{"ka.req.pod.containers.image.repository"}},
	{ID: 182, Name: "audit.pod.init_repositories", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.init_repositories", Origin: Derived, Doc: "The same of its init containers.", Paths: []string{"requestObject.spec.initContainers.image"}, Part: imageRepository, Falco: []string{"ka.req.pod.initContainers.image.repository"}},
	{ID: 183, Name: "audit.pod.ephemeral_repositories", Type: TypeStrings, Tables: auditTable, OCSF: "unmapped.audit.pod.ephemeral_repositories", Origin: Derived, Doc: "The same of its ephemeral containers.", Paths: []string{"requestObject.spec.ephemeralContainers.image"}, Part: imageRepository, Falco: []string{"ka.req.pod.ephemeralContainers.image.repository"}},
}
