/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a process is and runs. */
#ifndef LYNCEUS_PROGRAM_H
#define LYNCEUS_PROGRAM_H

#include "cgroup.h"
#include "path.h"

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

	path.mnt = PEEK(from->mnt);
	path.dentry = PEEK(from->dentry);
	append_path(r->tail, &r->used, &path, flags);
	return r->used - before;
}

/* describe fills in all but the cgroup, the thread and the arguments. */
INLINE void describe(struct program_record *r, struct task_struct *task, struct file *exe)
{
	struct task_struct *parent = task->real_parent;
	struct signal_struct *signal = task->signal;
	struct cred *cred = task->cred;
	struct pid *pid = task->thread_pid;
	__u32 flags = 0, more = 0;

	r->head.time = bpf_ktime_get_boot_ns();
	r->tgid = task->tgid;
	r->start = start_of(task);
	r->parent = parent->tgid;
	r->parent_start = start_of(parent);
	r->exec_id = task->self_exec_id;
	r->caps = PEEK(cred->cap_effective.val);
	r->euid = cred->euid.val;
	r->uid = cred->uid.val;
	r->egid = cred->egid.val;
	r->loginuid = EXISTS(task->loginuid) ? task->loginuid.val : -1;
	r->vpid = PEEK(pid->numbers[PEEK(pid->level)].nr);
	r->session = PEEK(signal->pids[PIDTYPE_SID]->numbers[0].nr);
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
	r->tty[0] = 0;
	if (signal->tty)
		bpf_probe_read_kernel_str(r->tty, sizeof(r->tty), signal->tty->name);
	if (task->flags & PF_KTHREAD)
		flags |= KERNEL_THREAD;
	if (task->flags & PF_FORKNOEXEC)
		flags |= NEVER_EXECUTED;
	r->used = r->exe_len = r->cwd_len = r->args_len = 0;
	r->args_total = 0;
	if (exe)
		r->exe_len = append_file(r, &exe->f_path, &flags);
	if (task->fs)
		r->cwd_len = append_file(r, &task->fs->pwd, &more);
	r->flags = flags | more << CWD_SHIFT;
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

/* size_of returns how many bytes of the record are used. */
INLINE __u64 size_of(struct program_record *r)
{
	__u64 used = *(volatile __u32 *)&r->used;

	if (used > sizeof(r->tail))
		used = sizeof(r->tail);
	return sizeof(*r) - sizeof(r->tail) + used;
}

#endif
