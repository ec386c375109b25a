package event

// syscallFields are numbers 256 to 319, which continue those of the node
// sensor: what rules about system calls ask besides. What describes a process
// is declared for the process of a process row and for the one that acts in
// every other table.
var syscallFields = append(append([]Field{
	{ID: 256, Name: "syscall.name", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.syscall.name", Doc: "System call by which it was done, where that is known: openat, execve, connect.", Falco: []string{"evt.type"}},
	{ID: 257, Name: "syscall.status", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.syscall.status", Doc: "SUCCESS, or the name of the error with which it ended: EACCES, ENOENT.", Falco: []string{"evt.res"}},
	{ID: 258, Name: "syscall.result", Type: TypeInt, Tables: runtimeTables, OCSF: "unmapped.syscall.result", Doc: "What it returned; below 0 the number of the error.", Falco: []string{"evt.rawres"}},
	{ID: 259, Name: "syscall.arguments", Type: TypeStrings, Tables: runtimeTables, OCSF: "unmapped.syscall.arguments", Doc: "Its arguments, each as name=value; flags by their names, joined by |.", Falco: []string{"evt.args"}},
	{ID: 260, Name: "actor.user.login_uid", Type: TypeInt, Tables: runtimeTables, OCSF: "unmapped.actor.user.login_uid", Doc: "User id with which the session was opened (audit login uid); absent without one.", Falco: []string{"user.loginuid"}},
	{ID: 261, Name: "actor.user.login_name", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.actor.user.login_name", Doc: "Name of that user.", Falco: []string{"user.loginname"}},
	{ID: 262, Name: "actor.user.group.uid", Type: TypeInt, Tables: runtimeTables, OCSF: "unmapped.actor.user.gid", Doc: "Group id the process runs with.", Falco: []string{"group.gid"}},
	{ID: 263, Name: "actor.user.group.name", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.actor.user.group.name", Doc: "Name of that group.", Falco: []string{"group.name"}},
	{ID: 264, Name: "file.type", Type: TypeString, Tables: fileTable, OCSF: "unmapped.file.type", Doc: "What the file is: file, directory, pipe, unix, event, inotify, device."},
	{ID: 265, Name: "file.parent_folder", Type: TypeString, Tables: fileTable, OCSF: "file.parent_folder", Doc: "Path of the directory that contains it.", Falco: []string{"fd.directory"}},
	{ID: 266, Name: "file.open_read", Type: TypeBool, Tables: fileTable, OCSF: "unmapped.file.open_read", Doc: "It was opened to be read.", Falco: []string{"evt.is_open_read"}},
	{ID: 267, Name: "file.open_write", Type: TypeBool, Tables: fileTable, OCSF: "unmapped.file.open_write", Doc: "It was opened to be written.", Falco: []string{"evt.is_open_write"}},
	{ID: 268, Name: "file.open_exec", Type: TypeBool, Tables: fileTable, OCSF: "unmapped.file.open_exec", Doc: "It was created with the right to be executed.", Falco: []string{"evt.is_open_exec"}},
	{ID: 269, Name: "file.descriptor", Type: TypeInt, Tables: fileTable, OCSF: "unmapped.file.descriptor", Doc: "Descriptor that the process got or used; -1 where it got none."},
	{ID: 270, Name: "connection_info.family", Type: TypeString, Tables: networkTables, OCSF: "unmapped.connection_info.family", Doc: "Kind of the socket: ipv4, ipv6, unix or packet."},
	{ID: 271, Name: "connection_info.socket_path", Type: TypeString, Search: SearchPart, Tables: networkTables, OCSF: "unmapped.connection_info.socket_path", Doc: "Path of a unix socket."},
	{ID: 272, Name: "container.image.repository", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.container.image.repository", Doc: "Image the container was made from, without tag and digest.", Falco: []string{"container.image.repository"}},
	{ID: 273, Name: "container.image.tag", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.container.image.tag", Doc: "Tag of that image.", Falco: []string{"container.image.tag"}},
	{ID: 275, Name: "connection_info.connected", Type: TypeBool, Tables: networkTables, OCSF: "unmapped.connection_info.connected", Doc: "The socket was connected to its peer before anything was sent.", Falco: []string{"fd.connected"}},
	{ID: 290, Name: "connection_info.new_peer", Type: TypeBool, Tables: networkTables, OCSF: "unmapped.connection_info.new_peer", Doc: "It is the first that this socket has to do with this peer.", Falco: []string{"fd.name_changed"}},
	{ID: 291, Name: "process.ancestry.exe", Type: TypeStrings, Tables: processTable, OCSF: "unmapped.process.ancestry.exe", Doc: "First arguments of its ancestors, the parent first.", Falco: []string{"proc.aexe"}},
	{ID: 292, Name: "actor.process.ancestry.exe", Type: TypeStrings, Tables: runtimeTables, OCSF: "unmapped.actor.process.ancestry.exe", Doc: "First arguments of its ancestors, the parent first."},
	{ID: 380, Name: "process.duration", Type: TypeInt, Tables: processTable, OCSF: "unmapped.process.duration", Doc: "How long the process had run when it happened, in nanoseconds.", Falco: []string{"proc.duration"}},
	{ID: 381, Name: "actor.process.duration", Type: TypeInt, Tables: runtimeTables, OCSF: "unmapped.actor.process.duration", Doc: "How long the acting process had run, in nanoseconds."},
	{ID: 274, Name: "container.privileged", Type: TypeBool, Tables: runtimeTables, OCSF: "unmapped.container.privileged", Doc: "The container runs privileged.", Falco: []string{"container.privileged"}},
}, processFields("process", 276, processTable)...), append(processFields("actor.process", 296, runtimeTables), actorProcessFields...)...)

// processFields are the fields of a process under one prefix.
func processFields(prefix string, base FieldID, tables []Class) []Field {
	out := []Field{
		{Name: ".exe", Type: TypeString, Doc: "First of its arguments: its name as whoever started it gave it.", Falco: []string{"proc.exe"}},
		{Name: ".arguments", Type: TypeString, Search: SearchPart, Doc: "Its arguments after the first, joined by blanks.", Falco: []string{"proc.args"}},
		{Name: ".environment", Type: TypeStrings, Doc: "Its environment variables, each as NAME=value, as far as they are collected.", Falco: []string{"proc.env"}},
		{Name: ".ancestry.name", Type: TypeStrings, Doc: "Names of its ancestors, the parent first.", Falco: []string{"proc.aname"}},
		{Name: ".ancestry.path", Type: TypeStrings, OCSF: ".lineage", Doc: "Paths of their programs, in the same order.", Falco: []string{"proc.aexepath"}},
		{Name: ".ancestry.cmd_line", Type: TypeStrings, Doc: "Their programs and arguments, in the same order.", Falco: []string{"proc.acmdline"}},
		{Name: ".session.leader", Type: TypeString, Doc: "Name of the process that leads its session.", Falco: []string{"proc.sname"}},
		{Name: ".namespace_pid", Type: TypeInt, Doc: "Its process id in its own namespace.", Falco: []string{"proc.vpid"}},
		{Name: ".group_leader", Type: TypeBool, Doc: "It leads its process group.", Falco: []string{"proc.is_vpgid_leader"}},
		{Name: ".file.upper_layer", Type: TypeBool, Doc: "Its program is not of the image: it was written after the container started.", Falco: []string{"proc.is_exe_upper_layer"}},
		{Name: ".file.memory_only", Type: TypeBool, Doc: "Its program is a file that exists in memory only.", Falco: []string{"proc.is_exe_from_memfd"}},
		{Name: ".capabilities.effective", Type: TypeStrings, Doc: "Capabilities in force, as CAP_SYS_ADMIN.", Falco: []string{"thread.cap_effective"}},
		{Name: ".capabilities.permitted", Type: TypeStrings, Doc: "Capabilities it may put in force.", Falco: []string{"thread.cap_permitted"}},
		{Name: ".parent_process.exe", Type: TypeString, Doc: "First of the parent's arguments.", Falco: []string{"proc.pexe"}},
	}
	for i := range out {
		f := &out[i]
		f.ID, f.Name, f.Tables = base+FieldID(i), prefix+f.Name, tables
		if f.OCSF == "" {
			f.OCSF = "unmapped." + f.Name
		} else {
			f.OCSF = prefix + f.OCSF
		}
		if prefix != "process" {
			f.Falco = nil // the name means the process of the row, whichever that is
		}
	}
	return out
}

// actorProcessFields are what runtimeFields has of process.* only.
var actorProcessFields = []Field{
	{ID: 310, Name: "actor.process.name", Type: TypeString, Tables: runtimeTables, OCSF: "actor.process.name", Doc: "Name of the acting process (comm)."},
	{ID: 311, Name: "actor.process.working_directory", Type: TypeString, Tables: runtimeTables, OCSF: "actor.process.working_directory", Doc: "Its working directory."},
	{ID: 312, Name: "actor.process.tty", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.actor.process.tty", Doc: "Terminal it is attached to."},
	{ID: 313, Name: "actor.process.parent_process.file.path", Type: TypeString, Search: SearchPart, Tables: runtimeTables, OCSF: "actor.process.parent_process.file.path", Doc: "Path of its parent's program."},
	{ID: 314, Name: "actor.process.parent_process.cmd_line", Type: TypeString, Search: SearchPart, Tables: runtimeTables, OCSF: "actor.process.parent_process.cmd_line", Doc: "Program and arguments of its parent."},
	{ID: 315, Name: "actor.process.parent_process.name", Type: TypeString, Tables: runtimeTables, OCSF: "actor.process.parent_process.name", Doc: "Name of its parent (comm)."},
	{ID: 316, Name: "actor.process.parent_process.pid", Type: TypeInt, Tables: runtimeTables, OCSF: "actor.process.parent_process.pid", Doc: "Process id of its parent."},
}
