/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Processes: who starts, what they run, how they end, and who ran already. */
#ifndef LYNCEUS_PROCESS_H
#define LYNCEUS_PROCESS_H

#include "program.h"

/* Functions of their own, so that the compiler writes the layout of these records into the object. */
NOINLINE long send_fork(struct fork_record *r)
{
	return send(HOOK_FORK, &r->head, sizeof(*r));
}

NOINLINE long send_exit(struct exit_record *r)
{
	return send(HOOK_EXIT, &r->head, sizeof(*r));
}

SEC("tp_btf/sched_process_fork")
int lynceus_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	struct fork_record r = {};

	if (child->pid != child->tgid)
		return 0;
	r.head.kind = KIND_FORK;
	r.head.time = bpf_ktime_get_boot_ns();
	r.parent = parent->tgid;
	r.parent_start = start_of(parent);
	r.child = child->tgid;
	r.child_start = child->start_boottime;
	r.exec_base = child->self_exec_id;
	r.cgroup = tell_cgroup(child->cgroups, HOOK_FORK);
	send_fork(&r);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int lynceus_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct linux_binprm *bprm = (void *)ctx[2];
	struct program_record *r;
	__u32 at = SCRATCH_EXEC;

	r = bpf_map_lookup_elem(&program_scratch, &at);
	if (!r)
		return 0;
	r->head.kind = KIND_EXEC;
	r->cgroup = tell_cgroup(task->cgroups, HOOK_EXEC);
	describe(r, task, bprm->file);
	r->thread = ctx[1];
	if (task->mm) {
		append_args(r, task->mm);
		append_environment(r, task->mm);
	}
	send(HOOK_EXEC, &r->head, size_of(r));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int lynceus_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct signal_struct *signal = task->signal;
	struct exit_record r = {};

	/* Threads that end at the same time can both find none alive: user space takes the first. */
	if (signal->live.counter > 0)
		return 0;
	r.head.kind = KIND_EXIT;
	r.head.time = bpf_ktime_get_boot_ns();
	r.tgid = task->tgid;
	r.start = start_of(task);
	r.exec_id = task->self_exec_id;
	r.cgroup = tell_cgroup(task->cgroups, HOOK_EXIT);
	r.status = signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : task->group_leader->exit_code;
	bpf_probe_read_kernel_str(r.comm, sizeof(r.comm), task->group_leader->comm);
	send_exit(&r);
	return 0;
}

/* Who reads the iterator gets a record for each process, in the same layout as in the ring, and before it one for the
 * process's cgroup. What finds no room is written again at the next read. */
SEC("iter/task")
int lynceus_tasks(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct counters *c = count(HOOK_TASK);
	struct cgroup_record *names = NULL;
	struct program_record *r;
	__u8 by = TOLD_BY_ITERATOR;
	struct file *exe = NULL;
	__u32 at = SCRATCH_TASK;
	struct task_struct *reader;
	struct cgroup *cgroup;
	__u64 id, size;
	__u8 *told;

	if (!c || !task || task->pid != task->tgid)
		return 0;
	cgroup = cgroup_of(task->cgroups, &id);
	told = bpf_map_lookup_elem(&cgroups_told, &id);
	if (id && (!told || *told != TOLD_BY_ITERATOR)) {
		names = describe_cgroup(cgroup, id, HOOK_TASK, &size);
		if (names && bpf_seq_write(seq, names, size))
			return 0;
	}
	r = bpf_map_lookup_elem(&program_scratch, &at);
	if (!r)
		return 0;
	if (task->mm)
		exe = task->mm->exe_file;
	r->head.kind = KIND_TASK;
	r->cgroup = id;
	describe(r, task, exe);
	reader = (void *)bpf_get_current_task();
	r->thread = PEEK(task->thread_pid->numbers[PEEK(PEEK(reader->thread_pid)->level)].nr);
	size = size_of(r);
	r->head.size = size;
	if (bpf_seq_write(seq, r, size))
		return 0;
	c->sent++;
	if (names)
		bpf_map_update_elem(&cgroups_told, &id, &by, BPF_ANY);
	return 0;
}

#endif
