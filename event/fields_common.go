package event

// commonFields are numbers 1 to 63: what an event of any table can have.
var commonFields = []Field{
	{ID: 1, Name: "metadata.uid", Type: TypeString, Search: SearchExact, OCSF: "metadata.uid", Doc: "The event's identity: the same input gives the same value on every machine and in every run."},
	{ID: 2, Name: "metadata.revision", Type: TypeInt, OCSF: "unmapped.revision", Doc: "0 for what was seen first; each later fact about the same event is an amendment with the next number."},
	{ID: 3, Name: "time", Type: TypeTime, OCSF: "time", Doc: "When it happened, by the clock of the source.", Sigma: []string{"audit:stageTimestamp"}, Falco: []string{"evt.time", "jevt.time"}},
	{ID: 4, Name: "received_time", Type: TypeTime, OCSF: "metadata.logged_time", Doc: "When Lynceus received it."},
	{ID: 5, Name: "metadata.source", Type: TypeString, OCSF: "metadata.log_name", Doc: "The source it came by: a file's name, a webhook, a sensor."},
	{ID: 6, Name: "k8s.cluster", Type: TypeString, OCSF: "unmapped.k8s.cluster", Doc: "Identity of the cluster it belongs to; empty when the source does not tell."},
	{ID: 7, Name: "k8s.namespace", Type: TypeString, OCSF: "unmapped.k8s.namespace", Doc: "Namespace of the object or of the pod.", Sigma: []string{"audit:objectRef.namespace", "audit:namespace"}, Falco: []string{"ka.target.namespace", "k8s.ns.name"}},
	{ID: 8, Name: "k8s.pod", Type: TypeString, Search: SearchExact | SearchFolded, OCSF: "unmapped.k8s.pod", Doc: "Name of the pod the event is about, or in which the process runs.", Falco: []string{"k8s.pod.name"}},
	{ID: 9, Name: "k8s.pod_uid", Type: TypeString, Search: SearchExact, OCSF: "unmapped.k8s.pod_uid", Doc: "UID of that pod.", Falco: []string{"k8s.pod.id"}},
	{ID: 10, Name: "k8s.workload_kind", Type: TypeString, OCSF: "unmapped.k8s.workload_kind", Doc: "Kind of the pod's highest owner: Deployment, StatefulSet, DaemonSet, CronJob, Pod for one without owner."},
	{ID: 11, Name: "k8s.workload", Type: TypeString, OCSF: "unmapped.k8s.workload", Doc: "Name of the pod's highest owner."},
	{ID: 12, Name: "k8s.node", Type: TypeString, OCSF: "unmapped.k8s.node", Doc: "Name of the node."},
	{ID: 13, Name: "k8s.service_account", Type: TypeString, Search: SearchExact | SearchFolded, OCSF: "unmapped.k8s.service_account", Doc: "Service account, as namespace/name."},
	{ID: 14, Name: "actor.user.name", Type: TypeString, Search: SearchExact | SearchFolded | SearchPart, OCSF: "actor.user.name", Doc: "Who acted. For an API request under impersonation the impersonated user; audit.user.name keeps the one who signed in.", Sigma: []string{"process_creation:User", "file_event:User", "network_connection:User", "dns_query:User"}, Falco: []string{"ka.user.name", "user.name"}},
	{ID: 15, Name: "actor.user.uid", Type: TypeString, Search: SearchExact, OCSF: "actor.user.uid", Doc: "UID of the acting user.", Falco: []string{"user.uid"}},
	{ID: 16, Name: "actor.user.groups", Type: TypeStrings, OCSF: "actor.user.groups[].name", Doc: "Groups of the acting user.", Falco: []string{"ka.user.groups"}},
	{ID: 17, Name: "src_endpoint.ip", Type: TypeIP, Search: SearchExact, OCSF: "src_endpoint.ip", Doc: "Where it came from. For an API request the last entry of sourceIPs only: the earlier ones are the client's own words.", Sigma: []string{"network_connection:SourceIp", "firewall:src_ip", "connection:source.ip", "dns:source.ip"}, Falco: []string{"fd.cip"}},
	{ID: 18, Name: "src_endpoint.port", Type: TypeInt, OCSF: "src_endpoint.port", Doc: "Port it came from.", Sigma: []string{"network_connection:SourcePort", "firewall:src_port", "connection:source.port", "dns:source.port"}, Falco: []string{"fd.cport"}},
	{ID: 19, Name: "dst_endpoint.ip", Type: TypeIP, Search: SearchExact, OCSF: "dst_endpoint.ip", Doc: "Where it went to.", Sigma: []string{"network_connection:DestinationIp", "firewall:dst_ip", "connection:destination.ip", "dns:destination.ip"}, Falco: []string{"fd.sip"}},
	{ID: 20, Name: "dst_endpoint.port", Type: TypeInt, OCSF: "dst_endpoint.port", Doc: "Port it went to.", Sigma: []string{"network_connection:DestinationPort", "firewall:dst_port", "connection:destination.port", "dns:destination.port"}, Falco: []string{"fd.sport"}},
	{ID: 21, Name: "dst_endpoint.hostname", Type: TypeString, Search: SearchExact | SearchFolded | SearchPart, OCSF: "dst_endpoint.hostname", Doc: "Name of the host it went to.", Sigma: []string{"network_connection:DestinationHostname"}, Falco: []string{"fd.sip.name"}},
	{ID: 22, Name: "status", Type: TypeString, OCSF: "status", Doc: "Success, Failure, or Unknown while it is not decided. Of a finding: open. Of an incident: open, investigating, closed or merged."},
	{ID: 23, Name: "raw_data", Type: TypeJSON, Search: SearchPart, OCSF: "raw_data", Doc: "The source's own document, redacted. Any path inside it can be read."},
}
