package event

var (
	// foreignTables are those whose rows other people's tools can make.
	foreignTables = append([]Class{ClassK8sEvent, ClassHealth, ClassLog, ClassSpan}, runtimeTables...)
	alertTable    = []Class{ClassAlert}
	// tracedTables are those of what can be a part of a traced request.
	tracedTables = []Class{ClassNetwork, ClassDNS, ClassLog, ClassSpan, ClassAlert}
	spanTable    = []Class{ClassSpan}
	logTable     = []Class{ClassLog}
	k8sEventOnly = []Class{ClassK8sEvent}
)

// foreignFields are numbers 520 to 559: what other people's tools say that Lynceus itself does not.
var foreignFields = []Field{
	{ID: 520, Name: "metadata.log_provider", Type: TypeString, Tables: foreignTables, OCSF: "metadata.log_provider", Doc: "The tool that saw it, where that was not Lynceus itself: falco, tetragon, hubble, kubearmor, otlp, kubernetes, journald, text for a log of text, or lynceus for what it says itself of a log that it follows."},

	{ID: 521, Name: "alert.rule", Type: TypeString, Search: SearchExact | SearchFolded, Tables: alertTable, OCSF: "unmapped.alert.rule", Doc: "What the tool calls that of which it warned: Falco's rule, Tetragon's or KubeArmor's policy."},
	{ID: 522, Name: "alert.severity", Type: TypeString, Tables: alertTable, OCSF: "unmapped.alert.severity", Doc: "How severe the tool takes it to be, in the words of severity."},
	{ID: 523, Name: "alert.priority", Type: TypeString, Tables: alertTable, OCSF: "unmapped.alert.priority", Doc: "The same as the tool said it: Warning, 5."},
	{ID: 524, Name: "alert.tags", Type: TypeStrings, Tables: alertTable, OCSF: "unmapped.alert.tags[]", Doc: "Tags that its rule or policy has."},
	{ID: 525, Name: "alert.action", Type: TypeString, Tables: alertTable, OCSF: "unmapped.alert.action", Doc: "What the tool did about it, where it did something: Block, Sigkill."},
	{ID: 526, Name: "alert.event_uid", Type: TypeString, Search: SearchExact, Tables: alertTable, OCSF: "unmapped.alert.event_uid", Doc: "Identity (metadata.uid) of the event of which it warned, where that is a row of its own."},

	{ID: 530, Name: "trace.uid", Type: TypeString, Search: SearchExact | SearchFolded, Tables: tracedTables, OCSF: "unmapped.trace.uid", Doc: "Id of the trace that it is a part of: 32 hexadecimal digits, in lower case."},
	{ID: 531, Name: "trace.span.uid", Type: TypeString, Search: SearchExact | SearchFolded, Tables: tracedTables, OCSF: "unmapped.trace.span.uid", Doc: "Id of the span: 16 hexadecimal digits, in lower case."},
	{ID: 532, Name: "trace.span.parent_uid", Type: TypeString, Search: SearchExact, Tables: spanTable, OCSF: "unmapped.trace.span.parent_uid", Doc: "Id of the span that caused it."},
	{ID: 533, Name: "trace.span.operation", Type: TypeString, Search: SearchPart, Tables: spanTable, OCSF: "unmapped.trace.span.operation", Doc: "Name of the span: what was done."},
	{ID: 534, Name: "trace.span.kind", Type: TypeString, Tables: spanTable, OCSF: "unmapped.trace.span.kind", Doc: "internal, server, client, producer or consumer."},
	{ID: 535, Name: "trace.span.duration_us", Type: TypeInt, Tables: spanTable, OCSF: "unmapped.trace.span.duration_us", Doc: "How long it took, in microseconds."},
	{ID: 539, Name: "trace.span.audit_uid", Type: TypeString, Search: SearchExact, Tables: spanTable, OCSF: "unmapped.trace.span.audit_uid", Doc: "Audit ID (api.request.uid) of the API request that the span is of, as the API server says it."},
	{ID: 546, Name: "trace.span.url", Type: TypeString, Search: SearchPart, Tables: spanTable, OCSF: "unmapped.trace.span.url", Doc: "What an HTTP request asked for."},
	{ID: 536, Name: "trace.service", Type: TypeString, Search: SearchExact | SearchFolded, Tables: []Class{ClassLog, ClassSpan}, OCSF: "unmapped.trace.service", Doc: "Name of the service that told it."},
	{ID: 537, Name: "log.severity", Type: TypeString, Tables: logTable, OCSF: "unmapped.log.severity", Doc: "How severe whoever wrote the line takes it to be, in its own word."},
	{ID: 538, Name: "log.name", Type: TypeString, Search: SearchExact, Tables: logTable, OCSF: "unmapped.log.name", Doc: "What wrote the line: the instrumentation's scope, the unit of systemd, the name of the log."},

	{ID: 540, Name: "http_request.http_method", Type: TypeString, Tables: []Class{ClassNetwork, ClassSpan}, OCSF: "unmapped.http_request.http_method", Doc: "Method of the HTTP request that the flow or span is of."},
	{ID: 541, Name: "http_response.code", Type: TypeInt, Tables: []Class{ClassNetwork, ClassSpan}, OCSF: "unmapped.http_response.code", Doc: "Status of the answer to it."},
	{ID: 542, Name: "connection_info.verdict", Type: TypeString, Tables: networkTables, OCSF: "unmapped.connection_info.verdict", Doc: "What the network made of a flow, as Hubble says it: FORWARDED, DROPPED, ERROR, AUDIT, REDIRECTED."},
	{ID: 544, Name: "connection_info.reply", Type: TypeBool, Tables: networkTables, OCSF: "unmapped.connection_info.reply", Doc: "The flow goes back to whoever opened the connection."},
	{ID: 545, Name: "connection_info.http_url", Type: TypeString, Search: SearchPart, Tables: []Class{ClassNetwork}, OCSF: "unmapped.connection_info.http_url", Doc: "URL that the HTTP request of the flow asked for."},

	{ID: 550, Name: "k8s_event.reason", Type: TypeString, Search: SearchExact | SearchFolded, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.reason", Doc: "Why it was reported, in one word: FailedScheduling, BackOff, Killing."},
	{ID: 551, Name: "k8s_event.type", Type: TypeString, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.type", Doc: "Normal or Warning."},
	{ID: 552, Name: "k8s_event.count", Type: TypeInt, Tables: k8sEventOnly, OCSF: "count", Doc: "How often it has happened so far."},
	{ID: 553, Name: "k8s_event.reporter", Type: TypeString, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.reporter", Doc: "Component that reported it."},
	{ID: 554, Name: "k8s_event.change", Type: TypeString, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.change", Doc: "reported, repeated when its count grew, expired when the API server dropped it for its age, deleted when somebody took it away before; gone when it went while nobody watched."},
	{ID: 555, Name: "k8s_event.first_time", Type: TypeTime, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.first_time", Doc: "When it happened first."},
	{ID: 556, Name: "k8s_event.name", Type: TypeString, Search: SearchExact, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.name", Doc: "Name of the Event object."},
	{ID: 557, Name: "k8s_event.object_kind", Type: TypeString, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.object_kind", Doc: "Kind of the object that it is about."},
	{ID: 558, Name: "k8s_event.object", Type: TypeString, Search: SearchExact | SearchFolded, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.object", Doc: "Name of that object."},
	{ID: 559, Name: "k8s_event.object_uid", Type: TypeString, Search: SearchExact, Tables: k8sEventOnly, OCSF: "unmapped.k8s_event.object_uid", Doc: "UID of that object."},
}
