package event

// accessFields are numbers 560 to 569: by whom Lynceus may be used, and who
// may see what.
var accessFields = []Field{
	{ID: 560, Name: "finding_info.namespaces", Type: TypeString, Tables: []Class{ClassIncident}, OCSF: "unmapped.finding_info.namespaces", Doc: "Namespaces of all findings of an incident, in order, with a space between; - stands for findings that are of no namespace."},
	{ID: 561, Name: "session.method", Type: TypeString, Tables: []Class{ClassSelfAudit}, OCSF: "unmapped.session.method", Doc: "How whoever did it signed in: token for one that Lynceus made, oidc or kubernetes."},
	{ID: 562, Name: "session.scope", Type: TypeString, Tables: []Class{ClassSelfAudit}, OCSF: "unmapped.session.scope", Doc: "Clusters and namespaces to which whoever did it is limited; empty for no limit."},
}
