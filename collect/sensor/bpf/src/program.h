/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process is and runs. */
#ifndef LYNCEUS_PROGRAM_H
#define LYNCEUS_PROGRAM_H

#include "cgroup.h"
#include "descriptor.h"
#include "origin.h"
#include "path.h"
#include "socket.h"

/* A place for the exec hook and one for the iterator, which can be interrupted by it. */
enum { SCRATCH_EXEC, SCRATCH_TASK, SCRATCHES };

struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, SCRATCHES);
	TYPE(key, __u32);
	TYPE(value, struct program_record);
} program_scratch SEC(".maps");

INLINE __u64 start_of(struct task_struct *task)
{
	return task->group_leader->start_boottime;
}

/* append_file writes the names of a path after what is in the tail, and returns how many bytes they are. */
INLINE __u32 append_file(struct program_record *r, struct path *from, __u32 *flags)
{
	__u32 before = r->used;
	struct path path;

	path.mnt = LOAD(from->mnt);
	path.dentry = LOAD(from->dentry);
	append_path(r->tail, &r->used, &path, flags);
	return r->used - before;
}

/* network_streams says which of the task's standard streams are connections of the network. A socket that listens is none:
 * programs of FastCGI are given one as their standard input. */
INLINE __u32 network_streams(struct task_struct *task)
{
	__u32 flags = 0;

	for (__u32 fd = 0; fd < 3; fd++) {
		struct file *file = TYPED(struct file, file_of(task, fd));
		struct sock *sk = file ? socket_of(file) : NULL;
		__u32 family = sk ? PEEK(sk->__sk_common.skc_family) : 0;

		if ((family == AF_INET || family == AF_INET6) && PEEK(sk->__sk_common.skc_state) != TCP_LISTEN)
			flags |= STDIN_NETWORK << fd;
	}
	return flags;
}

/* describe fills in all but the cgroup, the thread and the arguments. */
INLINE void describe(struct program_record *r, struct task_struct *task, struct file *exe)
{
	struct task_struct *parent = task->real_parent;
	struct signal_struct *signal = task->signal;
	struct cred *cred = task->cred;
	struct fs_struct *fs = task->fs;
	struct pid *pid = TYPED(struct pid, task->thread_pid), *session, *group;
	__u32 flags = 0, more = 0;

	r->head.time = bpf_ktime_get_boot_ns();
	r->tgid = task->tgid;
	r->start = start_of(task);
	r->parent = parent->tgid;
	r->parent_start = start_of(parent);
	r->exec_id = task->self_exec_id;
	r->caps = PEEK(cred->cap_effective.val);
	r->permitted = PEEK(cred->cap_permitted.val);
	r->euid = cred->euid.val;
	r->uid = cred->uid.val;
	r->egid = cred->egid.val;
	r->loginuid = EXISTS(task->loginuid) ? task->loginuid.val : -1;
	r->vpid = PEEK(pid->numbers[LOAD(pid->level)].nr);
	session = TYPED(struct pid, signal->pids[PIDTYPE_SID]);
	group = TYPED(struct pid, signal->pids[PIDTYPE_PGID]);
	r->session = LOAD(session->numbers[0].nr);
	r->group = LOAD(group->numbers[0].nr);
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
	r->tty[0] = 0;
	if (signal->tty)
		bpf_probe_read_kernel_str(r->tty, sizeof(r->tty), signal->tty->name);
	if (task->flags & PF_KTHREAD)
		flags |= KERNEL_THREAD;
	if (task->flags & PF_FORKNOEXEC)
		flags |= NEVER_EXECUTED;
	flags |= network_streams(task);
	r->used = r->exe_len = r->cwd_len = r->args_len = r->environment_len = 0;
	r->args_total = 0;
	if (exe)
		r->exe_len = append_file(r, &exe->f_path, &flags);
	if (fs)
		r->cwd_len = append_file(r, &fs->pwd, &more);
	r->flags = flags | more << CWD_SHIFT;
	describe_origin(r, task, exe);
}

/* append_args copies the arguments of the current process; of many, the first and the last. */
INLINE void append_args(struct program_record *r, struct mm_struct *mm)
{
	unsigned long start = mm->arg_start, end = mm->arg_end;
	__u32 off = *(volatile __u32 *)&r->used;
	__u64 n = end - start;

	r->args_total = n;
	if (off > 2 * (PATH_BYTES + NAME_BYTES))
		return;
	if (n > ARGS_BYTES) {
		r->flags |= ARGS_CUT;
		if (bpf_probe_read_user(r->tail + off, ARGS_HEAD, (void *)start) ||
		    bpf_probe_read_user(r->tail + off + ARGS_HEAD, ARGS_TAIL, (void *)(end - ARGS_TAIL))) {
			r->flags |= ARGS_UNREADABLE;
			return;
		}
		n = ARGS_BYTES;
	} else if (bpf_probe_read_user(r->tail + off, n, (void *)start)) {
		r->flags |= ARGS_UNREADABLE;
		return;
	}
	r->args_len = n;
	r->used = off + n;
}

/* Set by user space when somebody asks for variables of the environment. */
volatile __u32 environment_wanted = 0;

/* append_environment copies the first of the environment of the current process. */
INLINE void append_environment(struct program_record *r, struct mm_struct *mm)
{
	unsigned long start = mm->env_start, end = mm->env_end;
	__u32 off = *(volatile __u32 *)&r->used;
	__u64 n = end - start;

	if (!environment_wanted || off > 2 * (PATH_BYTES + NAME_BYTES) + ARGS_BYTES)
		return;
	if (n > ENVIRONMENT_BYTES)
		n = ENVIRONMENT_BYTES;
	if (bpf_probe_read_user(r->tail + off, n, (void *)start))
		return;
	r->environment_len = n;
	r->used = off + n;
}

/* size_of returns how many bytes of the record are used. */
INLINE __u64 size_of(struct program_record *r)
{
	__u64 used = *(volatile __u32 *)&r->used;

	if (used > sizeof(r->tail))
		used = sizeof(r->tail);
	return sizeof(*r) - sizeof(r->tail) + used;
}

#endif
