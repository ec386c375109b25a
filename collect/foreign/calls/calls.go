// Package calls says what system calls are among Lynceus' tables, for tools that
// name what they saw by the call.
package calls

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/rule/falco"
)

// activities are what system calls do, in the words of the field activity, for
// those whose table alone does not say it.
var activities = map[event.Class]map[string]string{
	event.ClassFile: words(map[string]string{
		"Open":           "open openat openat2 open_by_handle_at",
		"Create":         "creat mkdir mkdirat link linkat symlink symlinkat mknod mknodat",
		"Delete":         "rmdir",
		"Read":           "read readv pread preadv",
		"Update":         "write writev pwrite pwritev truncate ftruncate fallocate sendfile copy_file_range",
		"Set Attributes": "chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat setxattr lsetxattr fsetxattr removexattr utime utimes utimensat",
	}),
	event.ClassNetwork: words(map[string]string{
		"Socket":  "socket socketpair",
		"Listen":  "bind",
		"Traffic": "sendto sendmsg sendmmsg send recvfrom recvmsg recvmmsg recv",
		"Close":   "shutdown",
	}),
	event.ClassProcess: words(map[string]string{
		"Set User ID": "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid capset",
		"Terminate":   "exit exit_group",
	}),
}

func words(of map[string]string) map[string]string {
	out := map[string]string{}
	for activity, calls := range of {
		for call := range strings.FieldsSeq(calls) {
			out[call] = activity
		}
	}
	return out
}

// Of returns the table in which a system call shows, and what it did in the
// words of the field activity: of one without a word its name. ok is false for
// what is no system call.
func Of(name string) (table event.Class, activity string, ok bool) {
	table, activity, ok = falco.Table(name)
	if activity == "" {
		activity = name
		if a, known := activities[table][name]; known {
			activity = a
		}
	}
	return table, activity, ok
}
