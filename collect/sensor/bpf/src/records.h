/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is sent to user space. All numbers are little-endian and stand where their size wants them; package record reads
 * the same layout. A record is a fixed part and, after it, the bytes that its lengths announce. */
#ifndef LYNCEUS_RECORDS_H
#define LYNCEUS_RECORDS_H

#include "helpers.h"

/* 10 to 19 are for system calls and files, 20 to 29 for the network, 30 to 39 for what is stopped. */
enum kind {
	KIND_FORK = 1,
	KIND_EXEC = 2,
	KIND_EXIT = 3,
	KIND_TASK = 4,
	KIND_CGROUP = 5,
	KIND_CALL = 10,
	KIND_STOP = 30,
};

struct head {
	__u32 kind;
	__u32 size; /* of the whole record */
	__u64 time; /* nanoseconds since the boot, suspension included */
};

/* Who did what a record tells: the second part of each record of an act. */
struct actor {
	__u32 tgid;
	__u32 thread;
	__u64 start; /* of the leader, in nanoseconds since the boot */
	__u64 cgroup;
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
	STDIN_NETWORK = 1 << 12,  /* descriptor 0 is a socket of IPv4 or IPv6 that does not listen; the next two bits, 1 and 2 */
};

/* Where a program's file is. */
enum mount_flags {
	MOUNT_ROOT = 1 << 0,  /* on the mount that is the process's root */
	LAYER_UPPER = 1 << 1, /* of an overlay: it was written or changed after that was mounted */
	LAYER_LOWER = 1 << 2, /* and has an original below, or this kernel does not let that be seen */
	LAYER_META = 1 << 3,  /* of which it has the content: only owner, mode or attributes were changed */
};

#define PATH_BYTES 4096
#define NAME_BYTES 256 /* the longest name of a file and its NUL */
#define ARGS_HEAD 12288
#define ARGS_TAIL 4096
#define ARGS_BYTES (ARGS_HEAD + ARGS_TAIL)
#define ENVIRONMENT_BYTES 4096 /* a value of a map for each processor has 32 KiB at most */
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
	__u64 exe_inode;
	__u64 exe_size;
	__u64 exe_changed; /* time of the last change, in nanoseconds since 1970 */
	__u32 exe_device;
	__u32 exe_magic; /* of its file system */
	__u32 level;     /* of its PID namespace, 0 for the root */
	__u32 mount_flags;
	char comm[COMM_BYTES];
	char tty[TTY_BYTES];
	__u64 permitted;       /* capabilities */
	__u32 group;           /* the number of its process group's leader */
	__u32 environment_len; /* the first variables, each ended by NUL, if they are wanted */
	/* In the scratch memory. What is sent ends with the last variable. The last name may begin at PATH_BYTES. */
	char tail[2 * (PATH_BYTES + NAME_BYTES) + ARGS_BYTES + ENVIRONMENT_BYTES];
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

enum call_flags {
	/* 4 bits for each place, those of the path of a program: EXE_CUT and so on */
	CALL_COMPAT = 1 << 8,     /* called as a program of 32 bits does; number and arguments are those of that machine */
	CALL_RING = 1 << 9,       /* done by io_uring; number is that of the operation */
	CALL_FILE = 1 << 10,      /* what is said of the file is of one */
	CALL_UNREADABLE = 1 << 11, /* one of the texts, or the data, could not be read */
};

#define CALL_ARGUMENTS 6
#define CALL_PLACES 2
#define CALL_TEXTS 3
#define TEXT_BYTES 4096
#define DATA_BYTES 128

/* A system call that has returned. */
struct call_record {
	struct head head;
	struct actor actor;
	__s64 result;
	__u64 args[CALL_ARGUMENTS];
	__u32 number;
	__u32 flags;
	__u32 file_flags; /* struct file: f_flags and f_mode */
	__u32 file_mode;
	__u32 inode_mode;
	__u32 device;
	__u64 inode;
	__u64 caps; /* of the task after the call: effective */
	__u32 euid;
	__u32 uid;
	__u32 egid;
	__u32 family; /* of a file that is a socket */
	__u32 places[CALL_PLACES]; /* bytes of the names of a file, or of one or two directories */
	__u32 texts[CALL_TEXTS];   /* bytes of what arguments point to, as it was when the call returned */
	__u32 data;
	__u32 used; /* of the tail */
	__u32 spare;
	/* In the scratch memory. What is sent ends with the data. */
	char tail[CALL_PLACES * (PATH_BYTES + NAME_BYTES) + CALL_TEXTS * TEXT_BYTES + DATA_BYTES];
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

enum stop_what {
	STOP_EXEC = 1,   /* a program was about to run its first instruction */
	STOP_MARKED = 2, /* a process of a container that is to end did something */
	STOP_CONNECT = 3, /* a socket was about to be connected, or to send to an address */
};

/* Policies matched what the actor did. Each has a bit in the masks. */
struct stop_record {
	struct head head;
	struct actor actor;
	__u64 container; /* id of the cgroup by which the policies apply */
	__u64 matched;
	__u64 enforced; /* those of them that did something; of the others it is only told */
	__u32 what;
	__s32 result;   /* 0, or why the process could not be killed, below 0 */
	__u32 unmarked; /* 1 when the container was to be marked and could not be */
	/* Of STOP_CONNECT, where to: of IPv4 as ::ffff:a.b.c.d, in the order of the network. */
	__u16 port;
	__u16 protocol;
	__u32 address[4];
};

#endif
