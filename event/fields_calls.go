package event

// callFields are numbers 440 to 459: what the node sensor says of files and
// system calls besides what rules of other tools ask for.
var callFields = []Field{
	{ID: 440, Name: "file.path_claimed", Type: TypeBool, Tables: fileTable, OCSF: "unmapped.file.path_claimed", Doc: "The path is what the caller of the system call wrote, from a directory that the kernel resolved: symbolic links in it are not followed, and the caller can have changed it meanwhile."},
	{ID: 441, Name: "file.previous_path", Type: TypeString, Search: SearchPart, Tables: fileTable, OCSF: "unmapped.file.previous_path", Doc: "Path that the file had before it was renamed."},
	{ID: 442, Name: "file.target", Type: TypeString, Search: SearchPart, Tables: fileTable, OCSF: "unmapped.file.target", Doc: "What a link was made to: as it was written, for a symbolic one."},
	{ID: 443, Name: "file.unlinked", Type: TypeBool, Tables: fileTable, OCSF: "unmapped.file.unlinked", Doc: "The file has no name any more, or never had one."},
	{ID: 444, Name: "file.inode", Type: TypeInt, Tables: fileTable, OCSF: "unmapped.file.inode", Doc: "Number of the file on its device."},
	{ID: 445, Name: "file.device", Type: TypeString, Tables: fileTable, OCSF: "unmapped.file.device", Doc: "Device that the file is on, as major:minor."},
	{ID: 449, Name: "file.mounted_path", Type: TypeString, Search: SearchPart, Tables: fileTable, OCSF: "unmapped.file.mounted_path", Doc: "Path by which the file was opened, where file.path is its path within the file system of the node or of the container: it is mounted in a second place."},
	{ID: 446, Name: "syscall.interface", Type: TypeString, Tables: runtimeTables, OCSF: "unmapped.syscall.interface", Doc: "By what the call was made, where it was no ordinary one: io_uring, or compat for a program of 32 bits."},
	{ID: 447, Name: "process.previous_uid", Type: TypeInt, Tables: processTable, OCSF: "unmapped.process.previous_uid", Doc: "Effective user id before it changed."},
	{ID: 448, Name: "process.capabilities.gained", Type: TypeStrings, Tables: processTable, OCSF: "unmapped.process.capabilities.gained", Doc: "Capabilities in force that were not before the change."},
	{ID: 450, Name: "process.network_streams", Type: TypeStrings, Tables: processTable, OCSF: "unmapped.process.network_streams", Doc: "Which of its standard streams were sockets of IPv4 or IPv6, other than ones that listen, when it began to run its program: stdin, stdout, stderr."},
}
