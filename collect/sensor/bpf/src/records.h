/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is sent to user space. All numbers are little-endian and stand where their size wants them; package record reads
 * the same layout. A record is a fixed part and, after it, the bytes that its lengths announce. */
#ifndef LYNCEUS_RECORDS_H
#define LYNCEUS_RECORDS_H

#include "helpers.h"

enum kind {
	KIND_FORK = 1,
	KIND_EXEC = 2,
	KIND_EXIT = 3,
	KIND_TASK = 4,
	KIND_CGROUP = 5,
};

struct head {
	__u32 kind;
	__u32 size; /* of the whole record */
	__u64 time; /* nanoseconds since the boot, suspension included */
};

/* A new process; threads are not told. Its parent is who made it. */
struct fork_record {
	struct head head;
	__u32 parent;
	__u32 child;
	__u64 parent_start;
	__u64 child_start;
	__u64 exec_base; /* the child's self_exec_id before any exec of its own */
	__u64 cgroup;
};

enum program_flags {
	EXE_CUT = 1 << 0,         /* the path's beginning is missing */
	EXE_UNREACHABLE = 1 << 1, /* the path's beginning is no root */
	EXE_NAMELESS = 1 << 2,    /* a memfd or the like: a name, but in no directory */
	EXE_UNLINKED = 1 << 3,    /* its name has been removed */
	CWD_CUT = 1 << 4,
	CWD_UNREACHABLE = 1 << 5,
	CWD_NAMELESS = 1 << 6,
	CWD_UNLINKED = 1 << 7,
	ARGS_CUT = 1 << 8,        /* the middle of the arguments is missing */
	ARGS_UNREADABLE = 1 << 9,
	KERNEL_THREAD = 1 << 10,
	NEVER_EXECUTED = 1 << 11, /* runs the program of who forked it */
};

#define PATH_BYTES 4096
#define NAME_BYTES 256 /* the longest name of a file and its NUL */
#define ARGS_HEAD 12288
#define ARGS_TAIL 4096
#define ARGS_BYTES (ARGS_HEAD + ARGS_TAIL)
#define TTY_BYTES 16
#define COMM_BYTES 16

/* A process as it is at its exec (KIND_EXEC), or as it was found running (KIND_TASK, without arguments). */
struct program_record {
	struct head head;
	__u32 tgid;
	__u32 thread; /* who called exec, before it became the leader; of KIND_TASK, the process as the reader sees it */
	__u64 start;  /* of the leader, in nanoseconds since the boot */
	__u32 parent;
	__u32 vpid; /* its number in its own PID namespace */
	__u64 parent_start;
	__u64 exec_id;
	__u64 cgroup;
	__u64 caps; /* effective */
	__u32 euid;
	__u32 uid;
	__u32 egid;
	__u32 loginuid;
	__u32 session;
	__u32 flags;
	__u64 args_total; /* bytes of all arguments, those left out included */
	__u32 exe_len;    /* names from the file upwards, each ended by NUL */
	__u32 cwd_len;    /* the same */
	__u32 args_len;   /* arguments, each ended by NUL */
	__u32 used;       /* of the tail */
	char comm[COMM_BYTES];
	char tty[TTY_BYTES];
	/* In the scratch memory. What is sent ends with the last argument. The last name may begin at PATH_BYTES. */
	char tail[2 * (PATH_BYTES + NAME_BYTES) + ARGS_BYTES];
};

/* The last thread of a process has ended. */
struct exit_record {
	struct head head;
	__u32 tgid;
	__u32 status; /* as wait(2) gives it */
	__u64 start;
	__u64 exec_id;
	__u64 cgroup;
	char comm[COMM_BYTES];
};

#define CGROUP_NAMES 16 /* from the root downwards; deeper ones are left out */

/* The names of a cgroup that a later record will speak of by its id. */
struct cgroup_record {
	struct head head;
	__u64 id;
	__u32 path_len; /* names from the cgroup upwards, each ended by NUL */
	__u32 cut;      /* 1 when not even the way to the root was found */
	char tail[CGROUP_NAMES * NAME_BYTES];
};

#endif
