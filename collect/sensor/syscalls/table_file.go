package syscalls

import "github.com/lynceus-io/lynceus/event"

// fileCalls are those of table file.
var fileCalls = []group{
	{event.ClassFile, "Open", []line{
		{"open", "name:name flags:open mode:mode", Condition{}},
		{"openat", "dirfd:dir name:name flags:open mode:mode", Condition{}},
		{"openat2", "dirfd:dir name:name how:how size:uint", Condition{}},
		{"creat", "name:name mode:mode", Condition{}},
		{"open_by_handle_at", "mountfd:dir -:- flags:open", Condition{}},
	}},
	{event.ClassFile, "Rename", []line{
		{"rename", "oldpath:path newpath:path", Condition{Failed: true}},
		{"renameat", "olddirfd:dir oldpath:path newdirfd:dir newpath:path", Condition{Failed: true}},
		{"renameat2", "olddirfd:dir oldpath:path newdirfd:dir newpath:path flags:rename", Condition{Failed: true}},
	}},
	{event.ClassFile, "Delete", []line{
		{"unlink", "path:path", Condition{Failed: true}},
		{"unlinkat", "dirfd:dir name:path flags:at", Condition{Failed: true}},
		{"rmdir", "path:path", Condition{Failed: true}},
	}},
	{event.ClassFile, "Create", []line{
		{"link", "oldpath:path newpath:path", Condition{Failed: true}},
		{"linkat", "olddirfd:dir oldpath:path newdirfd:dir newpath:path flags:at", Condition{Failed: true}},
		{"symlink", "target:text linkpath:path", Condition{Failed: true}},
		{"symlinkat", "target:text linkdirfd:dir linkpath:path", Condition{Failed: true}},
		{"mkdir", "path:path mode:mode", Condition{Failed: true}},
		{"mkdirat", "dirfd:dir path:path mode:mode", Condition{Failed: true}},
		{"mknod", "path:path mode:mode dev:hex", Condition{Failed: true}},
		{"mknodat", "dirfd:dir path:path mode:mode dev:hex", Condition{Failed: true}},
	}},
	{event.ClassFile, "Set Attributes", []line{
		{"chmod", "filename:path mode:mode", Condition{Failed: true}},
		{"fchmod", "fd:fd mode:mode", Condition{Failed: true}},
		{"fchmodat", "dirfd:dir filename:path mode:mode", Condition{Failed: true}},
		{"fchmodat2", "dirfd:dir filename:path mode:mode flags:at", Condition{Failed: true}},
		{"chown", "path:path uid:id gid:id", Condition{Failed: true}},
		{"lchown", "path:path uid:id gid:id", Condition{Failed: true}},
		{"fchown", "fd:fd uid:id gid:id", Condition{Failed: true}},
		{"fchownat", "dirfd:dir pathname:path uid:id gid:id flags:at", Condition{Failed: true}},
		{"utime", "path:path times:hex", Condition{Failed: true}},
		{"utimes", "path:path times:hex", Condition{Failed: true}},
		{"utimensat", "dirfd:dir path:path times:hex flags:at", Condition{Failed: true}},
		{"setxattr", "path:path name:text -:- size:uint", Condition{Failed: true}},
		{"lsetxattr", "path:path name:text -:- size:uint", Condition{Failed: true}},
		{"fsetxattr", "fd:fd name:text -:- size:uint", Condition{Failed: true}},
	}},
	{event.ClassFile, "Update", []line{
		{"truncate", "path:path length:uint", Condition{Failed: true}},
		{"ftruncate", "fd:fd length:uint", Condition{Failed: true}},
	}},
	{event.ClassFile, "Duplicate", []line{ // of a socket onto standard input or output, as reverse shells do
		{"dup", "fd:fd", Condition{Families: []uint{2, 10}, Argument: ArgumentResult, Among: []uint{0, 1, 2}}},
		{"dup2", "oldfd:fd newfd:int", Condition{Families: []uint{2, 10}, Argument: ArgumentResult, Among: []uint{0, 1, 2}}},
		{"dup3", "oldfd:fd newfd:int flags:open", Condition{Families: []uint{2, 10}, Argument: ArgumentResult, Among: []uint{0, 1, 2}}},
	}},
}
