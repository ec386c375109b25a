package event

var healthTable = []Class{ClassHealth}

// coverageFields are numbers 430 to 439 and 500 to 519: what is said of a source of events in the table health, each
// count since the same was said last. What is absent cannot be told. docs/coverage.md says how rows fit together.
var coverageFields = []Field{
	{ID: 430, Name: "coverage.seen", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.seen", Doc: "Events that the source handed on or gave up, since it reported last."},
	{ID: 431, Name: "coverage.lost", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.lost", Doc: "What was lost and nobody chose to: no room in the kernel's ring, a hook that was at work already, a record or document that cannot be read."},
	{ID: 432, Name: "coverage.shed", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.shed", Doc: "Events that were given up because more came than could be handed on."},
	{ID: 433, Name: "coverage.unresolved", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.unresolved", Doc: "Events of containers that were handed on without the container's names."},
	{ID: 434, Name: "coverage.table", Type: TypeString, Tables: healthTable, OCSF: "unmapped.coverage.table", Doc: "Table of the events that were given up, where a row tells of one container; absent in the sum over all."},
	{ID: 435, Name: "coverage.starts", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.starts", Doc: "How often the source was started since its keeper was; more than 1 when it ended by itself."},
	{ID: 500, Name: "coverage.kind", Type: TypeString, Tables: healthTable, OCSF: "unmapped.coverage.kind", Doc: "What the row is: account (all that a source did between two times), part (of an account: one pod group's and table's), absent (nothing came of the source between two times), ended (the source is no more), trial (a row that is sent to see whether it arrives), canary (what became of a trial). Absent for other news."},
	{ID: 501, Name: "coverage.role", Type: TypeString, Tables: healthTable, OCSF: "unmapped.coverage.role", Doc: "What kind of source it is: sensor, audit, inventory, hub or other."},
	{ID: 502, Name: "coverage.source", Type: TypeString, Search: SearchExact, Tables: healthTable, OCSF: "unmapped.coverage.source", Doc: "Name of the source that the row is about; it is one of its cluster and node. metadata.source says who reports."},
	{ID: 503, Name: "coverage.from", Type: TypeTime, Tables: healthTable, OCSF: "unmapped.coverage.from", Doc: "When the time begins that the row accounts for, by the clock of whoever reports; time is when it ends."},
	{ID: 504, Name: "coverage.missing_ring", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.missing_ring", Doc: "Of what was lost or shed, what went missing between the kernel and the sensor."},
	{ID: 505, Name: "coverage.missing_queue", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.missing_queue", Doc: "Of what was lost or shed, what went missing in the sensor's memory."},
	{ID: 506, Name: "coverage.missing_spool", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.missing_spool", Doc: "Of what was lost or shed, what went missing on the sensor's disk."},
	{ID: 507, Name: "coverage.missing_bus", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.missing_bus", Doc: "Of what was lost or shed, what went missing on the hub's bus: messages that are gone or cannot be read."},
	{ID: 508, Name: "coverage.missing_parse", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.missing_parse", Doc: "Of what was lost or shed, what could not be read as an event: documents, records."},
	{ID: 509, Name: "coverage.filtered", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.filtered", Doc: "Records that reached the source and were left out since nobody wants them."},
	{ID: 510, Name: "coverage.sampled", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.sampled", Doc: "Events that stand for others like them, which were left out on purpose."},
	{ID: 511, Name: "coverage.stored", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.stored", Doc: "Events of the source that the hub stored."},
	{ID: 512, Name: "coverage.repeated", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.repeated", Doc: "Events of the source that had come before and were not stored again."},
	{ID: 513, Name: "coverage.delay_ms", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.delay_ms", Doc: "How long the slowest event took from when it happened until it was stored, in milliseconds; of a canary, how long it took until a query found it."},
	{ID: 514, Name: "coverage.clock_offset_ms", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.clock_offset_ms", Doc: "By how much the source's clock is ahead of the hub's, in milliseconds; negative where it is behind."},
	{ID: 515, Name: "coverage.waiting_bytes", Type: TypeInt, Tables: healthTable, OCSF: "unmapped.coverage.waiting_bytes", Doc: "Bytes that wait at the source to be handed on, in memory and on disk."},
	{ID: 516, Name: "coverage.oldest", Type: TypeTime, Tables: healthTable, OCSF: "unmapped.coverage.oldest", Doc: "When the oldest event happened that waits there."},
	{ID: 517, Name: "finding_info.types", Type: TypeStrings, Tables: []Class{ClassFinding}, OCSF: "unmapped.finding_info.types[]", Doc: "health marks a finding that no rule made: something is not seen that should be. Absent for all others."},
}
