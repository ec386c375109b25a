package event

var (
	inventoryTable = []Class{ClassInventory}
	objectTables   = []Class{ClassAudit, ClassInventory}
	flowTables     = []Class{ClassNetwork, ClassDNS}
)

// inventoryFields are numbers 384 to 447: what a row of the inventory table says about an object, and what is known
// of the two ends of a flow by its address. Facts from https://kubernetes.io/docs/reference/kubernetes-api/.
var inventoryFields = []Field{
	{ID: 384, Name: "inventory.change", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.change", Doc: "Why the row was written: added, changed, deleted; present for what was there when watching began, gone for what disappeared while nobody watched."},
	{ID: 385, Name: "inventory.kind", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.kind", Doc: "Kind of the object: Pod, Deployment, ClusterRoleBinding."},
	{ID: 386, Name: "inventory.resource_version", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.resource_version", Doc: "The object's resourceVersion."},
	{ID: 387, Name: "inventory.created_time", Type: TypeTime, Tables: inventoryTable, OCSF: "unmapped.inventory.created_time", Doc: "When the object was created, by the API server."},
	{ID: 388, Name: "inventory.deleted_time", Type: TypeTime, Tables: inventoryTable, OCSF: "unmapped.inventory.deleted_time", Doc: "When its deletion takes effect (deletionTimestamp), or when it was seen to be gone."},
	{ID: 389, Name: "inventory.owner_kind", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.owner_kind", Doc: "Kind of the owner that controls it, by its ownerReferences."},
	{ID: 390, Name: "inventory.owner", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.owner", Doc: "Name of that owner."},
	{ID: 391, Name: "inventory.owner_uid", Type: TypeString, Search: SearchExact, Tables: inventoryTable, OCSF: "unmapped.inventory.owner_uid", Doc: "UID of that owner."},
	{ID: 392, Name: "inventory.ips", Type: TypeStrings, Tables: inventoryTable, OCSF: "unmapped.inventory.ips", Doc: "Addresses of a pod, a node, a service or the endpoints of a slice."},
	{ID: 393, Name: "inventory.images", Type: TypeStrings, Tables: inventoryTable, OCSF: "unmapped.inventory.images", Doc: "Images of the containers, as the specification names them, ephemeral and init containers included; of a node, what it holds."},
	{ID: 394, Name: "inventory.image_digests", Type: TypeStrings, Tables: inventoryTable, OCSF: "unmapped.inventory.image_digests", Doc: "Digests of the images that run, by the status."},
	{ID: 395, Name: "inventory.labels", Type: TypeJSON, Tables: inventoryTable, OCSF: "unmapped.inventory.labels", Doc: "Labels of the object."},
	{ID: 396, Name: "inventory.phase", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.phase", Doc: "Phase of a pod or a namespace, Ready or NotReady of a node."},
	{ID: 397, Name: "inventory.host_network", Type: TypeBool, Tables: inventoryTable, OCSF: "unmapped.inventory.host_network", Doc: "The pod uses its node's network, so its address is the node's."},
	{ID: 398, Name: "inventory.containers", Type: TypeStrings, Tables: inventoryTable, OCSF: "unmapped.inventory.containers", Doc: "Containers of a pod as name=id, by the status."},
	{ID: 399, Name: "inventory.networks", Type: TypeStrings, Tables: inventoryTable, OCSF: "unmapped.inventory.networks", Doc: "Ranges of pod addresses that a node was given."},
	{ID: 400, Name: "inventory.owner_group", Type: TypeString, Tables: inventoryTable, OCSF: "unmapped.inventory.owner_group", Doc: "API group of that owner; empty for the core group."},

	{ID: 410, Name: "src_endpoint.kind", Type: TypeString, Tables: flowTables, OCSF: "unmapped.src_endpoint.kind", Origin: Contextual, Doc: "What had the source's address at that time: pod, node, service, apiserver, external or unknown."},
	{ID: 411, Name: "src_endpoint.namespace", Type: TypeString, Tables: flowTables, OCSF: "unmapped.src_endpoint.namespace", Origin: Contextual, Doc: "Namespace of that pod or service."},
	{ID: 412, Name: "src_endpoint.name", Type: TypeString, Tables: flowTables, OCSF: "unmapped.src_endpoint.name", Origin: Contextual, Doc: "Name of that pod, node or service."},
	{ID: 413, Name: "src_endpoint.workload", Type: TypeString, Tables: flowTables, OCSF: "unmapped.src_endpoint.workload", Origin: Contextual, Doc: "Pod group of that pod, as Kind/name."},
	{ID: 414, Name: "dst_endpoint.kind", Type: TypeString, Tables: flowTables, OCSF: "unmapped.dst_endpoint.kind", Origin: Contextual, Doc: "What had the destination's address at that time: pod, node, service, apiserver, external or unknown."},
	{ID: 415, Name: "dst_endpoint.namespace", Type: TypeString, Tables: flowTables, OCSF: "unmapped.dst_endpoint.namespace", Origin: Contextual, Doc: "Namespace of that pod or service."},
	{ID: 416, Name: "dst_endpoint.name", Type: TypeString, Tables: flowTables, OCSF: "unmapped.dst_endpoint.name", Origin: Contextual, Doc: "Name of that pod, node or service."},
	{ID: 417, Name: "dst_endpoint.workload", Type: TypeString, Tables: flowTables, OCSF: "unmapped.dst_endpoint.workload", Origin: Contextual, Doc: "Pod group of that pod, as Kind/name."},
}
