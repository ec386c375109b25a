package event

// told are the tables of what Lynceus itself concluded.
var told = []Class{ClassFinding, ClassIncident}

// findingFields are numbers 320 to 383: what a row of the finding and incident tables says beyond the common fields.
// The row is a summary to ask questions of; raw_data has the whole document, as docs/output.md describes it. Findings
// and incidents are exported to OCSF from that document (incident/ocsf), which is why most paths here are unmapped.
var findingFields = []Field{
	{ID: 320, Name: "finding_info.uid", Type: TypeString, Search: SearchExact, Tables: told, OCSF: "unmapped.finding_info.uid", Doc: "Identity of the finding or incident: the same input gives the same value."},
	{ID: 321, Name: "finding_info.title", Type: TypeString, Search: SearchPart, Tables: told, OCSF: "unmapped.finding_info.title", Doc: "What was found, in one line."},
	{ID: 322, Name: "finding_info.analytic.uid", Type: TypeString, Search: SearchExact | SearchFolded, Tables: []Class{ClassFinding}, OCSF: "unmapped.finding_info.analytic.uid", Doc: "Id of the rule that matched."},
	{ID: 323, Name: "severity", Type: TypeString, Tables: told, OCSF: "unmapped.severity", Doc: "informational, low, medium, high or critical, after all adjustments."},
	{ID: 324, Name: "severity_id", Type: TypeInt, Tables: told, OCSF: "unmapped.severity_id", Doc: "The severity as a number, 1 (informational) to 5 (critical)."},
	{ID: 325, Name: "first_seen_time", Type: TypeTime, Tables: told, OCSF: "unmapped.finding_info.first_seen_time", Doc: "Event time of the first match."},
	{ID: 326, Name: "last_seen_time", Type: TypeTime, Tables: told, OCSF: "unmapped.finding_info.last_seen_time", Doc: "Event time of the last match so far."},
	{ID: 327, Name: "count", Type: TypeInt, Tables: told, OCSF: "count", Doc: "Requests or events that matched."},
	{ID: 328, Name: "failed_count", Type: TypeInt, Tables: told, OCSF: "unmapped.failed_count", Doc: "Of those, the ones that were refused or failed."},
	{ID: 329, Name: "attacks.tactics", Type: TypeStrings, Tables: told, OCSF: "unmapped.finding_info.tactics[]", Doc: "Tactics of ATT&CK."},
	{ID: 330, Name: "attacks.techniques", Type: TypeStrings, Tables: told, OCSF: "unmapped.finding_info.techniques[]", Doc: "Techniques of ATT&CK, by id."},
	{ID: 331, Name: "related_events", Type: TypeStrings, Tables: told, OCSF: "unmapped.finding_info.related_events[]", Doc: "Identities (metadata.uid) of the events behind it, or of an incident's findings; cut off at a stated number."},
	{ID: 332, Name: "is_excluded", Type: TypeBool, Tables: []Class{ClassFinding}, OCSF: "unmapped.is_excluded", Doc: "An exclusion applies: it is counted and kept, and not told."},
	{ID: 333, Name: "status_detail", Type: TypeString, Search: SearchPart, Tables: []Class{ClassFinding, ClassIncident, ClassHealth, ClassSelfAudit}, OCSF: "status_detail", Doc: "Why the status or severity is as it is, in words."},
	{ID: 334, Name: "message", Type: TypeString, Search: SearchPart, Tables: []Class{ClassFinding, ClassIncident, ClassHealth, ClassSelfAudit, ClassK8sEvent, ClassAlert, ClassLog}, OCSF: "message", Doc: "What happened, in words."},
	{ID: 335, Name: "incident.uid", Type: TypeString, Search: SearchExact, Tables: []Class{ClassFinding}, OCSF: "unmapped.incident.uid", Doc: "The incident that the finding belongs to."},
	{ID: 336, Name: "finding_info.about", Type: TypeString, Tables: told, OCSF: "unmapped.finding_info.about", Doc: "What it was done to: namespace, resource and name, or a path of the API."},
	{ID: 337, Name: "action", Type: TypeString, Tables: []Class{ClassSelfAudit}, OCSF: "unmapped.action", Doc: "What was done with Lynceus: query, exclusion.add, token.create; the API's routes by name."},
	{ID: 338, Name: "role", Type: TypeString, Tables: []Class{ClassSelfAudit}, OCSF: "unmapped.role", Doc: "Role of whoever did it."},
	{ID: 339, Name: "duration_ms", Type: TypeInt, Tables: []Class{ClassSelfAudit}, OCSF: "unmapped.duration_ms", Doc: "How long it took, in milliseconds."},
	{ID: 340, Name: "assignee", Type: TypeString, Tables: []Class{ClassIncident}, OCSF: "unmapped.assignee", Doc: "Who works on the incident."},
	{ID: 341, Name: "resolution", Type: TypeString, Tables: []Class{ClassIncident}, OCSF: "unmapped.resolution", Doc: "What a closed incident was: true_positive, false_positive, expected or duplicate."},
}
