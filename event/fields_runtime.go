package event

var (
	processTable  = []Class{ClassProcess}
	fileTable     = []Class{ClassFile}
	networkTables = []Class{ClassNetwork, ClassDNS}
	// runtimeTables are those of what programs on nodes do. What another tool warns of is mostly that, too.
	runtimeTables = []Class{ClassProcess, ClassFile, ClassNetwork, ClassDNS, ClassKernel, ClassModule, ClassMemory, ClassAlert}
	// containerTables are those of what happens in containers.
	containerTables = append([]Class{ClassLog, ClassSpan}, runtimeTables...)
)

// runtimeFields are numbers 192 to 319: what the node sensor sees. The
// process of a "process" row is process.*, the one that acts in every other
// table is actor.process.*.
var runtimeFields = []Field{
	{ID: 192, Name: "activity", Type: TypeString, Tables: runtimeTables, OCSF: "activity_name", Doc: "What was done, in OCSF's words: Launch, Terminate, Open, Create, Delete, Rename, Set Attributes. Running for a process that ran before anybody looked."},
	{ID: 193, Name: "process.file.path", Type: TypeString, Search: SearchPart, Tables: processTable, OCSF: "process.file.path", Doc: "Path of the program that runs.", Sigma: []string{"process_creation:Image"}, Falco: []string{"proc.exepath"}},
	{ID: 194, Name: "process.name", Type: TypeString, Tables: processTable, OCSF: "process.name", Doc: "Name of the process (comm).", Sigma: []string{"process_creation:ProcessName"}, Falco: []string{"proc.name"}},
	{ID: 195, Name: "process.cmd_line", Type: TypeString, Search: SearchPart, Tables: processTable, OCSF: "process.cmd_line", Doc: "Program and arguments joined by blanks.", Sigma: []string{"process_creation:CommandLine"}, Falco: []string{"proc.cmdline"}},
	{ID: 196, Name: "process.pid", Type: TypeInt, Tables: processTable, OCSF: "process.pid", Doc: "Process id in the root namespace.", Sigma: []string{"process_creation:ProcessId"}, Falco: []string{"proc.pid"}},
	{ID: 197, Name: "process.uid", Type: TypeString, Search: SearchExact, Tables: processTable, OCSF: "process.uid", Doc: "Identity of the process: cluster, node, boot, tgid and start time of its leader.", Sigma: []string{"process_creation:ProcessGuid"}},
	{ID: 198, Name: "process.exec_id", Type: TypeInt, Tables: processTable, OCSF: "unmapped.process.exec_id", Doc: "How many programs the process has run, this one included."},
	{ID: 199, Name: "process.working_directory", Type: TypeString, Tables: processTable, OCSF: "process.working_directory", Doc: "Working directory at its start.", Sigma: []string{"process_creation:CurrentDirectory"}, Falco: []string{"proc.cwd"}},
	{ID: 200, Name: "process.file.hash.sha256", Type: TypeString, Search: SearchExact | SearchFolded, Tables: processTable, OCSF: "process.file.hashes[0].value", Doc: "SHA-256 of the program, in hexadecimal.", Sigma: []string{"process_creation:sha256"}},
	{ID: 201, Name: "process.user.uid", Type: TypeInt, Tables: processTable, OCSF: "process.user.uid", Doc: "User id it runs as, the effective one; 0 is root.", Sigma: []string{"process_creation:UserId"}},
	{ID: 202, Name: "process.tty", Type: TypeString, Tables: processTable, OCSF: "unmapped.process.tty", Doc: "Terminal it is attached to.", Sigma: []string{"process_creation:TerminalSessionId"}, Falco: []string{"proc.tty"}},
	{ID: 203, Name: "process.parent_process.file.path", Type: TypeString, Search: SearchPart, Tables: processTable, OCSF: "process.parent_process.file.path", Doc: "Path of the parent's program.", Sigma: []string{"process_creation:ParentImage"}, Falco: []string{"proc.pexepath"}},
	{ID: 204, Name: "process.parent_process.cmd_line", Type: TypeString, Search: SearchPart, Tables: processTable, OCSF: "process.parent_process.cmd_line", Doc: "Program and arguments of the parent.", Sigma: []string{"process_creation:ParentCommandLine"}, Falco: []string{"proc.pcmdline"}},
	{ID: 205, Name: "process.parent_process.name", Type: TypeString, Tables: processTable, OCSF: "process.parent_process.name", Doc: "Name of the parent (comm).", Sigma: []string{"process_creation:ParentProcessName"}, Falco: []string{"proc.pname"}},
	{ID: 206, Name: "process.parent_process.pid", Type: TypeInt, Tables: processTable, OCSF: "process.parent_process.pid", Doc: "Process id of the parent.", Sigma: []string{"process_creation:ParentProcessId"}, Falco: []string{"proc.ppid"}},
	{ID: 207, Name: "process.session.uid", Type: TypeString, Tables: processTable, OCSF: "process.session.uid", Doc: "Session (login) it belongs to.", Sigma: []string{"process_creation:LogonId"}},
	{ID: 208, Name: "process.parent_process.user.name", Type: TypeString, Tables: processTable, OCSF: "process.parent_process.user.name", Doc: "User the parent runs as.", Sigma: []string{"process_creation:ParentUser"}},
	{ID: 209, Name: "exit_code", Type: TypeInt, Tables: processTable, OCSF: "exit_code", Doc: "What the process returned when it ended; absent when a signal ended it."},
	{ID: 210, Name: "exit_signal", Type: TypeInt, Tables: processTable, OCSF: "unmapped.exit_signal", Doc: "Number of the signal that ended the process."},
	{ID: 211, Name: "process.parent_process.uid", Type: TypeString, Search: SearchExact, Tables: processTable, OCSF: "process.parent_process.uid", Doc: "Identity of the process that made it, which may have ended long ago.", Sigma: []string{"process_creation:ParentProcessGuid"}},
	{ID: 212, Name: "process.created_time", Type: TypeTime, Tables: processTable, OCSF: "process.created_time", Doc: "When the process was made, by its first thread."},
	{ID: 214, Name: "process.gid", Type: TypeInt, Tables: processTable, OCSF: "unmapped.process.gid", Doc: "Group id it runs as, the effective one."},
	{ID: 216, Name: "process.real_uid", Type: TypeInt, Tables: processTable, OCSF: "unmapped.process.real_uid", Doc: "Real user id: who started it, where process.user.uid is the effective one."},
	{ID: 218, Name: "process.file.unlinked", Type: TypeBool, Tables: processTable, OCSF: "unmapped.process.file.unlinked", Doc: "The program's file has no name any more, or never had one."},

	{ID: 220, Name: "actor.process.file.path", Type: TypeString, Search: SearchPart, Tables: runtimeTables, OCSF: "actor.process.file.path", Doc: "Path of the acting process's program.", Sigma: []string{"file_event:Image", "network_connection:Image", "dns_query:Image"}},
	{ID: 221, Name: "actor.process.cmd_line", Type: TypeString, Search: SearchPart, Tables: runtimeTables, OCSF: "actor.process.cmd_line", Doc: "Program and arguments of the acting process.", Sigma: []string{"file_event:CommandLine", "network_connection:CommandLine", "dns_query:CommandLine"}},
	{ID: 222, Name: "actor.process.pid", Type: TypeInt, Tables: runtimeTables, OCSF: "actor.process.pid", Doc: "Process id of the acting process.", Sigma: []string{"file_event:ProcessId", "network_connection:ProcessId", "dns_query:ProcessId"}},
	{ID: 223, Name: "actor.process.uid", Type: TypeString, Search: SearchExact, Tables: runtimeTables, OCSF: "actor.process.uid", Doc: "Identity of the acting process.", Sigma: []string{"file_event:ProcessGuid", "network_connection:ProcessGuid", "dns_query:ProcessGuid"}},

	{ID: 230, Name: "file.path", Type: TypeString, Search: SearchPart, Tables: fileTable, OCSF: "file.path", Doc: "Path of the file, as the kernel resolved it.", Sigma: []string{"file_event:TargetFilename"}, Falco: []string{"fd.name"}},
	{ID: 231, Name: "file.name", Type: TypeString, Tables: fileTable, OCSF: "file.name", Doc: "Last part of that path.", Falco: []string{"fd.filename"}},

	{ID: 240, Name: "connection_info.protocol_name", Type: TypeString, Tables: networkTables, OCSF: "connection_info.protocol_name", Doc: "tcp, udp, icmp, sctp.", Sigma: []string{"network_connection:Protocol", "connection:network.transport"}, Falco: []string{"fd.l4proto"}},
	{ID: 241, Name: "connection_info.initiated", Type: TypeBool, Tables: networkTables, OCSF: "unmapped.connection_info.initiated", Doc: "The observed side opened the connection.", Sigma: []string{"network_connection:Initiated"}},
	{ID: 242, Name: "query.hostname", Type: TypeString, Search: SearchExact | SearchFolded | SearchPart, Tables: []Class{ClassDNS}, OCSF: "query.hostname", Doc: "Name that was asked for.", Sigma: []string{"dns_query:QueryName", "dns:query", "dns:dns.question.name"}},
	{ID: 243, Name: "query.type", Type: TypeString, Tables: []Class{ClassDNS}, OCSF: "query.type", Doc: "Record type that was asked for.", Sigma: []string{"dns:record_type", "dns:dns.question.type"}},
	{ID: 244, Name: "answers", Type: TypeStrings, Tables: []Class{ClassDNS}, OCSF: "answers[].rdata", Doc: "Answers.", Sigma: []string{"dns_query:QueryResults", "dns:answer", "dns:dns.answers.data"}},
	{ID: 245, Name: "traffic.bytes_in", Type: TypeInt, Tables: []Class{ClassNetwork}, OCSF: "traffic.bytes_in", Doc: "Bytes that the observed side received."},
	{ID: 246, Name: "traffic.bytes_out", Type: TypeInt, Tables: []Class{ClassNetwork}, OCSF: "traffic.bytes_out", Doc: "Bytes that the observed side sent."},

	{ID: 250, Name: "container.uid", Type: TypeString, Search: SearchExact, Tables: containerTables, OCSF: "unmapped.container.uid", Doc: "Id of the container, as its runtime gave it.", Falco: []string{"container.full_id"}},
	{ID: 251, Name: "container.name", Type: TypeString, Tables: containerTables, OCSF: "unmapped.container.name", Doc: "Name of the container within its pod.", Falco: []string{"container.name"}},
	{ID: 252, Name: "container.image.name", Type: TypeString, Tables: containerTables, OCSF: "unmapped.container.image.name", Doc: "Image the container was made from, with registry and tag.", Falco: []string{"container.image"}},
	{ID: 253, Name: "container.image.uid", Type: TypeString, Search: SearchExact, Tables: runtimeTables, OCSF: "unmapped.container.image.uid", Doc: "Digest of that image.", Falco: []string{"container.image.digest"}},
}
